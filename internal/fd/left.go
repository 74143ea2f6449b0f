//go:build unix

package fd

import "golang.org/x/sys/unix"

// Errors that are left for the next call. A call that has received or sent something
// returns that, and what went wrong after it has to be told by another call. In the
// kernel such an error stays with the socket (sk_err), for whoever asks first; but here
// one call to the caller can be several system calls, of which the last takes it out.

// beforehand answers what stands before the system call: an error that an
// earlier call left behind, and a deadline of the connection that has passed.
func (f *FD) beforehand(dir direction) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if errno := f.takePending(dir); errno != 0 {
		return errno
	}
	if s := f.side(dir); s.deadline != 0 && s.deadline <= now() {
		return ErrTimeout
	}
	return nil
}

// leaveError leaves an error of a call that received for the next call in either
// direction.
func (f *FD) leaveError(err error) {
	errno, ok := err.(unix.Errno)
	if !ok || errno == unix.EAGAIN {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.side(reading).pending, f.side(writing).pending = int16(errno), int16(errno)
	f.mark(oddPending)
}

// takePending returns the error that an earlier call left for this direction, once
// for both. f.mu is held.
func (f *FD) takePending(dir direction) unix.Errno {
	errno := f.side(dir).pending
	if errno != 0 {
		f.forget()
	}
	return unix.Errno(errno)
}

// forget forgets what was left: it has been told. f.mu is held.
func (f *FD) forget() {
	for _, s := range f.sides {
		if s != nil {
			s.pending, s.lost = 0, 0
		}
	}
	f.odd.And(^uint32(oddPending))
}

// attemptRest is attempt of a send after some of the caller's data have been sent. An
// error is for the next call: the next to send, or who receives when all that came
// before has been received, who would else take a reset for the end of the stream.
// f.mu is held until the error is there for them, since they may be receiving now.
// EPIPE is only for those who send.
//
//go:noinline
func (c *call) attemptRest() bool {
	f := c.fd
	f.mu.Lock()
	defer f.mu.Unlock()
	settled := c.try()
	errno := c.errno()
	if !settled || errno == 0 {
		return settled
	}
	f.side(writing).pending = int16(errno)
	if errno != unix.EPIPE {
		f.side(reading).lost = int16(errno)
	}
	f.mark(oddPending)
	return true
}

// lost returns the error of the connection that a sender took out of the kernel, for a
// call that asked for size bytes and found the end of the stream.
//
//go:noinline
func (f *FD) lost(size int) (errno unix.Errno) {
	if f.is&stream == 0 || size == 0 {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.sides[reading]; s != nil && s.lost != 0 {
		errno = unix.Errno(s.lost)
		f.forget()
	}
	return errno
}

// takeLeft returns what was left, for SO_ERROR.
func (f *FD) takeLeft() (errno unix.Errno) {
	if f.odd.Load()&oddPending == 0 {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sides {
		if s != nil && errno == 0 {
			errno = unix.Errno(max(s.lost, s.pending))
		}
	}
	f.forget()
	return errno
}
