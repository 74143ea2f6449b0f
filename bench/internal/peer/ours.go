package peer

import (
	"errors"
	"net/netip"
	"os"
	"time"

	"example.com/socket"
	"example.com/socket/socketserver"
)

// ours is this repository's package.
type ours struct{}

func (ours) Listen() (Listener, error) {
	s, err := socket.CreateServer(socket.AddrFromAddrPort(loopback), socket.Backlog(backlog))
	return oursListener{s}, err
}

func (ours) Dial(to netip.AddrPort) (Stream, error) {
	s, err := socket.New()
	if err != nil {
		return nil, err
	}
	if err := s.Connect(socket.AddrFromAddrPort(to)); err != nil {
		s.Close()
		return nil, err
	}
	return oursStream{s}, nil
}

func (ours) Datagram(to netip.AddrPort, connected bool) (Datagram, error) {
	s, err := socket.New(socket.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	d := &oursDatagram{s: s}
	if err := s.Bind(socket.AddrFromAddrPort(loopback)); err != nil {
		s.Close()
		return nil, err
	}
	if !to.IsValid() {
		return d, nil
	}
	d.to = socket.AddrFromAddrPort(to)
	if !connected {
		return d, nil
	}
	if err := s.Connect(d.to); err != nil {
		s.Close()
		return nil, err
	}
	return oursConnected{d}, nil
}

// Serve uses the package socketserver.
func (ours) Serve(handle func(Stream) error) (to netip.AddrPort, stop func() error, err error) {
	handler := func(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
		return handle(oursStream{request.Socket})
	}
	s, err := socketserver.NewThreadingTCPServer(socket.AddrFromAddrPort(loopback), handler,
		func(s *socketserver.ThreadingTCPServer) { s.RequestQueueSize = backlog })
	if err != nil {
		return to, nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.ServeForever() }()
	to, err = oursAddr(s.Socket)
	return to, func() error {
		s.Shutdown()
		return errors.Join(<-ended, s.ServerClose())
	}, err
}

func oursAddr(s *socket.Socket) (netip.AddrPort, error) {
	a, err := s.GetSockName()
	if err != nil {
		return netip.AddrPort{}, err
	}
	ap, _ := socket.AddrPort(a)
	return ap, nil
}

type oursListener struct{ *socket.Socket }

func (l oursListener) Addr() (netip.AddrPort, error) { return oursAddr(l.Socket) }

func (l oursListener) Accept() (Stream, error) {
	s, _, err := l.Socket.Accept()
	return oursStream{s}, err
}

type oursStream struct{ s *socket.Socket }

func (s oursStream) NoDelay() error {
	return s.s.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
}

func (s oursStream) WithTimeout(d time.Duration) (Stream, error) { return s, s.s.SetTimeout(d) }

func (s oursStream) Send(b []byte) error {
	_, err := s.s.Send(b)
	return err
}

func (s oursStream) SendAll(b []byte) error         { return s.s.SendAll(b) }
func (s oursStream) Recv(n int) ([]byte, error)     { return s.s.Recv(n) }
func (s oursStream) RecvInto(b []byte) (int, error) { return s.s.RecvInto(b) }

func (s oursStream) SendFile(f *os.File, size int64) error {
	_, err := s.s.SendFile(f, 0, size)
	return err
}

func (s oursStream) CloseWrite() error { return s.s.Shutdown(socket.SHUT_WR) }
func (s oursStream) Close() error      { return s.s.Close() }

type oursDatagram struct {
	s        *socket.Socket
	to, from socket.Address
}

func (d *oursDatagram) Addr() (netip.AddrPort, error) { return oursAddr(d.s) }

func (d *oursDatagram) WithTimeout(t time.Duration) (Datagram, error) { return d, d.s.SetTimeout(t) }

func (d *oursDatagram) Send(b []byte) error {
	_, err := d.s.SendTo(b, d.to)
	return err
}

func (d *oursDatagram) RecvFrom(b []byte) (n int, err error) {
	n, d.from, err = d.s.RecvFromInto(b)
	return n, err
}

func (d *oursDatagram) Close() error { return d.s.Close() }

// oursConnected sends without an address.
type oursConnected struct{ *oursDatagram }

func (d oursConnected) WithTimeout(t time.Duration) (Datagram, error) { return d, d.s.SetTimeout(t) }

func (d oursConnected) Send(b []byte) error {
	_, err := d.s.Send(b)
	return err
}
