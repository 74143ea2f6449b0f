//go:build unix

package socket

import (
	"errors"
	"net"
	"syscall"
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// NetListener returns the socket, on which Listen was called, as a net.Listener,
// for net/http, crypto/tls and whoever else serves on one. Its Accept is the
// socket's and returns a *Socket; a connection that was aborted before it could
// be accepted is passed over, as package net does. Its Close is the socket's.
// Python has no counterpart.
//
// The listener's Addr is what LocalAddr says, also after Close. It has
// SetDeadline and SyscallConn besides. The socket's timeout holds for Accept:
// http.Server tries again after it. A path of AF_UNIX isn't removed by Close.
func (s *Socket) NetListener() net.Listener {
	return &netListener{s, s.LocalAddr()}
}

type netListener struct {
	s    *Socket
	addr net.Addr
}

func (l *netListener) Accept() (net.Conn, error) {
	for {
		conn, _, err := l.s.Accept()
		if err == nil {
			return conn, nil
		}
		if !errors.Is(err, unix.ECONNABORTED) {
			return nil, err
		}
	}
}

func (l *netListener) Close() error                          { return l.s.Close() }
func (l *netListener) Addr() net.Addr                        { return l.addr }
func (l *netListener) SetDeadline(t time.Time) error         { return l.s.SetDeadline(t) }
func (l *netListener) SyscallConn() (syscall.RawConn, error) { return l.s.SyscallConn() }

// NetPacketConn returns a datagram socket as a net.PacketConn, for QUIC stacks
// and whoever else works on one. ReadFrom returns the source as package net's
// type, *net.UDPAddr on UDP; WriteTo takes that, and an Address. What it returns
// has all of the socket's methods but ReadFrom, and SetReadBuffer and
// SetWriteBuffer (SO_RCVBUF, SO_SNDBUF). Python has no counterpart.
//
// Of a SOCK_RAW socket ReadFrom delivers what the kernel does, on AF_INET with
// the IP header.
func (s *Socket) NetPacketConn() net.PacketConn { return &packetConn{s} }

type packetConn struct{ *Socket }

// ReadFrom receives one datagram, of which p takes what fits, with recvfrom(2).
// The address is nil if the sender has none.
func (c *packetConn) ReadFrom(p []byte) (int, net.Addr, error) {
	var raw sockaddr.Raw
	n, err := c.fd.RecvFrom(p, 0, &raw, c.GetTimeout())
	if err != nil {
		return 0, nil, failure("readfrom", nil, err)
	}
	return n, c.netAddr(c.source(&raw)), nil
}

// WriteTo sends one datagram to addr with sendto(2).
func (c *packetConn) WriteTo(p []byte, addr net.Addr) (int, error) {
	var raw sockaddr.Raw
	if err := c.encodeNet("writeto", addr, &raw); err != nil {
		return 0, err
	}
	n, err := c.fd.SendTo(p, 0, &raw, c.GetTimeout())
	if err == nil {
		return n, nil
	}
	to, _ := addr.(Address)
	if to == nil {
		to = c.decode(&raw)
	}
	return n, failure("writeto", to, err)
}

// SetReadBuffer sets SO_RCVBUF.
func (c *packetConn) SetReadBuffer(bytes int) error {
	return c.SetSockOpt(SOL_SOCKET, SO_RCVBUF, bytes)
}

// SetWriteBuffer sets SO_SNDBUF.
func (c *packetConn) SetWriteBuffer(bytes int) error {
	return c.SetSockOpt(SOL_SOCKET, SO_SNDBUF, bytes)
}
