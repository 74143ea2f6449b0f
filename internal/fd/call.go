//go:build unix

package fd

import (
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// callKind names the system call behind a call that may have to wait.
type callKind uint8

const (
	callRecv     callKind = iota // recvfrom(2)
	callPeekAll                  // recvfrom(2), MSG_PEEK|MSG_WAITALL: not before all of it is there
	callSend                     // sendto(2)
	callRecvMsg                  // recvmsg(2)
	callSendMsg                  // sendmsg(2)
	callAccept                   // accept4(2)
	callConnect                  // the outcome of a connect(2) that is in progress
	callQueue                    // connect(2) to an AF_UNIX listener whose queue was full
	callSendFile                 // sendfile(2)
)

// call is one system call and how long it may wait. The address, which goes in
// or comes out, travels beside it: it lies on the caller's stack, and would be
// moved to the heap if it were a field.
type call struct {
	kind    callKind
	dir     direction
	flags   int
	p       []byte
	msg     *Message
	file    int   // callSendFile: the descriptor to read from
	offset  int64 // callSendFile: where in the file
	timeout time.Duration
	end     int64 // when the wait ends, by now(); 0: timeout from when it begins
}

// try makes the system call once. EAGAIN means that it would block.
func (f *FD) try(c *call, sa *sockaddr.Raw) (n int, errno unix.Errno) {
	for {
		switch c.kind {
		case callRecv:
			n, errno = sysRecv(f.sysfd, c.p, c.flags, sa)
		case callPeekAll:
			n, errno = f.peekAll(c, sa)
		case callSend:
			n, errno = sysSend(f.sysfd, c.p, c.flags, sa)
		case callRecvMsg:
			n, errno = sysRecvMsg(f.sysfd, c.msg, c.flags)
		case callSendMsg:
			n, errno = sysSendMsg(f.sysfd, c.msg, c.flags)
		case callAccept:
			n, errno = f.tryAccept(sa)
		case callConnect:
			errno = connectResult(f.sysfd)
		case callQueue:
			errno = sysConnect(f.sysfd, sa)
		case callSendFile:
			n, errno = sysSendFile(f.sysfd, c.file, c.offset, len(c.p))
		}
		if errno != unix.EINTR {
			return n, errno
		}
	}
}

// pollable reports whether the poller announces that c can go on. It doesn't
// know of an AF_UNIX listener's queue, nor of the queue of a datagram socket
// that is named in the call: unix(7) sockets are only told about their own peer.
func (c *call) pollable(sa *sockaddr.Raw) bool {
	switch c.kind {
	case callQueue:
		return false
	case callSend:
		return sa == nil || sa.Family() != unix.AF_UNIX
	case callSendMsg:
		return c.msg.Addr == nil || c.msg.Addr.Family() != unix.AF_UNIX
	}
	return true
}

// do carries out a call: at once if it can be, else when the poller says so.
// Every call that can wait goes through here.
func (f *FD) do(c *call, sa *sockaddr.Raw) (int, error) {
	if !f.use() {
		return 0, ErrClosed
	}
	n, err := f.run(c, sa)
	f.done()
	return n, err
}

func (f *FD) run(c *call, sa *sockaddr.Raw) (int, error) {
	if f.odd.Load()&(oddDeadline|oddPending) != 0 {
		if err := f.beforehand(c.dir); err != nil {
			return 0, err
		}
	}
	n, errno := f.try(c, sa)
	if errno == 0 {
		return n, nil
	}
	if errno != unix.EAGAIN || c.timeout == 0 {
		return 0, errno
	}
	return f.wait(c, sa)
}

// beforehand answers what stands before the system call: an error that an
// earlier call left behind, and a deadline of the connection that has passed.
func (f *FD) beforehand(dir direction) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.side(dir)
	if errno := s.pending; errno != 0 {
		s.pending = 0
		return errno
	}
	if s.deadline != 0 && s.deadline <= now() {
		return ErrTimeout
	}
	return nil
}

// leaveError keeps an error that can't be reported now, because there is data
// to hand over first, for the next call in that direction. A blocking system
// call leaves it in the kernel in the same way.
func (f *FD) leaveError(dir direction, err error) {
	errno, ok := err.(unix.Errno)
	if !ok || errno == unix.EAGAIN {
		return
	}
	f.mu.Lock()
	f.side(dir).pending = errno
	f.mark(oddPending)
	f.mu.Unlock()
}

// peekAll is recvfrom with MSG_PEEK and MSG_WAITALL, which without blocking
// returns what is there: too little counts as nothing until the stream has ended.
func (f *FD) peekAll(c *call, sa *sockaddr.Raw) (int, unix.Errno) {
	n, errno := sysRecv(f.sysfd, c.p, c.flags, sa)
	if errno == 0 && n > 0 && n < len(c.p) && !hungUp(f.sysfd) {
		return 0, unix.EAGAIN
	}
	return n, errno
}

// tryAccept accepts one connection. accept has no flag against blocking, so if
// others can have made the open file blocking, its mode is looked at first.
func (f *FD) tryAccept(sa *sockaddr.Raw) (int, unix.Errno) {
	if f.odd.Load()&oddShared != 0 && f.blockingMode() && !ready(f.sysfd, unix.POLLIN) {
		return -1, unix.EAGAIN
	}
	return sysAccept(f.sysfd, sa)
}

// connectResult asks how a connect that was in progress came out: EAGAIN if it
// still is. poll says so; SO_ERROR alone is 0 in both cases, and the poller
// wakes a socket spuriously that was registered before it connected (golang/go
// #14548, #19289).
func connectResult(sysfd int) unix.Errno {
	if !ready(sysfd, unix.POLLOUT) {
		return unix.EAGAIN
	}
	v, err := unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return errnoOf(err)
	}
	if errno := unix.Errno(v); errno != unix.EISCONN {
		return errno
	}
	return 0
}

// blockingMode reports whether O_NONBLOCK is off.
func (f *FD) blockingMode() bool {
	flags, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_NONBLOCK == 0
}

// ready asks poll(2), without waiting, for events. Errors and hang-ups count.
func ready(sysfd int, events pollEvents) bool {
	fds := [1]unix.PollFd{{Fd: int32(sysfd), Events: events}}
	n, err := unix.Poll(fds[:], 0)
	return err == nil && n > 0
}

// errnoOf returns the errno of x/sys's error.
func errnoOf(err error) unix.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EINVAL
}
