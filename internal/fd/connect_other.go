//go:build unix && !linux

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// connectAgain asks how a TCP connect that is in progress came out. Elsewhere
// than on Linux, connect(2) is not to be called again for that.
func connectAgain(sysfd int, _ *sockaddr.Raw) unix.Errno { return connectResult(sysfd) }
