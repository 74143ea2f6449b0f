//go:build unix

package fd

import (
	"sync"
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// callKind names the system call behind a call that may have to wait.
type callKind uint8

const (
	callRecv       callKind = iota // recvfrom(2)
	callRecvNew                    // recvfrom(2) into memory that is only as large as what arrives
	callPeekAll                    // recvfrom(2), MSG_PEEK|MSG_WAITALL: not before all of it is there
	callSend                       // sendto(2)
	callRecvMsg                    // recvmsg(2)
	callRecvMsgNew                 // recvmsg(2) as in callRecvNew
	callPeekMsg                    // recvmsg(2) as in callPeekAll
	callSendMsg                    // sendmsg(2)
	callAccept                     // accept4(2)
	callConnect                    // the outcome of a connect(2) that is in progress
	callConnectTCP                 // the same on a TCP socket without a timeout
	callQueue                      // connect(2) to an AF_UNIX listener whose queue was full
	callSendFile                   // sendfile(2)
	callForeign                    // whatever a function of the user's does
	callReadable                   // poll(2), before a callRecvNew that is made elsewhere
)

// call is one system call, how long it may wait and what came of it. Calls come
// from a pool and not from the stack, since a goroutine that waits in the poller
// for one shares it with the closure that the poller runs.
//
// A socket that waits holds one: its size counts.
type call struct {
	fd *FD
	*operands
	p       []byte // the buffer; callRecvNew, callRecvMsgNew: what was received
	size    int    // callRecvNew, callRecvMsgNew, callSendFile: how much at the most
	result  int    // of the last attempt: a count, a descriptor, or an errno below 0
	timeout time.Duration
	end     int64              // when the wait ends, by now(); 0: timeout from when it begins
	again   func(uintptr) bool // attempt, bound once
	flags   int32
	kind    callKind
	dir     direction
	tries   uint8 // attempts so far: 0, 1 or more
	settled bool  // the system call has been carried out: result is its outcome
	seated  bool  // it has the seat of its direction (wait.go)
	shut    bool  // the receiving side was found shut down
	rest    bool  // some of what is to be sent has been: an error is for the next call (left.go)
	opening bool  // a send that waits for the connect which it has begun
}

// operands are what only some calls have.
type operands struct {
	sa      *sockaddr.Raw                   // the address, in or out; nil for none; from the call's own pool
	msg     *Message                        // callRecvMsg and its kin, callSendMsg
	file    fileRange                       // callSendFile
	foreign func(sysfd uintptr) (done bool) // callForeign
}

// sharedPiece is how much one sendfile(2) sends on a socket that others share.
const sharedPiece = 1 << 20

// fileRange is where sendfile(2) reads.
type fileRange struct {
	sysfd  int
	offset int64
}

// Calls come in three sizes, from a pool each: those with a buffer alone share
// operands that stay empty.
var (
	calls = sync.Pool{New: func() any {
		c := &call{operands: noOperands}
		return c.bind()
	}}
	operandCalls = sync.Pool{New: func() any {
		c := new(struct {
			call
			own operands
		})
		c.operands = &c.own
		return c.bind()
	}}
	addrCalls = sync.Pool{New: func() any {
		c := new(struct {
			call
			own operands
			raw sockaddr.Raw
		})
		c.operands, c.own.sa = &c.own, &c.raw
		return c.bind()
	}}
)

var noOperands = new(operands)

func (c *call) bind() *call {
	c.again = func(uintptr) bool { return c.attempt() }
	return c
}

// newCall returns a call on f that has a buffer, or nothing. It is to be freed in
// the end.
func (f *FD) newCall(kind callKind, dir direction, timeout time.Duration) *call {
	return f.begin(&calls, kind, dir, timeout)
}

// newOperandCall returns a call on f that has operands but no address.
func (f *FD) newOperandCall(kind callKind, dir direction, timeout time.Duration) *call {
	return f.begin(&operandCalls, kind, dir, timeout)
}

// newAddrCall returns a call on f with an address, which is sa's unless sa is nil.
func (f *FD) newAddrCall(kind callKind, dir direction, timeout time.Duration, sa *sockaddr.Raw) *call {
	c := f.begin(&addrCalls, kind, dir, timeout)
	if sa != nil {
		*c.sa = *sa
	}
	return c
}

func (f *FD) begin(pool *sync.Pool, kind callKind, dir direction, timeout time.Duration) *call {
	c := pool.Get().(*call)
	c.fd, c.kind, c.dir, c.timeout = f, kind, dir, timeout
	return c
}

// free gives the call back to its pool.
func (c *call) free() {
	*c = call{again: c.again, operands: c.operands}
	switch {
	case c.operands == noOperands:
		calls.Put(c)
	case c.sa == nil:
		*c.operands = operands{}
		operandCalls.Put(c)
	default:
		addrCalls.Put(c)
	}
}

// set notes what came of an attempt.
func (c *call) set(n int, errno unix.Errno) {
	c.result = n
	if errno != 0 {
		c.result = -int(errno)
	}
}

// errno returns what the last attempt failed with, 0 if it didn't.
func (c *call) errno() unix.Errno { return unix.Errno(-min(c.result, 0)) }

// attempt makes the system call once and reports whether that settled it; if
// not, it would block.
func (c *call) attempt() bool {
	if c.rest {
		return c.attemptRest()
	}
	return c.try()
}

// try is attempt of a call whose error is its own.
func (c *call) try() bool {
	c.tries = min(c.tries+1, 2)
	if dontWait == 0 && c.flagged() && c.fd.odd.Load()&oddShared != 0 {
		defer c.fd.holdMode()()
	}
	for {
		switch c.kind {
		case callRecv:
			c.set(c.fd.sysRecv(c.p, int(c.flags), c.sa))
		case callRecvNew:
			c.recvNew()
		case callReadable:
			c.set(0, c.readable())
		case callSend:
			c.set(c.fd.sysSend(c.p, int(c.flags)|c.fd.sendFlags(), c.sa))
		default:
			c.attemptRarer()
		}
		errno := c.errno()
		if errno == unix.EINTR {
			continue
		}
		c.settled = errno != unix.EAGAIN && (errno != unix.EINPROGRESS || !c.opens())
		if c.settled && c.opening {
			c.opened()
		}
		if c.settled || c.fd.odd.Load()&(oddShut|oddShared) == 0 || !c.seesEnd() {
			return c.settled
		}
	}
}

// flagged reports whether the system call takes flags, and so carries dontWait
// where the platform has it.
func (c *call) flagged() bool {
	switch c.kind {
	case callAccept, callConnect, callConnectTCP, callQueue, callSendFile, callForeign, callReadable:
		return false
	}
	return true
}

// seesEnd settles a call that found nothing to receive and never will, as a
// blocking descriptor would. Linux answers EAGAIN for ever to a non-blocking one
// if it is a datagram socket that was shut down for reading
// (__skb_wait_for_more_packets sees the shutdown, and isn't called). It reports
// whether to try once more before that, since something may have come meanwhile.
//
//go:noinline
func (c *call) seesEnd() bool {
	switch c.kind {
	case callRecv, callRecvNew, callRecvMsg, callRecvMsgNew:
	default:
		return false
	}
	if c.timeout == 0 || c.fd.is&stream != 0 || !shutForReading(c.fd.sysfd) {
		return false
	}
	if !c.shut {
		c.shut = true
		return true
	}
	c.result, c.settled = 0, true
	if c.sa != nil {
		c.sa.Len = 0
	}
	return false
}

// attemptRarer is apart so that the stack of a goroutine that waits to receive
// stays small: at 2 KiB it is the most that the goroutine costs.
//
//go:noinline
func (c *call) attemptRarer() {
	f := c.fd
	switch c.kind {
	case callPeekAll:
		c.peekAll()
	case callRecvMsg:
		c.set(f.sysRecvMsg(c.msg, int(c.flags)))
	case callRecvMsgNew:
		c.recvMsgNew()
	case callPeekMsg:
		c.peekMsg()
	case callSendMsg:
		c.set(f.sysSendMsg(c.msg, int(c.flags)|f.sendFlags()))
	case callAccept:
		c.accept()
	case callConnect:
		c.set(0, connectResult(f.sysfd))
	case callConnectTCP:
		c.set(0, f.unblocked(func() unix.Errno { return connectAgain(f.sysfd, c.sa) }))
	case callQueue:
		c.set(0, f.unblocked(func() unix.Errno { return sysConnect(f.sysfd, c.sa) }))
	case callSendFile:
		c.sendFile()
	case callForeign:
		c.set(0, f.runForeign(c.foreign))
	}
}

// outcome returns what came of a settled call.
func (c *call) outcome() (int, error) {
	if errno := c.errno(); errno != 0 {
		return 0, errno
	}
	return c.result, nil
}

// pollable reports whether the poller announces that c can go on. It doesn't
// know of an AF_UNIX listener's queue, nor of the queue of a datagram socket
// that is named in the call: unix(7) sockets are only told about their own peer.
func (c *call) pollable() bool {
	switch c.kind {
	case callQueue:
		return false
	case callSend:
		return (c.sa == nil || c.sa.Family() != unix.AF_UNIX) && !c.portless()
	case callSendMsg:
		return (c.msg.Addr == nil || c.msg.Addr.Family() != unix.AF_UNIX) && !c.portless()
	}
	return true
}

// foreseeable reports whether it is told from the last call whether c will have
// to wait. What a send to an address waits for only an attempt tells (port.go).
func (c *call) foreseeable() bool {
	switch c.kind {
	case callSend:
		return c.sa == nil
	case callSendMsg:
		return c.msg.Addr == nil
	}
	return true
}

// do carries out a call: at once if it can be, else when the poller says so.
// Every call that can wait goes through here.
func (f *FD) do(c *call) (int, error) {
	if !f.use() {
		return 0, ErrClosed
	}
	odd := f.odd.Load()
	if odd&(oddDeadline|oddPending) != 0 {
		if err := f.beforehand(c.dir); err != nil {
			f.done()
			return 0, err
		}
	}
	// Where the last call had to wait, this one yields first, or goes to the poller
	// at once, which makes the first attempt itself.
	c.tries, c.settled = 0, false
	expected := c.timeout != 0 && odd&c.dir.oddWaits() != 0 && c.foreseeable()
	if expected && f.spin(c) {
		f.done()
		return c.outcome()
	}
	if expected || !c.attempt() && c.timeout != 0 {
		if err := f.wait(c); err != nil {
			f.done()
			return 0, err
		}
	}
	f.done()
	return c.outcome()
}

// recvNew receives into new memory. A call that waits holds no buffer meanwhile.
func (c *call) recvNew() {
	p, n, errno := c.fd.sysRecvNew(c.size, int(c.flags), c.sa)
	c.p = p
	c.set(n, errno)
}

// readable is 0 if there is something to receive, else EAGAIN. In the poller it is
// asked only once: the next time is when the poller says so.
func (c *call) readable() unix.Errno {
	if c.seated && c.tries > 1 || sysReadable(c.fd.sysfd) {
		return 0
	}
	return unix.EAGAIN
}

// peekAll is recvfrom with MSG_PEEK and MSG_WAITALL, which without blocking
// returns what is there: too little counts as nothing until the stream has ended.
func (c *call) peekAll() {
	n, errno := c.fd.sysRecv(c.p, int(c.flags), c.sa)
	if errno == 0 && n > 0 && n < len(c.p) && !hungUp(c.fd.sysfd) {
		errno = unix.EAGAIN
	}
	c.set(n, errno)
}

func (c *call) accept() {
	var sysfd int
	errno := c.fd.unblocked(func() (errno unix.Errno) {
		sysfd, errno = sysAccept(c.fd.sysfd, c.sa)
		return errno
	})
	c.set(sysfd, errno)
}

func (c *call) sendFile() {
	size := c.size
	if c.fd.odd.Load()&oddShared != 0 {
		// To a reader that keeps up sendfile never blocks: what unblocked holds
		// would be held for as long as the file is.
		size = min(size, sharedPiece)
	}
	var n int
	errno := c.fd.unblocked(func() (errno unix.Errno) {
		n, errno = sysSendFile(c.fd.sysfd, c.file.sysfd, c.file.offset, size)
		return errno
	})
	c.set(n, errno)
}

// connectResult asks how a connect that was in progress came out: EAGAIN if it
// still is. poll says so; SO_ERROR alone is 0 in both cases, and the poller
// wakes a socket spuriously that was registered before it connected (golang/go
// #14548, #19289).
func connectResult(sysfd int) unix.Errno {
	events := polled(sysfd, unix.POLLOUT)
	if events == 0 {
		return unix.EAGAIN
	}
	v, err := unix.GetsockoptInt(sysfd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return errnoOf(err)
	}
	if errno := unix.Errno(v); errno != 0 && errno != unix.EISCONN {
		return errno
	}
	if events == unix.POLLERR {
		// Something lies in the error queue and this connect goes on: tcp_v4_err
		// of Linux leaves there what ICMP said to an earlier one.
		return unix.EAGAIN
	}
	// SO_ERROR is told to one reader: another goroutine that waits for the same
	// connect may have been that one. ECONNABORTED is what the kernel tells the
	// others.
	var peer sockaddr.Raw
	if sysGetpeername(sysfd, &peer) == unix.ENOTCONN {
		return unix.ECONNABORTED
	}
	return 0
}

// ready asks poll(2), without waiting, for events. Errors and hang-ups count.
func ready(sysfd int, events pollEvents) bool { return polled(sysfd, events) != 0 }

// polled is ready that tells which events there are.
func polled(sysfd int, events pollEvents) pollEvents {
	fds := [1]unix.PollFd{{Fd: int32(sysfd), Events: events}}
	for {
		if _, err := unix.Poll(fds[:], 0); err != unix.EINTR {
			return fds[0].Revents
		}
	}
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
