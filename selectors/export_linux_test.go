package selectors

import (
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// What the BSDs, Solaris and AIX wait with, for tests on Linux: selectors whose
// goroutines park in a hub or in a thread.

// A TestHub is a hub on epoll, which a test can end.
type TestHub struct {
	hub  *hub
	mux  epollMux
	over chan struct{}
}

func NewTestHub() (*TestHub, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	t := &TestHub{mux: epollMux{q: q}, over: make(chan struct{})}
	if err := newPipe(&t.mux.stop); err != nil {
		return nil, err
	}
	if err := t.mux.arm(t.mux.stop[0]); err != nil {
		return nil, err
	}
	t.hub = makeHub(t.mux)
	go func() {
		t.hub.run()
		close(t.over)
	}()
	return t, nil
}

func (t *TestHub) Close() {
	unix.Close(t.mux.stop[1])
	<-t.over
	unix.Close(t.mux.stop[0])
	unix.Close(int(t.mux.q))
}

// Waiting returns for how many descriptors the hub waits.
func (t *TestHub) Waiting() int {
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock()
	return len(t.hub.waiting)
}

// An epollMux is a multiplexer on epoll. It ends when its pipe does.
type epollMux struct {
	q    queue
	stop [2]int
}

func (m epollMux) arm(fd int) error {
	ev := &unix.EpollEvent{Fd: int32(fd), Events: unix.EPOLLIN | unix.EPOLLONESHOT}
	err := unix.EpollCtl(int(m.q), unix.EPOLL_CTL_ADD, fd, ev)
	if err == unix.EEXIST {
		err = unix.EpollCtl(int(m.q), unix.EPOLL_CTL_MOD, fd, ev)
	}
	return err
}

func (m epollMux) disarm(fd int) {
	unix.EpollCtl(int(m.q), unix.EPOLL_CTL_DEL, fd, new(unix.EpollEvent))
}

func (m epollMux) await(fds []int) (int, error) {
	events := make([]unix.EpollEvent, len(fds))
	n, err := unix.EpollWait(int(m.q), events, -1)
	for i := range max(n, 0) {
		if fds[i] = int(events[i].Fd); fds[i] == m.stop[0] {
			return 0, unix.EBADF
		}
	}
	return n, err
}

func (t *TestHub) parker(fd int) (parker, error) { return newHubParker(t.hub, fd), nil }

// NewEpollSelector makes a selector that parks in the hub.
func (t *TestHub) NewEpollSelector() (*EpollSelector, error) {
	s := new(EpollSelector)
	return s, s.init("epoll_create", t.parker)
}

// NewThreadSelector makes a selector that parks in a thread.
func NewThreadSelector() (*PollSelector, error) {
	s, err := NewPollSelector()
	s.watch = inThread
	return s, err
}

func inThread(fds []unix.PollFd) (parker, error) { return newThreadParker(fds) }

// SelectInThread is Select that parks in a thread.
func SelectInThread(r, w, x []*socket.Socket, timeout time.Duration) ([]*socket.Socket, []*socket.Socket, []*socket.Socket, error) {
	return selectWith(inThread, r, w, x, timeout)
}

// NewBrokenSelector makes a selector that has no way to wait.
func NewBrokenSelector(err error) *PollSelector {
	s, _ := NewPollSelector()
	s.watch = func([]unix.PollFd) (parker, error) { return nil, err }
	return s
}

// Collected returns what a selector makes of events that come one for each filter,
// as kqueue has them: of each descriptor those in its events.
func (s *EpollSelector) Collected(fds []int, events []Event) []Ready {
	c := s.newScan()
	defer c.free()
	var told []queueEvent
	for i, fd := range fds {
		told = append(told, *epollEvent(s.byFd[fd], events[i]))
	}
	c.collect(told, 2)
	return c.ready
}

// Milliseconds is what is left until a deadline, as poll(2) is given it.
func Milliseconds(deadline time.Time) int { return milliseconds(deadline) }
