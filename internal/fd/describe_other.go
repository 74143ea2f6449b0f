//go:build unix && !linux

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// Describe asks a descriptor what socket it is: getsockname(2), and
// getsockopt(2) with SO_TYPE. EBADF and ENOTSOCK say that it is none. The
// protocol can't be had here; it is given as 0.
func Describe(sysfd int) (family, kind, proto int, err error) {
	if kind, err = unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
		return 0, 0, 0, err
	}
	var sa sockaddr.Raw
	if errno := sysGetsockname(sysfd, &sa); errno != 0 {
		return 0, 0, 0, errno
	}
	return sa.Family(), kind, 0, nil
}
