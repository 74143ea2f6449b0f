//go:build darwin || aix || (linux && socket_fallback)

package fd

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Here a descriptor can't be made close-on-exec in one step: syscall.ForkLock
// keeps other goroutines from starting a program in between.

func sysSocket(family, kind, proto int) (int, error) {
	syscall.ForkLock.RLock()
	sysfd, err := unix.Socket(family, kind, proto)
	if err == nil {
		unix.CloseOnExec(sysfd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	return sysfd, prepare(sysfd)
}

func sysPair(family, kind, proto int) ([2]int, error) {
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(family, kind, proto)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return fds, err
	}
	if err := prepare(fds[0]); err != nil {
		unix.Close(fds[1])
		return fds, err
	}
	if err := prepare(fds[1]); err != nil {
		unix.Close(fds[0])
		return fds, err
	}
	return fds, nil
}
