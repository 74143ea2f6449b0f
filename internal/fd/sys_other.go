//go:build unix && (!linux || socket_fallback)

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// Outside Linux the system calls go through x/sys, whose wrappers know each
// platform's way into its libc. dontWait keeps those that move data from blocking
// where others have made the open file blocking (mode.go).

type sysMessage struct{}

func (*sysMessage) reset() {}

func (f *FD) sysRecv(p []byte, flags int, sa *sockaddr.Raw) (int, unix.Errno) {
	n, from, err := unix.Recvfrom(f.sysfd, p, flags|dontWait)
	if err != nil {
		return 0, errnoOf(err)
	}
	if sa != nil {
		sa.SetSockaddr(from)
	}
	if n == 0 {
		return 0, f.lost(len(p))
	}
	return n, 0
}

// sysReadable asks poll(2), without waiting, whether there is something to receive,
// the end or an error included.
func sysReadable(sysfd int) bool { return ready(sysfd, unix.POLLIN) }

// sysUnread returns how much there is to receive on a TCP connection, -1 if that
// can't be asked.
func sysUnread(int) int { return -1 }

func (f *FD) sysSend(p []byte, flags int, sa *sockaddr.Raw) (int, unix.Errno) {
	var to unix.Sockaddr
	if sa != nil {
		var err error
		if to, err = sa.Sockaddr(); err != nil {
			return 0, errnoOf(err)
		}
	}
	n, err := unix.SendmsgBuffers(f.sysfd, [][]byte{p}, nil, to, flags|dontWait)
	return max(n, 0), errnoOf(err)
}

func (f *FD) sysRecvMsg(m *Message, flags int) (int, unix.Errno) {
	if errno := m.refuseEmpty(); errno != 0 {
		return 0, errno
	}
	n, filled, got, from, err := sysRecvmsg(f.sysfd, m, flags|dontWait)
	if n < 0 || err != nil && err != unix.EAFNOSUPPORT {
		return 0, errnoOf(err)
	}
	// EAFNOSUPPORT after that is x/sys's, for an address that it can't decode:
	// the message has been received, and the address remains unknown.
	if m.Addr != nil {
		m.Addr.SetSockaddr(from)
	}
	m.Filled, m.Flags = filled, got
	if n == 0 && filled == 0 {
		return 0, f.lost(m.size())
	}
	return n, 0
}

func (f *FD) sysSendMsg(m *Message, flags int) (int, unix.Errno) {
	if errno := m.refuseEmpty(); errno != 0 {
		return 0, errno
	}
	var to unix.Sockaddr
	if m.Addr != nil {
		var err error
		if to, err = m.Addr.Sockaddr(); err != nil {
			return 0, errnoOf(err)
		}
	}
	n, err := unix.SendmsgBuffers(f.sysfd, m.Bufs, m.Control, to, flags|dontWait)
	return max(n, 0), errnoOf(err)
}

// refuseEmpty answers EINVAL for control data without data: x/sys would send a
// byte of its own with them, or take one off the stream.
func (m *Message) refuseEmpty() unix.Errno {
	if len(m.Control) == 0 || m.size() > 0 {
		return 0
	}
	return unix.EINVAL
}

func sysConnect(sysfd int, sa *sockaddr.Raw) unix.Errno {
	to, err := sa.Sockaddr()
	if err == nil {
		err = unix.Connect(sysfd, to)
	}
	return errnoOf(err)
}

func sysBind(sysfd int, sa *sockaddr.Raw) unix.Errno {
	addr, err := sa.Sockaddr()
	if err == nil {
		err = unix.Bind(sysfd, addr)
	}
	return errnoOf(err)
}

func sysGetsockname(sysfd int, sa *sockaddr.Raw) unix.Errno {
	addr, err := unix.Getsockname(sysfd)
	if err == nil {
		sa.SetSockaddr(addr)
	}
	return errnoOf(err)
}

func sysGetpeername(sysfd int, sa *sockaddr.Raw) unix.Errno {
	addr, err := unix.Getpeername(sysfd)
	if err == nil {
		sa.SetSockaddr(addr)
	}
	return errnoOf(err)
}
