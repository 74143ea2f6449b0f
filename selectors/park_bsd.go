//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package selectors

import (
	"sync"

	"golang.org/x/sys/unix"
)

// theHub is the one hub of the program, made when a goroutine first parks.
var theHub = sync.OnceValues(func() (*hub, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	h := makeHub(kqueueMux{q})
	go h.run() // to the end of the program: nobody closes the kqueue
	return h, nil
})

// newParker takes over a descriptor, which is closed if that fails.
func newParker(fd int) (parker, error) {
	h, err := theHub()
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return newHubParker(h, fd), nil
}

// A kqueueMux is a multiplexer on kqueue(2).
type kqueueMux struct{ q queue }

func (m kqueueMux) arm(fd int) error {
	return m.q.set(fd, unix.EVFILT_READ, unix.EV_ADD|unix.EV_ONESHOT)
}

func (m kqueueMux) disarm(fd int) { m.q.set(fd, unix.EVFILT_READ, unix.EV_DELETE) }

func (m kqueueMux) await(fds []int) (int, error) {
	events := make([]unix.Kevent_t, len(fds))
	n, err := unix.Kevent(int(m.q), nil, events, nil)
	if err != nil {
		return 0, err
	}
	for i := range n {
		fds[i] = int(events[i].Ident)
	}
	return n, nil
}
