//go:build socket_fallback

package sockaddr

import "strings"

// ofXsys returns the name of an AF_UNIX address. On Linux x/sys shows the NUL of
// an abstract one, and no name at all, as an at sign.
func ofXsys(name string) string {
	rest, abstract := strings.CutPrefix(name, "@")
	switch {
	case !abstract:
		return name
	case rest == "":
		return ""
	}
	return "\x00" + rest
}
