package selectors

import "golang.org/x/sys/unix"

// An EpollSelector waits with epoll(7): Python's selectors.EpollSelector. It
// takes no regular files: Register answers EPERM. Of one open file no more than
// 500 of them can wait, since Go's poller watches each: Register answers EINVAL.
type EpollSelector struct{ queueSelector }

// NewEpollSelector makes an EpollSelector: Python's EpollSelector() and
// epoll_create1(2). The error is EMFILE or ENFILE if there is no descriptor left.
func NewEpollSelector() (*EpollSelector, error) {
	s := new(EpollSelector)
	if err := s.init("epoll_create", newParker); err != nil {
		return nil, err
	}
	return s, nil
}

// A DefaultSelector is the best selector of the platform: Python's
// selectors.DefaultSelector. On Linux it is an EpollSelector.
type DefaultSelector = EpollSelector

// NewDefaultSelector makes a DefaultSelector: Python's DefaultSelector().
func NewDefaultSelector() (*DefaultSelector, error) { return NewEpollSelector() }

// A queue is an epoll descriptor.
type queue int

// A queueEvent is what epoll_wait tells of one descriptor.
type queueEvent = unix.EpollEvent

// queueEventsEach is how many events there may be for a descriptor.
const queueEventsEach = 1

func newQueue() (queue, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return queue(fd), err
}

// epollEvent carries the serial of an entry, by which a late event of an earlier
// file with the same number is known.
func epollEvent(e *entry, events Event) *unix.EpollEvent {
	ev := &unix.EpollEvent{Fd: int32(e.Fd), Pad: int32(e.serial)}
	if events&EVENT_READ != 0 {
		ev.Events |= unix.EPOLLIN
	}
	if events&EVENT_WRITE != 0 {
		ev.Events |= unix.EPOLLOUT
	}
	return ev
}

func (q queue) add(e *entry) error {
	return unix.EpollCtl(int(q), unix.EPOLL_CTL_ADD, e.Fd, epollEvent(e, e.Events))
}

func (q queue) modify(e *entry, events Event) error {
	return unix.EpollCtl(int(q), unix.EPOLL_CTL_MOD, e.Fd, epollEvent(e, events))
}

func (q queue) remove(e *entry) {
	unix.EpollCtl(int(q), unix.EPOLL_CTL_DEL, e.Fd, new(unix.EpollEvent))
}

// poll asks without waiting.
func (q queue) poll(events []queueEvent) (int, error) {
	return unix.EpollWait(int(q), events, 0)
}

// which returns the descriptor and what has come. All but the two that were asked
// for, such as an error or a hang-up, counts as both, as in Python.
func which(ev *queueEvent) (fd int, mask Event) {
	if ev.Events&^unix.EPOLLIN != 0 {
		mask |= EVENT_WRITE
	}
	if ev.Events&^unix.EPOLLOUT != 0 {
		mask |= EVENT_READ
	}
	return int(ev.Fd), mask
}

// isOf reports whether the event is of this registration.
func isOf(ev *queueEvent, e *entry) bool { return ev.Pad == int32(e.serial) }
