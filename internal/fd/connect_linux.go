package fd

import (
	"unsafe"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// connect calls connect(2). On a TCP socket it asks at once how it came out, if the
// caller waits for that: over the loopback interface the peer has answered by the
// time the first call returns. It does so with f.mu held and alone, so that nobody
// can have ended the connect in between, and no poll(2) has to rule that out; nor can
// anybody have made the descriptor blocking.
func (f *FD) connect(sa *sockaddr.Raw, waits bool) unix.Errno {
	f.mu.Lock()
	if f.is&tcp == 0 || !f.alone() {
		f.mu.Unlock()
		return f.beginConnect(sa)
	}
	defer f.mu.Unlock()
	errno := connectTCP(f.sysfd, sa)
	if errno == unix.EINPROGRESS && waits {
		if outcome := connectOutcome(connectTCP(f.sysfd, sa)); outcome != unix.EAGAIN {
			return outcome
		}
	}
	return errno
}

// alone reports whether nobody but the caller, who has called use, can end a connect
// while f.mu is held. Those who can are the calls under way; those that come later,
// which pass by f.mu first (connect, letConnect); and who else can reach the open
// file, which takes f.mu to happen (Share). A deadline or an error that waits is for
// do to look after.
func (f *FD) alone() bool {
	return f.state.Load() == 1 && f.odd.Load()&(oddShared|oddDeadline|oddPending) == 0
}

// letConnect lets a call of connect come to its end that is alone. The caller has
// called use: none begins after it.
func (f *FD) letConnect() {
	f.mu.Lock()
	defer f.mu.Unlock()
}

// connectTCP calls connect(2) on a TCP socket that is non-blocking for certain. It
// doesn't tell the scheduler: all of the handshake over the loopback interface is
// less than the scheduler's tick, and the search for a free port among thousands
// that are taken, the longest that it can come to, is a millisecond or two.
func connectTCP(sysfd int, sa *sockaddr.Raw) unix.Errno {
	for {
		_, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(sysfd), uintptr(unsafe.Pointer(&sa.B)), uintptr(sa.Len))
		if errno != unix.EINTR {
			return errno
		}
	}
}

// connectAgain asks how a TCP connect that is in progress came out by calling
// connect(2) again: 0 or the error, once (inet_stream_connect in Linux's
// net/ipv4/af_inet.c). Unlike SO_ERROR alone this takes the socket out of the state
// "connecting", as a blocking connect does, so that the next connect answers
// EISCONN or tries again.
//
// The call would begin a new connect, though, if the one in progress is over for
// the kernel already: because of shutdown(2), which leaves ECONNRESET, or because
// another goroutine waited for it too and was told.
func connectAgain(sysfd int, sa *sockaddr.Raw) unix.Errno {
	events := polled(sysfd, unix.POLLOUT)
	if events == 0 {
		return unix.EAGAIN
	}
	if events&(unix.POLLERR|unix.POLLHUP) != 0 {
		errno := connectResult(sysfd)
		if errno != unix.EAGAIN && errno != unix.ECONNRESET && errno != unix.ECONNABORTED {
			for sysConnect(sysfd, sa) == unix.EINTR {
			}
		}
		return errno
	}
	return connectOutcome(sysConnect(sysfd, sa))
}

// connectOutcome turns what connect(2) answers about a connect that was in progress
// into its outcome, EAGAIN if it still is.
func connectOutcome(errno unix.Errno) unix.Errno {
	switch errno {
	case unix.EALREADY, unix.EINPROGRESS:
		return unix.EAGAIN
	case unix.EISCONN:
		return 0
	}
	return errno
}

// afterInterrupt returns what the connect came to that was made because the one
// before was interrupted. A signal ends a connect that waits, and that goes on then
// (connect(2), EINTR); but a non-blocking one doesn't wait. What a signal can
// interrupt there comes before it begins, such as the look-up of a path of AF_UNIX
// on a file system that asks someone else: the second one is the first.
func afterInterrupt(errno unix.Errno) unix.Errno { return errno }
