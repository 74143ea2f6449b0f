//go:build unix

package fd

import (
	"os"
	"sync"
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// Waiting. In each direction one call at a time sits in the poller, because
// os.File's RawConn lets only one in and would leave the others without their
// timeouts; the others queue here, each with its own timer. A deadline is armed
// in the poller only when a call sits down, and stays armed: if it fires before
// the deadline of the call that sits there then, that call arms it anew. So a
// socket with a timeout that is never hit arms about one timer a timeout, not
// one a call.

// side is one direction of a descriptor that has had to wait.
type side struct {
	fd       *FD
	deadline int64 // of the connection (SetDeadline), by now(); 0: none
	armed    int64 // what the poller's deadline is; 0: none
	pending  unix.Errno
	busy     bool // a call has the seat
	queue    []*waiter

	// The call that has the seat, and what came of it.
	c      call
	sa     *sockaddr.Raw
	n      int
	errno  unix.Errno
	settle bool
	sit    func(func(uintptr) bool) error // RawConn.Read or Write
	again  func(uintptr) bool             // (*side).attempt, bound once
}

// waiter is a call that queues for the seat.
type waiter struct {
	wake    chan struct{}
	granted bool
}

// now is a monotonic clock that is never 0.
func now() int64 { return int64(time.Since(epoch)) + 1 }

var epoch = time.Now()

// after returns now()+d, 0 for a time that never comes.
func after(d time.Duration) int64 {
	if t := now() + int64(d); t > 0 {
		return t
	}
	return 0
}

// sooner returns the earlier of two ends, where 0 is never.
func sooner(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// rawAddrs keeps the addresses of calls that wait: their own lie on a stack.
var rawAddrs = sync.Pool{New: func() any { return new(sockaddr.Raw) }}

// side returns one direction's state. f.mu is held.
func (f *FD) side(dir direction) *side {
	if f.sides[dir] == nil {
		f.sides[dir] = &side{fd: f}
	}
	return f.sides[dir]
}

// wait carries out a call that would have blocked.
func (f *FD) wait(c *call, sa *sockaddr.Raw) (int, error) {
	end, expired := f.limit(c)
	if !c.pollable(sa) {
		return f.waitTimed(c, sa, end, expired)
	}
	s, err := f.take(c.dir, end)
	if err != nil {
		return f.lastTry(c, sa, err, expired)
	}
	n, err := s.await(c, sa, end)
	f.give(s)
	switch err {
	case nil:
		return n, nil
	case ErrTimeout:
		return f.lastTry(c, sa, err, expired)
	case errUnpollable:
		return f.waitTimed(c, sa, end, expired)
	}
	return 0, err
}

// limit returns when a call must have been carried out, and the error if it
// wasn't. SO_RCVTIMEO and SO_SNDTIMEO do nothing on a non-blocking descriptor:
// they are honoured here, as a blocking call honours them (socket(7)).
func (f *FD) limit(c *call) (end int64, expired error) {
	expired = ErrTimeout
	end = c.end
	if end == 0 && c.timeout != Forever {
		end = after(c.timeout)
	}
	if c.timeout != Forever || f.odd.Load()&oddKernelTimeouts == 0 {
		return end, expired
	}
	opt := unix.SO_RCVTIMEO
	if c.dir == writing {
		opt = unix.SO_SNDTIMEO
	}
	tv, err := unix.GetsockoptTimeval(f.sysfd, unix.SOL_SOCKET, opt)
	if err != nil || tv.Nano() <= 0 {
		return end, expired
	}
	if c.kind == callConnect {
		return after(time.Duration(tv.Nano())), unix.EINPROGRESS
	}
	return after(time.Duration(tv.Nano())), unix.EAGAIN
}

// lastTry makes the call once more before it is given up: a timeout never
// swallows what has arrived.
func (f *FD) lastTry(c *call, sa *sockaddr.Raw, err, expired error) (int, error) {
	if err != ErrTimeout {
		return 0, err
	}
	if n, errno := f.try(c, sa); errno != unix.EAGAIN {
		if errno != 0 {
			return 0, errno
		}
		return n, nil
	}
	return 0, expired
}

// take waits for the seat. It returns ErrTimeout or ErrClosed without it.
func (f *FD) take(dir direction, end int64) (*side, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.side(dir)
	if !s.busy {
		s.busy = true
		return s, nil
	}
	w := &waiter{wake: make(chan struct{}, 1)}
	s.queue = append(s.queue, w)
	for !w.granted {
		if err := f.over(s, end); err != nil {
			s.leave(w)
			return nil, err
		}
		until := sooner(end, s.deadline)
		f.mu.Unlock()
		w.sleep(until)
		f.mu.Lock()
	}
	return s, nil
}

// sleep returns when w is woken, or at the time given.
func (w *waiter) sleep(until int64) {
	if until == 0 {
		<-w.wake
		return
	}
	t := time.NewTimer(time.Duration(until - now()))
	defer t.Stop()
	select {
	case <-w.wake:
	case <-t.C:
	}
}

// leave takes w out of the queue. f.mu is held.
func (s *side) leave(w *waiter) {
	for i, q := range s.queue {
		if q == w {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return
		}
	}
}

// give hands the seat to the next in the queue.
func (f *FD) give(s *side) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.c = call{} // the buffer is the caller's again
	if s.sa != nil {
		rawAddrs.Put(s.sa)
		s.sa = nil
	}
	if len(s.queue) == 0 {
		s.busy = false
		return
	}
	w := s.queue[0]
	s.queue = append(s.queue[:0], s.queue[1:]...)
	w.granted = true
	w.poke()
}

func (w *waiter) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// over reports why a call may wait no longer. f.mu is held.
func (f *FD) over(s *side, end int64) error {
	if f.closing() {
		return ErrClosed
	}
	if t := sooner(end, s.deadline); t != 0 && t <= now() {
		return ErrTimeout
	}
	return nil
}

// errUnpollable says that the poller can't announce what the call waits for.
var errUnpollable = os.ErrNoDeadline

// await sits in the poller until the call has been carried out. The caller has
// the seat.
func (s *side) await(c *call, sa *sockaddr.Raw, end int64) (int, error) {
	s.c = *c
	if sa != nil {
		s.sa = rawAddrs.Get().(*sockaddr.Raw)
		*s.sa = *sa
	}
	s.settle = false
	for {
		if err := s.arm(end); err != nil {
			return 0, err
		}
		err := s.sit(s.again)
		if s.settle {
			break
		}
		if err != os.ErrDeadlineExceeded {
			return 0, errUnpollable
		}
	}
	if s.errno != 0 {
		return 0, s.errno
	}
	if sa != nil {
		*sa = *s.sa
	}
	return s.n, nil
}

// attempt makes the call; the poller runs it, first to see what came before it
// began to listen, and then at each event.
func (s *side) attempt(uintptr) bool {
	s.n, s.errno = s.fd.try(&s.c, s.sa)
	s.settle = s.errno != unix.EAGAIN
	return s.settle
}

// arm makes sure that the poller wakes the call in the seat when it has to
// give up. It holds f.mu, so that it can't undo what Close or SetDeadline do at
// the same time.
func (s *side) arm(end int64) error {
	f := s.fd
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closing() {
		return ErrClosed
	}
	if err := f.register(); err != nil {
		return err
	}
	if s.sit == nil {
		s.bind()
	}
	end = sooner(end, s.deadline)
	t := int64(0)
	if end != 0 || s.armed != 0 {
		t = now()
	}
	if end != 0 && end <= t {
		return ErrTimeout
	}
	if s.armed == end || s.armed > t && (end == 0 || s.armed < end) {
		return nil // wakes us in time; if too early, we come here again
	}
	return s.setArmed(end)
}

// setArmed sets the poller's deadline. f.mu is held.
func (s *side) setArmed(end int64) error {
	var at time.Time
	if end != 0 {
		at = epoch.Add(time.Duration(end - 1))
	}
	s.armed = end
	if s == s.fd.sides[reading] {
		return s.fd.file.SetReadDeadline(at)
	}
	return s.fd.file.SetWriteDeadline(at)
}

// bind finds the poller's entrance for this direction. f.mu is held.
func (s *side) bind() {
	s.again = s.attempt
	s.sit = s.fd.raw.Write
	if s == s.fd.sides[reading] {
		s.sit = s.fd.raw.Read
	}
}

// register puts the descriptor into the poller, once. f.mu is held.
func (f *FD) register() error {
	if f.file == nil {
		// os.NewFile registers only what is in non-blocking mode.
		foreign := f.odd.Load()&oddShared != 0 && f.blockingMode()
		if foreign {
			unix.SetNonblock(f.sysfd, true)
		}
		f.file = os.NewFile(uintptr(f.sysfd), "socket")
		if foreign {
			unix.SetNonblock(f.sysfd, false)
		}
		f.raw, _ = f.file.SyscallConn()
	}
	if f.raw == nil {
		return errUnpollable
	}
	return nil
}

// wakeAll makes every call that waits look around. f.mu is held.
func (f *FD) wakeAll() {
	if f.closed != nil && f.closing() {
		close(f.closed)
		f.closed = nil
	}
	for _, s := range f.sides {
		if s != nil {
			s.wake()
		}
	}
}

// wake makes one direction's calls look around: a deadline in the past throws
// the one in the seat out of the poller. f.mu is held.
func (s *side) wake() {
	if s.busy && s.sit != nil {
		s.setArmed(1)
	}
	for _, w := range s.queue {
		w.poke()
	}
}

// SetDeadline sets until when reads or writes, or both, have to be carried out,
// those that wait already included. The zero time is never.
func (f *FD) SetDeadline(t time.Time, read, write bool) error {
	if !f.use() {
		return ErrClosed
	}
	defer f.done()
	at := int64(0)
	if !t.IsZero() {
		at = max(int64(t.Sub(epoch))+1, 1)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mark(oddDeadline)
	for dir, wanted := range [2]bool{read, write} {
		if wanted {
			s := f.side(direction(dir))
			s.deadline = at
			s.wake()
		}
	}
	return nil
}

// The shortest and the longest nap of a call that the poller can't wake.
const (
	firstNap = 50 * time.Microsecond
	lastNap  = 10 * time.Millisecond
)

// waitTimed tries a call again and again, with pauses that grow.
func (f *FD) waitTimed(c *call, sa *sockaddr.Raw, end int64, expired error) (int, error) {
	gone := f.Gone()
	if gone == nil {
		return 0, ErrClosed
	}
	timer := time.NewTimer(firstNap)
	defer timer.Stop()
	for nap := firstNap; ; nap = min(2*nap, lastNap) {
		select {
		case <-gone:
			return 0, ErrClosed
		case <-timer.C:
		}
		n, errno := f.try(c, sa)
		if errno == 0 {
			return n, nil
		}
		if errno != unix.EAGAIN {
			return 0, errno
		}
		f.mu.Lock()
		s := f.side(c.dir)
		err := f.over(s, end)
		until := sooner(end, s.deadline)
		f.mu.Unlock()
		switch {
		case err == ErrTimeout:
			return 0, expired
		case err != nil:
			return 0, err
		case until != 0:
			nap = max(min(nap, time.Duration(until-now())), 0)
		}
		timer.Reset(nap)
	}
}

// Gone returns a channel that Close closes, nil if it has begun already.
func (f *FD) Gone() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closing() {
		return nil
	}
	if f.closed == nil {
		f.closed = make(chan struct{})
	}
	return f.closed
}
