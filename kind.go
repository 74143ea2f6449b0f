//go:build linux || freebsd || netbsd || openbsd || dragonfly || solaris

package socket

// kindNonblock and kindFlags are what may be or-ed to a SocketKind.
const (
	kindNonblock = SOCK_NONBLOCK
	kindFlags    = SOCK_NONBLOCK | SOCK_CLOEXEC
)
