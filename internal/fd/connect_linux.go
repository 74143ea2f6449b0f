package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// connectAgain asks how a TCP connect that is in progress came out by calling
// connect(2) again: EALREADY while it is, then 0 or the error, once
// (inet_stream_connect in Linux's net/ipv4/af_inet.c). Unlike SO_ERROR this takes
// the socket out of the state "connecting", as a blocking connect does, so that
// the next connect answers EISCONN or tries again.
func connectAgain(sysfd int, sa *sockaddr.Raw) unix.Errno {
	switch errno := sysConnect(sysfd, sa); errno {
	case unix.EALREADY, unix.EINPROGRESS:
		return unix.EAGAIN
	case unix.EISCONN:
		return 0
	default:
		return errno
	}
}
