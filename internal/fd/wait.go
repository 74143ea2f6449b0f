//go:build unix

package fd

import (
	"container/list"
	"errors"
	"iter"
	"os"
	"runtime"
	"time"

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
	deadline int64      // of the connection (SetDeadline), by now(); 0: none
	armed    int64      // what the poller's deadline is; 0: none
	queue    *list.List // of waiters; nil until there is one
	pending  int16      // an errno to be reported
	lost     int16      // reading: an errno to be reported at the end of the stream
	busy     bool       // a call has the seat
}

// waiter is a call that queues for the seat.
type waiter struct {
	wake    chan struct{}
	granted bool
	place   *list.Element
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

// deadline returns t by now(), 0 for a time that never comes. It goes by the wall
// clock of this moment, which may have been set since epoch.
func deadline(t time.Time) int64 {
	d := time.Until(t)
	if d <= 0 {
		return 1
	}
	return after(d)
}

// sooner returns the earlier of two ends, where 0 is never.
func sooner(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// side returns one direction's state. f.mu is held.
func (f *FD) side(dir direction) *side {
	if f.sides[dir] == nil {
		f.sides[dir] = new(side)
	}
	return f.sides[dir]
}

// wait carries out a call that would block, or that is likely to and hasn't been
// tried yet. Without an error the call is settled, or it was given up with EAGAIN or
// the like as its outcome.
//
// A goroutine that waits keeps all the stack below it: what comes before and after
// is in sit, woken and rise, which have returned or aren't called yet. The poller
// makes the attempts: the first to see what came before it began to listen, the
// next at each event.
func (f *FD) wait(c *call) error {
	err := f.sit(c)
	for err == nil && !c.settled {
		if c.dir == reading {
			err = f.raw.Read(c.again)
		} else {
			err = f.raw.Write(c.again)
		}
		err = f.woken(c, err)
	}
	return f.rise(c, err)
}

var (
	// errUnpollable says that the poller can't announce what the call waits for.
	errUnpollable = os.ErrNoDeadline
	// errAnswered says that EAGAIN is the answer of a blocking call too.
	errAnswered = errors.New("answered")
)

// sit takes the seat, registers the descriptor and arms the deadline. The call may
// be settled meanwhile.
func (f *FD) sit(c *call) error {
	f.limit(c)
	if c.timeout == Forever && c.portless() {
		return errAnswered
	}
	if !c.pollable() {
		return errUnpollable
	}
	if err := f.take(c); err != nil || c.settled {
		return err
	}
	c.seated, c.tries = true, 0
	if f.odd.Load()&oddRegistered == 0 {
		f.register()
	}
	return f.arm(c)
}

// woken decides how to go on after the poller returned with err.
func (f *FD) woken(c *call, err error) error {
	if c.settled {
		return nil
	}
	if err != os.ErrDeadlineExceeded {
		return errUnpollable
	}
	c.tries = 0 // nothing has been announced
	return f.arm(c)
}

// rise gives the seat back and returns the outcome of the wait.
func (f *FD) rise(c *call, err error) error {
	if c.seated {
		c.seated = false
		if c.tries > 1 {
			spinning.polled()
		}
		f.give(c.dir)
		if c.foreseeable() {
			f.expect(c)
		}
	}
	switch err {
	case errAnswered:
		return nil
	case errUnpollable:
		err = f.waitTimed(c)
	}
	// Once more: a timeout never swallows what has arrived.
	switch {
	case err != ErrTimeout:
		return err
	case c.attempt():
		return nil
	}
	return c.expired()
}

// expect remembers whether a call had to wait in the poller.
func (f *FD) expect(c *call) {
	waits := c.dir.oddWaits()
	switch waited := c.tries > 1 || !c.settled; {
	case waited == (f.odd.Load()&waits != 0):
	case waited:
		f.odd.Or(waits)
	default:
		f.odd.And(^waits)
	}
}

// limit sets when a call must have been carried out. SO_RCVTIMEO and SO_SNDTIMEO do
// nothing on a non-blocking descriptor: they are honoured here, as a blocking call
// honours them (socket(7)). Once set it stays, also for the further attempts that one
// call of the caller's may be made of.
func (f *FD) limit(c *call) {
	switch {
	case c.end != 0:
	case c.timeout != Forever:
		c.end = after(c.timeout)
	case f.odd.Load()&(oddKernelTimeouts|oddShared) != 0:
		if d := kernelTimeout(f.sysfd, c.dir); d > 0 {
			c.end = after(d)
		}
	}
}

// expired returns the error of a call that was to be carried out by now: what the
// kernel answers if the limit is the kernel's.
func (c *call) expired() error {
	switch {
	case c.end == 0 || c.end > now(): // the deadline of the connection
		return ErrTimeout
	case c.timeout != Forever:
		return ErrTimeout
	case c.kind == callConnect || c.kind == callConnectTCP || c.opening:
		return unix.EINPROGRESS
	}
	return unix.EAGAIN
}

// kernelTimeout reads SO_RCVTIMEO or SO_SNDTIMEO, 0 if there is none.
func kernelTimeout(sysfd int, dir direction) time.Duration {
	opt := unix.SO_RCVTIMEO
	if dir == writing {
		opt = unix.SO_SNDTIMEO
	}
	tv, err := unix.GetsockoptTimeval(sysfd, unix.SOL_SOCKET, opt)
	if err != nil {
		return 0
	}
	return time.Duration(tv.Nano())
}

// take waits for the seat. It returns ErrTimeout or ErrClosed without it. A call
// that hasn't been tried yet is tried before it queues, and may be settled by it:
// the one in the seat may wait for more than this one needs.
func (f *FD) take(c *call) error {
	f.mu.Lock()
	s := f.side(c.dir)
	if !s.busy {
		s.busy = true
		f.mu.Unlock()
		return nil
	}
	if c.tries == 0 {
		f.mu.Unlock()
		if c.attempt() {
			return nil
		}
		return f.take(c)
	}
	w := s.enqueue()
	f.mu.Unlock()
	return f.queueUp(s, w, c.end)
}

// queueUp waits until w is granted the seat.
func (f *FD) queueUp(s *side, w *waiter, end int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for !w.granted {
		if err := f.over(s, end); err != nil {
			s.queue.Remove(w.place)
			return err
		}
		until := sooner(end, s.deadline)
		f.mu.Unlock()
		w.sleep(until)
		f.mu.Lock()
	}
	return nil
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

// enqueue adds a waiter to the queue. f.mu is held.
func (s *side) enqueue() *waiter {
	if s.queue == nil {
		s.queue = list.New()
	}
	w := &waiter{wake: make(chan struct{}, 1)}
	w.place = s.queue.PushBack(w)
	return w
}

// waiters are those that queue, the first first. f.mu is held.
func (s *side) waiters() iter.Seq[*waiter] {
	return func(yield func(*waiter) bool) {
		if s.queue == nil {
			return
		}
		for e := s.queue.Front(); e != nil && yield(e.Value.(*waiter)); e = e.Next() {
		}
	}
}

// give hands the seat to the next in the queue.
func (f *FD) give(dir direction) {
	f.mu.Lock()
	s := f.sides[dir]
	s.busy = false
	for w := range s.waiters() {
		s.busy, w.granted = true, true
		s.queue.Remove(w.place)
		w.poke()
		break
	}
	f.mu.Unlock()
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

// overdue returns ErrTimeout if a deadline of the connection has passed.
func (f *FD) overdue(dir direction) error {
	if f.odd.Load()&oddDeadline == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.over(f.side(dir), 0)
}

// arm makes sure that the poller wakes the call in the seat when it has to
// give up. It holds f.mu, so that it can't undo what Close or SetDeadline do at
// the same time.
func (f *FD) arm(c *call) error {
	f.mu.Lock()
	err := f.armLocked(c)
	f.mu.Unlock()
	return err
}

func (f *FD) armLocked(c *call) error {
	if f.closing() {
		return ErrClosed
	}
	if f.raw == nil {
		return errUnpollable
	}
	s := f.sides[c.dir]
	end := sooner(c.end, s.deadline)
	if end == 0 && s.armed == 0 {
		return nil
	}
	t := now()
	if end != 0 && end <= t {
		return ErrTimeout
	}
	if s.armed > t && (end == 0 || s.armed <= end) {
		return nil // wakes us in time; if too early, we come here again
	}
	return f.setArmed(c.dir, end)
}

// setArmed sets the poller's deadline. f.mu is held.
func (f *FD) setArmed(dir direction, end int64) error {
	var at time.Time
	if end != 0 {
		at = epoch.Add(time.Duration(end - 1))
	}
	f.sides[dir].armed = end
	if dir == reading {
		return f.file.SetReadDeadline(at)
	}
	return f.file.SetWriteDeadline(at)
}

// enlist registers a descriptor whose next call that reads is likely to wait. It is
// called from as far up the stack as can be: os.NewFile needs much of it, and a
// goroutine that waits in its first 2 KiB keeps to them.
func (f *FD) enlist() {
	if f != nil && f.odd.Load()&(oddReadWaits|oddRegistered) == oddReadWaits {
		f.register()
	}
}

// register puts the descriptor into the poller, once.
func (f *FD) register() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closing() || f.file != nil {
		return
	}
	if spinning.registered.Add(1) > keptFinalizers {
		// os.File has a finalizer of its own; one is enough.
		runtime.SetFinalizer(f, nil)
	}
	if f.odd.Load()&oddShared == 0 {
		f.file = os.NewFile(uintptr(f.sysfd), "socket")
	} else {
		// os.NewFile registers only what is in non-blocking mode.
		f.unblocked(func() unix.Errno {
			f.file = os.NewFile(uintptr(f.sysfd), "socket")
			return 0
		})
	}
	f.raw, _ = f.file.SyscallConn()
	f.mark(oddRegistered)
}

// wakeAll makes every call that waits look around. f.mu is held.
func (f *FD) wakeAll() {
	if f.end != nil && f.end.closed != nil && f.closing() {
		close(f.end.closed)
		f.end.closed = nil
	}
	f.wake(reading)
	f.wake(writing)
}

// wake makes one direction's calls look around: a deadline in the past throws
// the one in the seat out of the poller. f.mu is held.
func (f *FD) wake(dir direction) {
	s := f.sides[dir]
	if s == nil {
		return
	}
	if s.busy && f.raw != nil {
		f.setArmed(dir, 1)
	}
	for w := range s.waiters() {
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
		at = deadline(t)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mark(oddDeadline)
	for dir, wanted := range [2]bool{read, write} {
		if wanted {
			f.side(direction(dir)).deadline = at
			f.wake(direction(dir))
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
func (f *FD) waitTimed(c *call) error {
	if c.tries == 0 && c.attempt() {
		return nil
	}
	gone := f.Gone()
	if gone == nil {
		return ErrClosed
	}
	timer := time.NewTimer(firstNap)
	defer timer.Stop()
	for nap := firstNap; ; nap = min(2*nap, lastNap) {
		select {
		case <-gone:
			return ErrClosed
		case <-timer.C:
		}
		if c.attempt() {
			return nil
		}
		left, err := f.left(c)
		if err != nil {
			return err
		}
		timer.Reset(min(nap, left))
	}
}

// left returns how long a call may still wait.
func (f *FD) left(c *call) (time.Duration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.side(c.dir)
	if err := f.over(s, c.end); err != nil {
		return 0, err
	}
	if until := sooner(c.end, s.deadline); until != 0 {
		return time.Duration(until - now()), nil
	}
	return Forever, nil
}

// Gone returns a channel that Close closes, nil if it has begun already.
func (f *FD) Gone() <-chan struct{} {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closing() {
		return nil
	}
	e := f.ending()
	if e.closed == nil {
		e.closed = make(chan struct{})
	}
	return e.closed
}
