package peer

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"time"
)

// std is package net: net.Listen and net.Dial as they come or, bare, without the
// keep-alive and the MPTCP that they ask for by themselves. TCP_NODELAY, which
// they set too, can't be left out.
type std struct{ bare bool }

func (p std) Listen() (Listener, error) {
	var config net.ListenConfig
	if p.bare {
		config.KeepAlive = -1
		config.SetMultipathTCP(false)
	}
	l, err := config.Listen(context.Background(), "tcp", loopback.String())
	return stdListener{l}, err
}

func (p std) Dial(to netip.AddrPort) (Stream, error) {
	var dialer net.Dialer
	if p.bare {
		dialer.KeepAlive = -1
	}
	c, err := dialer.Dial("tcp", to.String())
	if err != nil {
		return nil, err
	}
	return stdStream{c.(*net.TCPConn)}, nil
}

func (std) Datagram(to netip.AddrPort, connected bool) (Datagram, error) {
	local := net.UDPAddrFromAddrPort(loopback)
	if connected {
		c, err := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(to))
		return stdConnected{&stdDatagram{c: c, to: to}}, err
	}
	c, err := net.ListenUDP("udp", local)
	return &stdDatagram{c: c, to: to}, err
}

type stdListener struct{ l net.Listener }

func (l stdListener) Addr() (netip.AddrPort, error) {
	return l.l.Addr().(*net.TCPAddr).AddrPort(), nil
}

func (l stdListener) Accept() (Stream, error) {
	c, err := l.l.Accept()
	if err != nil {
		return nil, err
	}
	return stdStream{c.(*net.TCPConn)}, nil
}

func (l stdListener) Close() error { return l.l.Close() }

type stdStream struct{ c *net.TCPConn }

func (s stdStream) NoDelay() error { return nil }

func (s stdStream) WithTimeout(d time.Duration) (Stream, error) {
	return stdTimed{s, d}, nil
}

func (s stdStream) Send(b []byte) error {
	_, err := s.c.Write(b)
	return err
}

func (s stdStream) SendAll(b []byte) error { return s.Send(b) }

func (s stdStream) Recv(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := s.RecvInto(b)
	return b[:n], err
}

func (s stdStream) RecvInto(b []byte) (int, error) {
	n, err := s.c.Read(b)
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// SendFile uses sendfile(2) through ReadFrom.
func (s stdStream) SendFile(f *os.File, size int64) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := s.c.ReadFrom(io.LimitReader(f, size))
	return err
}

func (s stdStream) CloseWrite() error { return s.c.CloseWrite() }
func (s stdStream) Close() error      { return s.c.Close() }

// stdTimed sets the deadline before each call: a deadline is a point in time, so
// that a timeout for each call takes one each.
type stdTimed struct {
	stdStream
	timeout time.Duration
}

func (s stdTimed) Send(b []byte) error {
	if err := s.c.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	return s.stdStream.Send(b)
}

func (s stdTimed) RecvInto(b []byte) (int, error) {
	if err := s.c.SetReadDeadline(time.Now().Add(s.timeout)); err != nil {
		return 0, err
	}
	return s.stdStream.RecvInto(b)
}

type stdDatagram struct {
	c        *net.UDPConn
	to, from netip.AddrPort
	timeout  time.Duration
}

func (d *stdDatagram) Addr() (netip.AddrPort, error) {
	return d.c.LocalAddr().(*net.UDPAddr).AddrPort(), nil
}

func (d *stdDatagram) WithTimeout(t time.Duration) (Datagram, error) {
	d.timeout = t
	return d, nil
}

func (d *stdDatagram) Send(b []byte) error {
	if err := d.armWrite(); err != nil {
		return err
	}
	_, err := d.c.WriteToUDPAddrPort(b, d.to)
	return err
}

func (d *stdDatagram) RecvFrom(b []byte) (n int, err error) {
	if d.timeout != 0 {
		if err := d.c.SetReadDeadline(time.Now().Add(d.timeout)); err != nil {
			return 0, err
		}
	}
	n, d.from, err = d.c.ReadFromUDPAddrPort(b)
	return n, err
}

func (d *stdDatagram) armWrite() error {
	if d.timeout == 0 {
		return nil
	}
	return d.c.SetWriteDeadline(time.Now().Add(d.timeout))
}

func (d *stdDatagram) Close() error { return d.c.Close() }

// stdConnected sends without an address.
type stdConnected struct{ *stdDatagram }

func (d stdConnected) WithTimeout(t time.Duration) (Datagram, error) {
	d.timeout = t
	return d, nil
}

func (d stdConnected) Send(b []byte) error {
	if err := d.armWrite(); err != nil {
		return err
	}
	_, err := d.c.Write(b)
	return err
}
