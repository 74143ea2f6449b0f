//go:build darwin || aix || netbsd || openbsd || (solaris && !illumos) || (linux && socket_fallback)

package fd

import (
	"syscall"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// Without accept4(2) a new descriptor is close-on-exec only a moment later:
// syscall.ForkLock keeps other goroutines from starting a program in between.
// (NetBSD, OpenBSD and Solaris have the call, but x/sys does not offer it.)

func sysAccept(sysfd int, sa *sockaddr.Raw) (int, unix.Errno) {
	syscall.ForkLock.RLock()
	n, from, err := unix.Accept(sysfd)
	if err == nil {
		unix.CloseOnExec(n)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, errnoOf(err)
	}
	if sa != nil {
		sa.SetSockaddr(from)
	}
	if err := prepare(n); err != nil {
		return -1, errnoOf(err)
	}
	return n, 0
}

// prepare makes a new descriptor non-blocking and silent, or closes it.
func prepare(sysfd int) error {
	err := unix.SetNonblock(sysfd, true)
	if err == nil {
		err = noSigpipe(sysfd)
	}
	if err != nil {
		unix.Close(sysfd)
	}
	return err
}
