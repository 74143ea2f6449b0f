//go:build unix && !linux

package socket

import (
	"strings"

	"golang.org/x/sys/unix"
)

// systemText returns the text of e with a capital, as C and Python have it, or
// "" if it has none.
func systemText(e unix.Errno) string {
	text := e.Error()
	// This is how package syscall shows a number that isn't in its table.
	if strings.HasPrefix(text, "errno ") {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
