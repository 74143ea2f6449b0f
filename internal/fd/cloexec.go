//go:build (linux && !socket_fallback) || freebsd || netbsd || openbsd || dragonfly || solaris

package fd

import "golang.org/x/sys/unix"

const createFlags = unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK

func sysSocket(family, kind, proto int) (int, error) {
	return unix.Socket(family, kind|createFlags, proto)
}

func sysPair(family, kind, proto int) ([2]int, error) {
	return unix.Socketpair(family, kind|createFlags, proto)
}
