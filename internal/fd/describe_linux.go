package fd

import "golang.org/x/sys/unix"

// Describe asks a descriptor what socket it is: getsockopt(2) with SO_DOMAIN,
// SO_TYPE and SO_PROTOCOL. EBADF and ENOTSOCK say that it is none.
func Describe(sysfd int) (family, kind, proto int, err error) {
	if family, err = unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil {
		return 0, 0, 0, err
	}
	if kind, err = unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
		return 0, 0, 0, err
	}
	proto, err = unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	return family, kind, proto, err
}
