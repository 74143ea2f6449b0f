//go:build unix

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// A send can be what begins a TCP connect (RFC 7413): with MSG_FASTOPEN and an
// address, or after a connect with TCP_FASTOPEN_CONNECT. Without a cookie of the
// peer's there are no data in the first packet, and a descriptor that doesn't wait
// answers EINPROGRESS: nothing was sent. A blocking one waits then, and sends.

// opens reports whether c, which has found that a connect had to begin, waits for
// it. From then on it is a send like any other: the kernel answers EAGAIN while it
// connects, and the error if that fails.
//
//go:noinline
func (c *call) opens() bool {
	const internet = stream | prompt // TCP and MPTCP, of those that answer EINPROGRESS
	if c.timeout != Forever || c.fd.is&internet != internet || c.kind != callSend && c.kind != callSendMsg {
		return false
	}
	c.opening = true
	c.flags &^= fastOpen
	return true
}

// opened ends the opening with the outcome of c. If it has failed, the socket leaves
// the state "connecting", as after a blocking call, so that the next connect begins
// another; connectAgain says for which errors that is so already.
//
//go:noinline
func (c *call) opened() {
	c.opening = false
	sa := c.destination()
	switch c.errno() {
	case 0, unix.EPIPE, unix.ENOTCONN, unix.ECONNRESET, unix.ECONNABORTED:
		return
	}
	if sa != nil {
		c.fd.beginConnect(sa)
	}
}

// destination returns the address that is sent to, if the call has one.
func (c *call) destination() *sockaddr.Raw {
	if c.kind == callSendMsg {
		return c.msg.Addr
	}
	return c.sa
}
