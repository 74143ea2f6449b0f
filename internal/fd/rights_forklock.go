//go:build darwin || aix || solaris || (linux && socket_fallback)

package fd

import (
	"syscall"

	"example.com/socket/internal/cmsg"
	"golang.org/x/sys/unix"
)

// sysRecvmsg is recvmsg(2). MSG_CMSG_CLOEXEC isn't there: received descriptors
// are close-on-exec only a moment later, and syscall.ForkLock keeps other
// goroutines from starting a program in between.
func sysRecvmsg(sysfd int, m *Message, flags int) (n, filled, got int, from unix.Sockaddr, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	n, filled, got, from, err = unix.RecvmsgBuffers(sysfd, m.Bufs, m.Control, flags)
	if n >= 0 {
		for _, fd := range cmsg.Descriptors(m.Control[:filled]) {
			unix.CloseOnExec(fd)
		}
	}
	return n, filled, got, from, err
}
