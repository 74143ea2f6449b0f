package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

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
	switch errno := sysConnect(sysfd, sa); errno {
	case unix.EALREADY, unix.EINPROGRESS:
		return unix.EAGAIN
	case unix.EISCONN:
		return 0
	default:
		return errno
	}
}

// afterInterrupt returns what the connect came to that was made because the one
// before was interrupted. A signal ends a connect that waits, and that goes on then
// (connect(2), EINTR); but a non-blocking one doesn't wait. What a signal can
// interrupt there comes before it begins, such as the look-up of a path of AF_UNIX
// on a file system that asks someone else: the second one is the first.
func afterInterrupt(errno unix.Errno) unix.Errno { return errno }
