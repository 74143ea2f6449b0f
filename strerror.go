//go:build unix

package socket

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// strerror returns the text that Python's os.strerror has for e. Go's own
// texts begin in lower case, and some differ in more than that.
func strerror(e unix.Errno) string {
	if e == 0 {
		return "Success"
	}
	if text := systemText(e); text != "" {
		return text
	}
	return "Unknown error " + strconv.Itoa(int(e))
}
