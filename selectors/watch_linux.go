package selectors

import "golang.org/x/sys/unix"

// watch returns a parker for descriptors that poll(2) found nothing at: a new
// epoll with all of them, or a thread if that can't be had.
func watch(fds []unix.PollFd) (parker, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	if q.fill(fds) != nil {
		unix.Close(int(q))
		return newThreadParker(fds)
	}
	p, err := newParker(int(q))
	if err != nil {
		return newThreadParker(fds)
	}
	return p, nil
}

// fill adds all descriptors to an epoll.
func (q queue) fill(fds []unix.PollFd) error {
	for fd, events := range merged(fds) {
		ev := unix.EpollEvent{Fd: fd, Events: uint32(events)} // the bits are the same
		err := unix.EpollCtl(int(q), unix.EPOLL_CTL_ADD, int(fd), &ev)
		// What it doesn't take with EPERM, a regular file, is always ready for
		// reading and writing, and so never waited for. What has been closed is for
		// the next poll to tell.
		if err != nil && err != unix.EPERM && err != unix.EBADF {
			return err
		}
	}
	return nil
}
