//go:build unix

package selectors

import (
	"time"

	"golang.org/x/sys/unix"
)

// A threadParker waits in poll(2), and holds a thread as long. It is for Solaris,
// illumos and AIX, where neither Go's runtime poller nor x/sys leaves another way,
// on the BSDs and darwin for what a kqueue doesn't tell, out-of-band data, and
// where the kernel refuses a queue.
type threadParker struct {
	fds  []unix.PollFd // the last is the pipe's end to read from
	pipe [2]int        // written to by wake
}

func newThreadParker(fds []unix.PollFd) (*threadParker, error) {
	p := new(threadParker)
	if err := newPipe(&p.pipe); err != nil {
		return nil, err
	}
	p.fds = make([]unix.PollFd, len(fds), len(fds)+1)
	copy(p.fds, fds)
	p.fds = append(p.fds, unix.PollFd{Fd: int32(p.pipe[0]), Events: unix.POLLIN})
	return p, nil
}

func (p *threadParker) park(fn func(uintptr) bool, deadline time.Time) error {
	woken := &p.fds[len(p.fds)-1]
	for !fn(0) {
		n, err := unix.Poll(p.fds, milliseconds(deadline))
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			continue
		case err != nil:
			return err
		case woken.Revents != 0 || n == 0 && !deadline.IsZero() && !time.Now().Before(deadline):
			return nil
		}
		// What fn doesn't count, such as a hang-up of what is to be written to,
		// must not end the wait again and again.
		if fn(0) {
			return nil
		}
		p.ignoreFired()
	}
	return nil
}

// ignoreFired takes what has fired out of the wait.
func (p *threadParker) ignoreFired() {
	for i := range p.fds {
		if p.fds[i].Revents != 0 {
			p.fds[i].Fd, p.fds[i].Revents = -1, 0
		}
	}
}

func (p *threadParker) wake() { unix.Write(p.pipe[1], []byte{0}) }

func (p *threadParker) close() {
	unix.Close(p.pipe[0])
	unix.Close(p.pipe[1])
}
