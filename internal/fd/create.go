//go:build unix

package fd

import "golang.org/x/sys/unix"

// Socket creates a socket: socket(2), close-on-exec and non-blocking from the start.
func Socket(family, kind, proto int) (*FD, error) {
	sysfd, err := sysSocket(family, kind, proto)
	if err != nil {
		return nil, err
	}
	return newFD(sysfd, kind == unix.SOCK_STREAM), nil
}

// Pair creates two connected sockets: socketpair(2).
func Pair(family, kind, proto int) (a, b *FD, err error) {
	fds, err := sysPair(family, kind, proto)
	if err != nil {
		return nil, nil, err
	}
	stream := kind == unix.SOCK_STREAM
	return newFD(fds[0], stream), newFD(fds[1], stream), nil
}
