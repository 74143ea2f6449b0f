package selectors

import "golang.org/x/sys/unix"

// watch returns a parker for descriptors that poll(2) found nothing at: a new
// epoll with all of them. What epoll doesn't take, a regular file, is always
// ready for reading and writing, and so never waited for.
func watch(fds []unix.PollFd) (parker, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	for fd, events := range merged(fds) {
		ev := unix.EpollEvent{Fd: fd, Events: uint32(events)} // the bits are the same
		err := unix.EpollCtl(int(q), unix.EPOLL_CTL_ADD, int(fd), &ev)
		// One that has been closed is for the next poll to tell.
		if err != nil && err != unix.EPERM && err != unix.EBADF {
			unix.Close(int(q))
			return nil, err
		}
	}
	p, err := newParker(int(q))
	if err != nil {
		unix.Close(int(q))
	}
	return p, err
}
