//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package selectors

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A hub waits for any number of descriptors in one thread, for goroutines that
// are parked on channels. It is for the BSDs and darwin, where Go's runtime poller
// doesn't take a kqueue: it asks for writing too, which a kqueue can't be watched
// for. (Linux builds it for its test.)
type hub struct {
	mux multiplexer

	mu      sync.Mutex
	waiting map[int]chan struct{}
}

// A multiplexer is what the hub asks the kernel with.
type multiplexer interface {
	arm(fd int) error             // tell once when fd can be read, or if it can be now
	disarm(fd int)                // tell no more of it
	await(fds []int) (int, error) // wait until some can be read, and name them
}

// makeHub makes a hub, for which a goroutine must call run.
func makeHub(mux multiplexer) *hub {
	return &hub{mux: mux, waiting: make(map[int]chan struct{})}
}

// run serves those that wait. It ends with an error of the multiplexer.
func (h *hub) run() {
	fds := make([]int, 64)
	for {
		n, err := h.mux.await(fds)
		if err != nil && err != unix.EINTR {
			return
		}
		h.mu.Lock()
		for _, fd := range fds[:max(n, 0)] {
			h.tell(fd)
		}
		h.mu.Unlock()
	}
}

// tell wakes who waits for fd. An event that was on its way when it was disarmed
// wakes nobody, or the next who waits for that number, who looks for himself.
func (h *hub) tell(fd int) {
	if ready := h.waiting[fd]; ready != nil {
		delete(h.waiting, fd)
		notify(ready)
	}
}

// notify fills a channel of one place.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// arm has ready filled when fd can be read.
func (h *hub) arm(fd int, ready chan struct{}) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting[fd] = ready
	err := h.mux.arm(fd)
	if err != nil {
		delete(h.waiting, fd)
	}
	return err
}

func (h *hub) disarm(fd int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting[fd] != nil {
		delete(h.waiting, fd)
		h.mux.disarm(fd)
	}
}

// A hubParker waits in a hub for its descriptor to be readable.
type hubParker struct {
	hub          *hub
	fd           int
	ready, woken chan struct{}
	dropped      runtime.Cleanup
}

// newHubParker takes over a descriptor.
func newHubParker(h *hub, fd int) *hubParker {
	p := &hubParker{hub: h, fd: fd, ready: make(chan struct{}, 1), woken: make(chan struct{}, 1)}
	p.dropped = runtime.AddCleanup(p, func(fd int) { unix.Close(fd) }, fd) // as os.File has it
	return p
}

func (p *hubParker) park(fn func(uintptr) bool, deadline time.Time) error {
	passed, stop := timer(deadline)
	defer stop()
	for !fn(0) {
		if err := p.hub.arm(p.fd, p.ready); err != nil {
			return err
		}
		select {
		case <-p.ready:
			continue
		case <-passed:
		case <-p.woken:
		}
		p.hub.disarm(p.fd)
		break
	}
	return nil
}

func (p *hubParker) wake() { notify(p.woken) }

func (p *hubParker) close() {
	p.dropped.Stop()
	unix.Close(p.fd)
}
