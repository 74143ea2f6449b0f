//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package selectors

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A queueSelector is a selector on a queue of the kernel's, epoll(7) or
// kqueue(2), which remembers what is registered. The files that are named for
// them have the calls.
type queueSelector struct {
	registry
	queue  queue
	parker parker
	seat   chan struct{} // filled by who parks, one at a time
	done   chan struct{} // closed by Close
}

// init makes a selector of one that is zero.
func (s *queueSelector) init(op string, newParker func(fd int) (parker, error)) error {
	q, err := newQueue()
	if err != nil {
		return failure(op, err)
	}
	p, err := newParker(int(q))
	if err != nil {
		return failure(op, err)
	}
	s.queue, s.parker = q, p
	s.seat, s.done = make(chan struct{}, 1), make(chan struct{})
	s.open()
	return nil
}

// Register adds a fileobj. See Selector.
func (s *queueSelector) Register(fileobj any, events Event, data ...any) (SelectorKey, error) {
	return s.add(fileobj, events, data, s.queue.add)
}

// Unregister takes a fileobj away. See Selector.
func (s *queueSelector) Unregister(fileobj any) (SelectorKey, error) {
	// The kernel may have forgotten it, if it was closed.
	return s.remove(fileobj, s.queue.remove)
}

// Modify sets the events and the data of a fileobj. See Selector.
func (s *queueSelector) Modify(fileobj any, events Event, data ...any) (SelectorKey, error) {
	return s.change(fileobj, events, data, s.queue.modify)
}

// Fileno returns the descriptor of the kernel's queue, -1 once the selector is
// closed: Python's fileno(). It can be read when something is ready, so that a
// selector may be registered with another.
func (s *queueSelector) Fileno() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.isOpen {
		return -1
	}
	return int(s.queue)
}

// Close frees what the selector holds, and ends each Select that waits. See
// Selector.
func (s *queueSelector) Close() error {
	if !s.shut() {
		return nil
	}
	close(s.done)
	s.parker.wake()
	s.seat <- struct{}{} // who parks has left, and nobody gets the seat again
	s.parker.close()
	return nil
}

// Select returns what is ready, and waits for it if need be. See Selector.
func (s *queueSelector) Select(timeout time.Duration) ([]Ready, error) {
	if err := checkTimeout("select", timeout); err != nil {
		return nil, err
	}
	c := s.newScan()
	defer c.free()
	if c.scan(0) || timeout <= 0 {
		return c.ready, c.err
	}
	deadline := deadlineOf(timeout)
	if !s.sit(deadline) {
		c.scan(0) // it may have come while others waited, or the selector is closed
		return c.ready, c.err
	}
	err := s.parker.park(c.scanning, deadline)
	<-s.seat
	// It may have come as the deadline passed.
	if c.ready == nil && c.err == nil && !c.scan(0) {
		c.err = failure("select", err)
	}
	return c.ready, c.err
}

// sit takes the seat, for which it waits while another goroutine has it. It is
// false if the deadline passes or the selector is closed.
func (s *queueSelector) sit(deadline time.Time) bool {
	select {
	case s.seat <- struct{}{}:
		return true
	default:
	}
	passed, stop := timer(deadline)
	defer stop()
	select {
	case s.seat <- struct{}{}:
		return true
	case <-passed:
	case <-s.done:
	}
	return false
}

// A scan is one look at what is ready, with the memory for it. Only the result is
// new each time.
type scan struct {
	s        *queueSelector
	events   []queueEvent
	scanning func(uintptr) bool // the method scan, made once
	seen     map[int]int        // the place in ready of descriptors that may come twice
	ready    []Ready
	err      error
}

// scans has scans that aren't in use.
var scans = sync.Pool{New: func() any {
	c := &scan{events: make([]queueEvent, fewEvents), seen: make(map[int]int)}
	c.scanning = c.scan
	return c
}}

// The kernel is asked for few events at first. If it has more, the memory grows,
// but what is beyond many isn't kept.
const (
	fewEvents  = 64
	manyEvents = 4096
)

func (s *queueSelector) newScan() *scan {
	c := scans.Get().(*scan)
	c.s = s
	return c
}

func (c *scan) free() {
	c.s, c.ready, c.err = nil, nil, nil
	if len(c.events) <= manyEvents {
		scans.Put(c)
	}
}

// scan asks the kernel once, without waiting, and reports whether there is a
// result: something that is ready or an error. The number is not needed; it makes
// scan a function for a syscall.RawConn.
func (c *scan) scan(uintptr) bool {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	if !c.s.isOpen {
		c.err = errClosed("select")
		return true
	}
	for {
		n, err := c.s.queue.poll(c.events)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			c.err = failure("select", err)
			return true
		}
		c.collect(c.events[:n], queueEventsEach)
		// All at once, as in Python. What is ready is returned again.
		if n < len(c.events) || c.ready != nil && n >= len(c.s.byFd)*queueEventsEach {
			return c.ready != nil
		}
		c.events = make([]queueEvent, 2*len(c.events))
	}
}

// collect makes the result of what the kernel told, which has up to each events
// for a descriptor. An event of something that isn't registered any more is none:
// epoll tells of a file that was closed as long as there is a duplicate of it.
func (c *scan) collect(events []queueEvent, each int) {
	c.ready = nil
	clear(c.seen)
	for i := range events {
		fd, mask := which(&events[i])
		e := c.s.byFd[fd]
		if e == nil || !isOf(&events[i], e) || mask&e.Events == 0 {
			continue
		}
		mask &= e.Events
		if e.Events == eventBoth && each > 1 {
			if at, ok := c.seen[fd]; ok {
				c.ready[at].Mask |= mask
				continue
			}
			c.seen[fd] = len(c.ready)
		}
		if c.ready == nil {
			c.ready = make([]Ready, 0, len(events)-i)
		}
		c.ready = append(c.ready, Ready{e.SelectorKey, mask})
	}
}
