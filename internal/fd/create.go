//go:build unix

package fd

// Socket creates a socket: socket(2), close-on-exec and non-blocking from the start.
func Socket(family, kind, proto int) (*FD, error) {
	sysfd, err := sysSocket(family, kind, proto)
	if err != nil {
		return nil, err
	}
	return newFD(sysfd, natureOf(family, kind, proto)), nil
}

// Pair creates two connected sockets: socketpair(2).
func Pair(family, kind, proto int) (a, b *FD, err error) {
	fds, err := sysPair(family, kind, proto)
	if err != nil {
		return nil, nil, err
	}
	is := natureOf(family, kind, proto)
	return newFD(fds[0], is), newFD(fds[1], is), nil
}
