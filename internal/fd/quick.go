//go:build unix

package fd

import (
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// The shortest way to the kernel and back: one system call between two additions
// to the reference count, for sends, receives and accepts that have nothing else to
// look after. What it doesn't settle goes through do, as every other call.

// enter adds a call like use, if the first thing to do in that direction is to
// try: nothing stands before it, and the last call didn't have to wait.
func (f *FD) enter(dir direction) bool {
	return f != nil && f.odd.Load()&(oddDeadline|oddPending|sharedFirst|dir.oddWaits()) == 0 && f.use()
}

// leave takes the call away, and reports whether its system call settled it. If
// it has to wait, waits are the bits that have the poller make it again.
func (f *FD) leave(waits uint32, errno unix.Errno, timeout time.Duration) (settled bool) {
	again := errno == unix.EINTR || errno == unix.EINPROGRESS && timeout == Forever
	settled = errno != unix.EAGAIN && !again
	switch {
	case settled, again:
	case timeout != 0:
		f.odd.Or(waits)
	case f.odd.Load()&(oddShut|oddShared) == 0: // else attempt looks closer
		settled = true
	}
	f.done()
	return settled
}

// quickRecv is recvfrom(2), tried once. With MSG_WAITALL once isn't all.
func (f *FD) quickRecv(p []byte, flags int, sa *sockaddr.Raw, timeout time.Duration) (n int, err error, settled bool) {
	if flags&unix.MSG_WAITALL != 0 || !f.enter(reading) {
		return 0, nil, false
	}
	n, errno := f.sysRecv(p, flags, sa)
	return n, asError(errno), f.leave(oddReadWaits, errno, timeout)
}

// quickRecvNew is quickRecv into new memory.
func (f *FD) quickRecvNew(size, flags int, sa *sockaddr.Raw, timeout time.Duration) (p []byte, err error, settled bool) {
	if flags&unix.MSG_WAITALL != 0 || !f.enter(reading) {
		return nil, nil, false
	}
	p, _, errno := f.sysRecvNew(size, flags, sa)
	return p, asError(errno), f.leave(oddReadWaits, errno, timeout)
}

// quickSend is sendto(2), tried once. Of what it sends it may be a part. A send that
// connects first isn't for this (fastopen.go).
func (f *FD) quickSend(p []byte, flags int, sa *sockaddr.Raw, timeout time.Duration) (n int, err error, settled bool) {
	if flags&fastOpen != 0 || !f.enter(writing) {
		return 0, nil, false
	}
	n, errno := f.sysSend(p, flags|f.sendFlags(), sa)
	waits := uint32(oddWriteWaits)
	if sa != nil {
		waits = 0 // not foreseeable
	}
	return n, asError(errno), f.leave(waits, errno, timeout)
}

// quickAccept is accept4(2), tried once. It has no flag that keeps it from waiting:
// where others can have made the descriptor blocking, it isn't for this.
func (f *FD) quickAccept(sa *sockaddr.Raw, timeout time.Duration) (sysfd int, err error, settled bool) {
	if f == nil || f.odd.Load()&oddShared != 0 || !f.enter(reading) {
		return -1, nil, false
	}
	sysfd, errno := sysAccept(f.sysfd, sa)
	return sysfd, asError(errno), f.leave(oddReadWaits, errno, timeout)
}
