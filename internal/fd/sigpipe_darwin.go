package fd

import "golang.org/x/sys/unix"

// darwin has no MSG_NOSIGNAL.
func noSigpipe(sysfd int) error {
	return unix.SetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_NOSIGPIPE, 1)
}
