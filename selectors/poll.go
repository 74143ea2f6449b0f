//go:build unix

package selectors

import (
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A PollSelector waits with poll(2): Python's selectors.PollSelector. It takes
// regular files, which are always ready. Each Select looks at all that is
// registered, so with many a DefaultSelector does better.
//
// A Select that has to wait takes one or two descriptors for that time: it
// answers EMFILE if there are none. On Solaris, illumos and AIX it holds a thread
// while it waits.
type PollSelector struct {
	registry
	fds     []unix.PollFd // what is registered, in that order
	changes uint64        // counts what was done to fds
	waiting map[parker]bool
	watch   watcher
}

// A watcher makes a parker for descriptors that poll(2) found nothing at.
type watcher func([]unix.PollFd) (parker, error)

// NewPollSelector makes a PollSelector: Python's PollSelector(). There is no
// error yet.
func NewPollSelector() (*PollSelector, error) {
	s := &PollSelector{waiting: make(map[parker]bool), watch: watch}
	s.open()
	return s, nil
}

// Register adds a fileobj. See Selector.
func (s *PollSelector) Register(fileobj any, events Event, data ...any) (SelectorKey, error) {
	return s.add(fileobj, events, data, func(e *entry) error {
		s.fds = append(s.fds, unix.PollFd{Fd: int32(e.Fd), Events: pollEvents(e.Events)})
		s.changed()
		return nil
	})
}

// Unregister takes a fileobj away. See Selector.
func (s *PollSelector) Unregister(fileobj any) (SelectorKey, error) {
	return s.remove(fileobj, func(e *entry) {
		s.fds = slices.DeleteFunc(s.fds, func(p unix.PollFd) bool { return int(p.Fd) == e.Fd })
		s.changed()
	})
}

// Modify sets the events and the data of a fileobj. See Selector.
func (s *PollSelector) Modify(fileobj any, events Event, data ...any) (SelectorKey, error) {
	return s.change(fileobj, events, data, func(e *entry, events Event) error {
		i := slices.IndexFunc(s.fds, func(p unix.PollFd) bool { return int(p.Fd) == e.Fd })
		s.fds[i].Events = pollEvents(events)
		s.changed()
		return nil
	})
}

// Close forgets what is registered, and ends each Select that waits. See
// Selector.
func (s *PollSelector) Close() error {
	if s.shut() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed()
	}
	return nil
}

// changed has every Select that waits look again. The registry is locked.
func (s *PollSelector) changed() {
	s.changes++
	for p := range s.waiting {
		p.wake()
	}
}

// Select returns what is ready, and waits for it if need be. See Selector.
func (s *PollSelector) Select(timeout time.Duration) ([]Ready, error) {
	if err := checkTimeout("select", timeout); err != nil {
		return nil, err
	}
	c := pollScans.Get().(*pollScan)
	defer c.free()
	c.s = s
	if c.scan(0) || timeout <= 0 {
		return c.ready, c.err
	}
	for deadline := deadlineOf(timeout); ; {
		if err := c.wait(deadline); err != nil {
			return nil, failure("select", err)
		}
		if c.scan(0) || !deadline.IsZero() && !time.Now().Before(deadline) {
			return c.ready, c.err
		}
	}
}

// wait parks until there is a result, the deadline passes or something else is
// registered than was when it began.
func (c *pollScan) wait(deadline time.Time) error {
	p, err := c.s.watch(c.fds)
	if err != nil {
		return err
	}
	defer p.close()
	c.s.mu.Lock()
	c.s.waiting[p] = true
	c.s.mu.Unlock()
	began := c.changes
	err = p.park(func(uintptr) bool { return c.scan(0) || c.changes != began }, deadline)
	c.s.mu.Lock()
	delete(c.s.waiting, p)
	c.s.mu.Unlock()
	return err
}

// A pollScan is one look at what is ready, with the memory for it.
type pollScan struct {
	s       *PollSelector
	fds     []unix.PollFd
	changes uint64 // the selector's when fds was copied
	ready   []Ready
	err     error
}

var pollScans = sync.Pool{New: func() any { return new(pollScan) }}

// manyFds bounds the memory that is kept for the next scan.
const manyFds = 4096

func (c *pollScan) free() {
	c.s, c.ready, c.err = nil, nil, nil
	if len(c.fds) <= manyFds {
		pollScans.Put(c)
	}
}

// scan asks the kernel once, without waiting, and reports whether there is a
// result: something that is ready or an error.
func (c *pollScan) scan(uintptr) bool {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	if !c.s.isOpen {
		c.err = errClosed("select")
		return true
	}
	c.fds, c.changes = append(c.fds[:0], c.s.fds...), c.s.changes
	n, err := pollNow(c.fds)
	if err != nil {
		c.err = failure("select", err)
		return true
	}
	c.ready = nil
	if n > 0 {
		c.collect(n)
	}
	return c.ready != nil
}

func (c *pollScan) collect(n int) {
	for _, p := range c.fds {
		if p.Revents == 0 {
			continue
		}
		e := c.s.byFd[int(p.Fd)]
		if c.ready == nil {
			c.ready = make([]Ready, 0, n)
		}
		c.ready = append(c.ready, Ready{e.SelectorKey, readyEvents(uint16(p.Revents)) & e.Events})
	}
}

// pollEvents returns what poll(2) is asked for.
func pollEvents(e Event) pollBits {
	var bits pollBits
	if e&EVENT_READ != 0 {
		bits |= unix.POLLIN
	}
	if e&EVENT_WRITE != 0 {
		bits |= unix.POLLOUT
	}
	return bits
}

// readyEvents returns what has come. All but the two that were asked for, such as
// an error, a hang-up or a descriptor that isn't open, counts as both, as in
// Python.
func readyEvents(bits uint16) (e Event) {
	if bits&^unix.POLLIN != 0 {
		e |= EVENT_WRITE
	}
	if bits&^unix.POLLOUT != 0 {
		e |= EVENT_READ
	}
	return e
}

// pollNow is poll(2) without waiting.
func pollNow(fds []unix.PollFd) (int, error) {
	for {
		n, err := unix.Poll(fds, 0)
		if err != unix.EINTR && err != unix.EAGAIN {
			return n, err
		}
	}
}

// merged returns the descriptors once each, with all that is asked of them.
func merged(fds []unix.PollFd) map[int32]uint16 {
	all := make(map[int32]uint16, len(fds))
	for _, p := range fds {
		all[p.Fd] |= uint16(p.Events)
	}
	return all
}
