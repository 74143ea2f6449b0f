//go:build unix

package fd

import (
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// recvTimeout is never for receiving: urgent data doesn't wait either, since
// recv(2) with MSG_OOB answers at once on a blocking descriptor too.
func recvTimeout(timeout time.Duration, flags int) time.Duration {
	if flags&unix.MSG_OOB != 0 {
		return 0
	}
	return never(timeout, flags)
}

// never turns a timeout into 0 for calls whose flags say that they don't wait.
// The error queue never blocks: recv(2), MSG_ERRQUEUE.
func never(timeout time.Duration, flags int) time.Duration {
	if flags&waitless != 0 {
		return 0
	}
	return timeout
}

// Recv receives into p: recvfrom(2).
func (f *FD) Recv(p []byte, flags int, timeout time.Duration) (int, error) {
	timeout = recvTimeout(timeout, flags)
	if n, err, settled := f.quickRecv(p, flags, nil, timeout); settled {
		return n, err
	}
	f.enlist()
	c := f.newCall(callRecv, reading, timeout)
	c.p, c.flags = p, int32(flags)
	n, err := f.recv(c)
	c.free()
	return n, err
}

// RecvFrom receives into p and puts the source into sa: recvfrom(2).
func (f *FD) RecvFrom(p []byte, flags int, sa *sockaddr.Raw, timeout time.Duration) (int, error) {
	timeout = recvTimeout(timeout, flags)
	if n, err, settled := f.quickRecv(p, flags, sa, timeout); settled {
		return n, err
	}
	c := f.newAddrCall(callRecv, reading, timeout, nil)
	c.p, c.flags = p, int32(flags)
	n, err := f.recv(c)
	*sa = *c.sa
	c.free()
	return n, err
}

// RecvNew is Recv into new memory, of at most size bytes but only as large as
// what arrives.
func (f *FD) RecvNew(size, flags int, timeout time.Duration) ([]byte, error) {
	timeout = recvTimeout(timeout, flags)
	if p, err, settled := f.quickRecvNew(size, flags, nil, timeout); settled {
		return p, err
	}
	f.enlist()
	c := f.newCall(callRecvNew, reading, timeout)
	p, err, settled := f.recvNewLater(c, size, flags)
	if !settled {
		p, err = f.recvInNew(c, size, flags)
	}
	c.free()
	return p, err
}

// recvNewLater waits until a stream can be read and receives then: the poller just
// looks, and a goroutine that waits has none of what it takes to make memory on its
// stack. Not settled, it has to be tried the ordinary way: poll(2) doesn't tell
// everything there, or somebody else received what there was.
func (f *FD) recvNewLater(c *call, size, flags int) (p []byte, err error, settled bool) {
	const not = oddShared | oddShut | oddListens | oddLowWater
	if f == nil || c.timeout == 0 || size == 0 || size > largeScratch || flags&unix.MSG_WAITALL != 0 ||
		f.is&told == 0 || f.odd.Load()&(oddReadWaits|not) != oddReadWaits {
		return nil, nil, false
	}
	c.kind = callReadable
	_, err = f.do(c)
	c.kind = callRecvNew
	if err != nil {
		return nil, err, true
	}
	if !f.use() {
		return nil, ErrClosed, true
	}
	p, _, errno := f.sysRecvNew(size, flags, nil)
	f.done()
	return p, asError(errno), errno != unix.EAGAIN && errno != unix.EINTR
}

// RecvFromNew is RecvNew that puts the source into sa.
func (f *FD) RecvFromNew(size, flags int, sa *sockaddr.Raw, timeout time.Duration) ([]byte, error) {
	timeout = recvTimeout(timeout, flags)
	if p, err, settled := f.quickRecvNew(size, flags, sa, timeout); settled {
		return p, err
	}
	c := f.newAddrCall(callRecvNew, reading, timeout, nil)
	p, err := f.recvInNew(c, size, flags)
	*sa = *c.sa
	c.free()
	return p, err
}

func (f *FD) recvInNew(c *call, size, flags int) ([]byte, error) {
	c.size, c.flags = size, int32(flags)
	if f.wantsWhole(c) {
		return f.recvWholeInNew(c)
	}
	_, err := f.do(c)
	return c.p, err
}

func (f *FD) recv(c *call) (int, error) {
	if f.wantsWhole(c) {
		return f.recvWholeInto(c)
	}
	return f.do(c)
}

// Send sends p: sendto(2). Without a timeout it sends all of it on a stream, as
// a blocking descriptor does; else what fits.
func (f *FD) Send(p []byte, flags int, timeout time.Duration) (int, error) {
	timeout = never(timeout, flags)
	n, err, settled := f.quickSend(p, flags, nil, timeout)
	if settled && (n == len(p) || err != nil) {
		return n, err
	}
	c := f.newCall(callSend, writing, timeout)
	n, err = f.send(c, p, flags, n, settled)
	c.free()
	return n, err
}

// SendTo is Send to the address sa.
func (f *FD) SendTo(p []byte, flags int, sa *sockaddr.Raw, timeout time.Duration) (int, error) {
	timeout = never(timeout, flags)
	n, err, settled := f.quickSend(p, flags, sa, timeout)
	if settled && (n == len(p) || err != nil) {
		return n, err
	}
	c := f.newAddrCall(callSend, writing, timeout, sa)
	n, err = f.send(c, p, flags, n, settled)
	c.free()
	return n, err
}

// send goes on after n bytes, if a first call was made.
func (f *FD) send(c *call, p []byte, flags, n int, made bool) (int, error) {
	c.p, c.flags = p, int32(flags)
	if !made {
		var err error
		if n, err = f.do(c); n == len(p) || err != nil {
			return n, err
		}
	}
	if c.timeout != Forever || f.is&stream == 0 {
		return n, nil
	}
	return f.sendRest(c, n)
}

// sendRest sends what a first call left of c.p. An error after that waits for
// the next call, as it does in the kernel; only ErrClosed comes at once.
func (f *FD) sendRest(c *call, n int) (int, error) {
	p := c.p
	c.rest = true
	c.flags &^= fastOpen // done
	for n < len(p) {
		c.p = p[n:]
		m, err := f.do(c)
		if err == ErrClosed {
			return n, err
		}
		if err != nil || m == 0 {
			break
		}
		n += m
	}
	return n, nil
}

// SendAll sends all of p; the timeout is for the whole. It returns how much was
// sent, which is less than len(p) only beside an error.
func (f *FD) SendAll(p []byte, flags int, timeout time.Duration) (int, error) {
	timeout = never(timeout, flags)
	n, err, settled := f.quickSend(p, flags, nil, timeout)
	if settled && (n == len(p) || err != nil) {
		return n, err
	}
	c := f.newCall(callSend, writing, timeout)
	n, err = f.sendAll(c, p, flags, n, settled)
	c.free()
	return n, err
}

// sendAll goes on after n bytes, if a first call was made.
func (f *FD) sendAll(c *call, p []byte, flags, n int, made bool) (_ int, err error) {
	c.p, c.flags = p, int32(flags)
	if !made {
		n, err = f.do(c)
	}
	timed := c.timeout != 0 && c.timeout != Forever
	if n < len(p) && c.end == 0 && timed {
		c.end = after(c.timeout)
	}
	for n < len(p) && err == nil {
		if timed && c.end != 0 && c.end <= now() {
			return n, ErrTimeout
		}
		if !timed {
			c.end = 0 // SO_SNDTIMEO is for each send
		}
		var m int
		c.p = p[n:]
		m, err = f.do(c)
		n += m
	}
	return n, err
}

// Accept takes a connection from the queue: accept4(2). The peer's address goes
// into sa if it isn't nil.
func (f *FD) Accept(sa *sockaddr.Raw, timeout time.Duration) (*FD, error) {
	sysfd, err, settled := f.quickAccept(sa, timeout)
	if !settled {
		sysfd, err = f.accept(sa, timeout)
	}
	if err != nil {
		return nil, err
	}
	conn := newFD(sysfd, f.is)
	conn.odd.Store(inherited(f.odd.Load()))
	return conn, nil
}

// inherited returns what of a listener's FD.odd holds for a connection: Linux copies
// the options, those too that others may have set.
func inherited(odd uint32) uint32 {
	if odd&oddShared != 0 {
		odd |= oddKernelTimeouts | oddSlowClose | oddLowWater
	}
	return odd & (oddKernelTimeouts | oddSlowClose | oddLowWater)
}

func (f *FD) accept(sa *sockaddr.Raw, timeout time.Duration) (int, error) {
	c := f.newAcceptCall(sa != nil, timeout)
	sysfd, err := f.do(c)
	if sa != nil {
		*sa = *c.sa
	}
	c.free()
	return sysfd, err
}

func (f *FD) newAcceptCall(named bool, timeout time.Duration) *call {
	if named {
		return f.newAddrCall(callAccept, reading, timeout, nil)
	}
	return f.newCall(callAccept, reading, timeout)
}

// Connect connects to sa: connect(2). With timeout 0 it answers EINPROGRESS if
// that takes time; when a timeout has passed the kernel goes on trying.
func (f *FD) Connect(sa *sockaddr.Raw, timeout time.Duration) error {
	if !f.use() {
		return ErrClosed
	}
	if err := f.overdue(writing); err != nil {
		f.done()
		return err
	}
	errno := f.connect(sa, timeout == Forever)
	f.done()
	kind := callConnect
	switch {
	case errno == unix.EINPROGRESS && timeout != 0:
	case errno == unix.EALREADY && timeout == Forever:
		// A blocking connect waits for the one that is under way.
	case errno == unix.EAGAIN && timeout != 0 && sa.Family() == unix.AF_UNIX:
		kind = callQueue
	default:
		return asError(errno)
	}
	if kind == callConnect && f.is&tcp != 0 && timeout == Forever {
		kind = callConnectTCP
	}
	c := f.newAddrCall(kind, writing, timeout, sa)
	_, err := f.do(c)
	c.free()
	return err
}

// beginConnect calls connect(2), again if that is interrupted.
func (f *FD) beginConnect(sa *sockaddr.Raw) unix.Errno {
	connect := func() unix.Errno { return sysConnect(f.sysfd, sa) }
	errno := f.unblocked(connect)
	for errno == unix.EINTR {
		errno = afterInterrupt(f.unblocked(connect))
	}
	return errno
}

// Bind gives the socket its own address: bind(2).
func (f *FD) Bind(sa *sockaddr.Raw) error {
	return f.control(func() error { return asError(sysBind(f.sysfd, sa)) })
}

// Listen makes it a listener: listen(2).
func (f *FD) Listen(backlog int) error {
	f.mark(oddListens)
	return f.control(func() error { return unix.Listen(f.sysfd, backlog) })
}

// Shutdown ends one direction or both: shutdown(2).
func (f *FD) Shutdown(how int) error {
	if how != unix.SHUT_WR {
		f.mark(oddShut) // before those who wait are woken
	}
	return f.control(func() error {
		f.letConnect()
		return unix.Shutdown(f.sysfd, how)
	})
}

// LocalName reads the socket's own address: getsockname(2).
func (f *FD) LocalName(sa *sockaddr.Raw) error {
	return f.control(func() error { return asError(sysGetsockname(f.sysfd, sa)) })
}

// PeerName reads the peer's address: getpeername(2).
func (f *FD) PeerName(sa *sockaddr.Raw) error {
	return f.control(func() error { return asError(sysGetpeername(f.sysfd, sa)) })
}

// SockOptInt reads an option that is a C int: getsockopt(2).
func (f *FD) SockOptInt(level, opt int) (v int, err error) {
	err = f.control(func() (err error) {
		v, err = unix.GetsockoptInt(f.sysfd, level, opt)
		return err
	})
	if err == nil && v == 0 && level == unix.SOL_SOCKET && opt == unix.SO_ERROR {
		v = int(f.takeLeft())
	}
	return v, err
}

// SetSockOptInt sets an option that is a C int: setsockopt(2).
func (f *FD) SetSockOptInt(level, opt, v int) error {
	f.noteOption(level, opt)
	return f.control(func() error { return unix.SetsockoptInt(f.sysfd, level, opt, v) })
}

// SockOpt reads an option into p and returns how long it is: getsockopt(2).
func (f *FD) SockOpt(level, opt int, p []byte) (n int, err error) {
	err = f.control(func() error {
		var errno unix.Errno
		n, errno = sysGetsockopt(f.sysfd, level, opt, p)
		return asError(errno)
	})
	return n, err
}

// SetSockOpt sets an option to the bytes of p: setsockopt(2).
func (f *FD) SetSockOpt(level, opt int, p []byte) error {
	f.noteOption(level, opt)
	return f.control(func() error { return asError(sysSetsockopt(f.sysfd, level, opt, p, len(p))) })
}

// SetSockOptNull sets an option with a null pointer and a length: setsockopt(2).
func (f *FD) SetSockOptNull(level, opt, size int) error {
	return f.control(func() error { return asError(sysSetsockopt(f.sysfd, level, opt, nil, size)) })
}

// noteOption remembers the options that calls have to look after.
func (f *FD) noteOption(level, opt int) {
	if level == unix.SOL_SOCKET && setsTimeout(opt) {
		f.mark(oddKernelTimeouts)
	}
	if level == unix.SOL_SOCKET && opt == unix.SO_RCVLOWAT {
		f.mark(oddLowWater)
	}
	if slowsClose(level, opt) {
		f.mark(oddSlowClose)
	}
}

// CloseOnExec reports whether a program started with exec loses the descriptor.
func (f *FD) CloseOnExec() (on bool, err error) {
	err = f.control(func() error {
		flags, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_GETFD, 0)
		on = flags&unix.FD_CLOEXEC != 0
		return err
	})
	return on, err
}

// SetCloseOnExec says whether a program started with exec loses the descriptor.
func (f *FD) SetCloseOnExec(on bool) error {
	flags := 0
	if on {
		flags = unix.FD_CLOEXEC
	}
	return f.control(func() error {
		_, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_SETFD, flags)
		return err
	})
}

// SetBlockingMode clears or sets O_NONBLOCK for whoever else uses the open file.
// The calls here never block on it, whatever the mode is.
func (f *FD) SetBlockingMode(blocking bool) error {
	f.Share()
	return f.control(func() error { return setMode(f.sysfd, blocking) })
}

// asError returns an errno as an error, nil for 0.
func asError(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
