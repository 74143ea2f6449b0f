//go:build darwin || aix

package socket

// kindNonblock and kindFlags are what may be or-ed to a SocketKind: nothing here.
const (
	kindNonblock SocketKind = 0
	kindFlags    SocketKind = 0
)
