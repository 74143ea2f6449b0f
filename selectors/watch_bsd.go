//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package selectors

import "golang.org/x/sys/unix"

// watch returns a parker for descriptors that poll(2) found nothing at: a new
// kqueue with all of them, or a thread if there is one that a kqueue doesn't take
// or doesn't tell everything of.
func watch(fds []unix.PollFd) (parker, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	for fd, events := range merged(fds) {
		if events&unix.POLLPRI != 0 || q.alter(int(fd), 0, eventsOf(events)) != nil {
			unix.Close(int(q))
			return newThreadParker(fds)
		}
	}
	return newParker(int(q))
}

func eventsOf(events uint16) (e Event) {
	if events&unix.POLLIN != 0 {
		e |= EVENT_READ
	}
	if events&unix.POLLOUT != 0 {
		e |= EVENT_WRITE
	}
	return e
}
