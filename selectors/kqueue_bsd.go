//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package selectors

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// A KqueueSelector waits with kqueue(2): Python's selectors.KqueueSelector. One
// descriptor is one result, where Python has two if it can be read and written.
type KqueueSelector struct{ queueSelector }

// NewKqueueSelector makes a KqueueSelector: Python's KqueueSelector() and
// kqueue(2). The error is EMFILE or ENFILE if there is no descriptor left.
func NewKqueueSelector() (*KqueueSelector, error) {
	s := new(KqueueSelector)
	if err := s.init("kqueue", newParker); err != nil {
		return nil, err
	}
	return s, nil
}

// A DefaultSelector is the best selector of the platform: Python's
// selectors.DefaultSelector. On darwin and the BSDs it is a KqueueSelector.
type DefaultSelector = KqueueSelector

// NewDefaultSelector makes a DefaultSelector: Python's DefaultSelector().
func NewDefaultSelector() (*DefaultSelector, error) { return NewKqueueSelector() }

// A queue is a kqueue's descriptor.
type queue int

// A queueEvent is what kevent tells of one descriptor and one filter.
type queueEvent = unix.Kevent_t

// queueEventsEach is how many events there may be for a descriptor: one of each
// filter.
const queueEventsEach = 2

func newQueue() (queue, error) {
	// A child of fork doesn't get it, but one of posix_spawn on darwin may.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Kqueue()
	if err != nil {
		return -1, err
	}
	unix.CloseOnExec(fd)
	return queue(fd), nil
}

func (q queue) add(e *entry) error {
	return q.alter(e.Fd, 0, e.Events)
}

func (q queue) modify(e *entry, events Event) error {
	err := q.alter(e.Fd, e.Events, events)
	if err != nil {
		q.alter(e.Fd, e.Events, 0)
	}
	return err
}

func (q queue) remove(e *entry) {
	q.alter(e.Fd, e.Events, 0)
}

// alter leads from the events before to those after. What it has added is gone
// again if it fails. A filter that can't be deleted isn't there: the descriptor
// was closed.
func (q queue) alter(fd int, before, after Event) error {
	var added Event
	for _, f := range filters {
		switch is, was := after&f.event != 0, before&f.event != 0; {
		case is && !was:
			if err := q.set(fd, f.filter, unix.EV_ADD); err != nil {
				q.alter(fd, added, 0)
				return err
			}
			added |= f.event
		case was && !is:
			q.set(fd, f.filter, unix.EV_DELETE)
		}
	}
	return nil
}

var filters = [...]struct {
	event  Event
	filter int
}{
	{EVENT_READ, unix.EVFILT_READ},
	{EVENT_WRITE, unix.EVFILT_WRITE},
}

// set adds or deletes one filter. Without room for events kevent returns what
// failed as its own error (kevent(2)).
func (q queue) set(fd, filter, flags int) error {
	var change [1]unix.Kevent_t
	unix.SetKevent(&change[0], fd, filter, flags)
	for {
		_, err := unix.Kevent(int(q), change[:], nil, new(unix.Timespec))
		if err != unix.EINTR {
			return err
		}
	}
}

// poll asks without waiting.
func (q queue) poll(events []queueEvent) (int, error) {
	return unix.Kevent(int(q), nil, events, new(unix.Timespec))
}

// which returns the descriptor and what has come. The end of the stream, or an
// error, comes with each filter.
func which(ev *queueEvent) (fd int, mask Event) {
	switch ev.Filter {
	case unix.EVFILT_READ:
		mask = EVENT_READ
	case unix.EVFILT_WRITE:
		mask = EVENT_WRITE
	}
	return int(ev.Ident), mask
}

// isOf reports whether the event is of this registration. A kqueue forgets a
// descriptor that is closed, though duplicates may be open.
func isOf(*queueEvent, *entry) bool { return true }
