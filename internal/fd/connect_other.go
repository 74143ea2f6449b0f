//go:build unix && !linux

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// connect calls connect(2).
func (f *FD) connect(sa *sockaddr.Raw, _ bool) unix.Errno { return f.beginConnect(sa) }

// letConnect is for Linux, where connect does more.
func (f *FD) letConnect() {}

// connectAgain asks how a TCP connect that is in progress came out. Elsewhere
// than on Linux, connect(2) is not to be called again for that.
func connectAgain(sysfd int, _ *sockaddr.Raw) unix.Errno { return connectResult(sysfd) }

// afterInterrupt returns what the connect came to that was made because the one
// before was interrupted: that one may go on (POSIX, connect), and has nothing
// wrong with it then.
func afterInterrupt(errno unix.Errno) unix.Errno {
	switch errno {
	case unix.EALREADY:
		return unix.EINPROGRESS
	case unix.EISCONN:
		return 0
	}
	return errno
}
