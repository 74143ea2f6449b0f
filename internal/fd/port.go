//go:build unix

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// portless reports whether a send to an address failed with EAGAIN because there is
// no port left for the socket (inet_autobind in Linux's net/ipv4/af_inet.c). The
// poller takes such a socket for writable and announces nothing. One that is full
// has a port.
func (c *call) portless() bool {
	to := c.sa
	if c.kind == callSendMsg {
		to = c.msg.Addr
	} else if c.kind != callSend {
		return false
	}
	if c.tries == 0 || to == nil || c.fd.is&stream != 0 {
		return false
	}
	if family := to.Family(); family != unix.AF_INET && family != unix.AF_INET6 {
		return false
	}
	var own sockaddr.Raw
	// The port is at the same place in both families.
	return sysGetsockname(c.fd.sysfd, &own) == 0 && own.B[2] == 0 && own.B[3] == 0
}
