package peer

import (
	"context"
	"io"
	"net/netip"
	"os"
	"time"

	mdsocket "github.com/mdlayher/socket"
	"golang.org/x/sys/unix"
)

// mdlayher is github.com/mdlayher/socket. Of its calls the cheapest that do the
// work are taken: Read and Write for streams, and deadlines rather than contexts.
type mdlayher struct{}

var background = context.Background()

func (mdlayher) Listen() (Listener, error) {
	c, err := mdsocket.Socket(unix.AF_INET, unix.SOCK_STREAM, 0, "tcp", nil)
	if err != nil {
		return nil, err
	}
	err = c.SetsockoptInt(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err == nil {
		err = c.Bind(sockaddr(loopback))
	}
	if err == nil {
		err = c.Listen(backlog)
	}
	if err != nil {
		c.Close()
	}
	return mdListener{c}, err
}

func (mdlayher) Dial(to netip.AddrPort) (Stream, error) {
	c, err := mdsocket.Socket(unix.AF_INET, unix.SOCK_STREAM, 0, "tcp", nil)
	if err != nil {
		return nil, err
	}
	if _, err := c.Connect(background, sockaddr(to)); err != nil {
		c.Close()
		return nil, err
	}
	return mdStream{c}, nil
}

func (mdlayher) Datagram(to netip.AddrPort, connected bool) (Datagram, error) {
	c, err := mdsocket.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0, "udp", nil)
	if err != nil {
		return nil, err
	}
	if err := c.Bind(sockaddr(loopback)); err != nil {
		c.Close()
		return nil, err
	}
	d := &mdDatagram{c: c}
	if !to.IsValid() {
		return d, nil
	}
	d.to = sockaddr(to)
	if !connected {
		return d, nil
	}
	if _, err := c.Connect(background, d.to); err != nil {
		c.Close()
		return nil, err
	}
	return mdConnected{d}, nil
}

type mdListener struct{ c *mdsocket.Conn }

func (l mdListener) Addr() (netip.AddrPort, error) { return addrPort(l.c.Getsockname()) }

func (l mdListener) Accept() (Stream, error) {
	c, _, err := l.c.Accept(background, 0)
	return mdStream{c}, err
}

func (l mdListener) Close() error { return l.c.Close() }

type mdStream struct{ c *mdsocket.Conn }

func (s mdStream) NoDelay() error {
	return s.c.SetsockoptInt(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

func (s mdStream) WithTimeout(d time.Duration) (Stream, error) { return mdTimed{s, d}, nil }

func (s mdStream) Send(b []byte) error {
	_, err := s.c.Write(b)
	return err
}

func (s mdStream) SendAll(b []byte) error { return s.Send(b) }

func (s mdStream) Recv(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := s.RecvInto(b)
	return b[:n], err
}

func (s mdStream) RecvInto(b []byte) (int, error) {
	n, err := s.c.Read(b)
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// SendFile calls sendfile(2) through WriteFunc: the package has none of its own.
func (s mdStream) SendFile(f *os.File, size int64) error {
	rc, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = rc.Control(func(file uintptr) {
		offset := new(int64)
		failed = s.c.WriteFunc(background, "sendfile", func(fd int) error {
			return sendFile(fd, int(file), offset, size)
		})
	})
	if failed != nil {
		return failed
	}
	return err
}

func (s mdStream) CloseWrite() error { return s.c.CloseWrite() }
func (s mdStream) Close() error      { return s.c.Close() }

// mdTimed sets the deadline before each call, as stdTimed does.
type mdTimed struct {
	mdStream
	timeout time.Duration
}

func (s mdTimed) Send(b []byte) error {
	if err := s.c.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	return s.mdStream.Send(b)
}

func (s mdTimed) RecvInto(b []byte) (int, error) {
	if err := s.c.SetReadDeadline(time.Now().Add(s.timeout)); err != nil {
		return 0, err
	}
	return s.mdStream.RecvInto(b)
}

type mdDatagram struct {
	c        *mdsocket.Conn
	to, from unix.Sockaddr
	timeout  time.Duration
}

func (d *mdDatagram) Addr() (netip.AddrPort, error) { return addrPort(d.c.Getsockname()) }

func (d *mdDatagram) WithTimeout(t time.Duration) (Datagram, error) {
	d.timeout = t
	return d, nil
}

func (d *mdDatagram) Send(b []byte) error {
	if err := d.armWrite(); err != nil {
		return err
	}
	return d.c.Sendto(background, b, 0, d.to)
}

func (d *mdDatagram) RecvFrom(b []byte) (n int, err error) {
	if d.timeout != 0 {
		if err := d.c.SetReadDeadline(time.Now().Add(d.timeout)); err != nil {
			return 0, err
		}
	}
	n, d.from, err = d.c.Recvfrom(background, b, 0)
	return n, err
}

func (d *mdDatagram) armWrite() error {
	if d.timeout == 0 {
		return nil
	}
	return d.c.SetWriteDeadline(time.Now().Add(d.timeout))
}

func (d *mdDatagram) Close() error { return d.c.Close() }

// mdConnected sends without an address.
type mdConnected struct{ *mdDatagram }

func (d mdConnected) WithTimeout(t time.Duration) (Datagram, error) {
	d.timeout = t
	return d, nil
}

func (d mdConnected) Send(b []byte) error {
	if err := d.armWrite(); err != nil {
		return err
	}
	_, err := d.c.Write(b)
	return err
}
