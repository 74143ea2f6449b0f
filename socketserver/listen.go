//go:build unix

package socketserver

import (
	"context"
	"time"

	"example.com/socket"
)

// ListenAndServe listens on addr and calls handle in a goroutine of its own for
// each connection, until ctx is done. Then it closes the listener, waits until
// all handlers have returned, and returns nil. The connection is closed when its
// handler returns; an error or a panic is printed as HandleError does it. It is a
// ThreadingTCPServer for those who don't port one from Python.
//
// The address is one of Addr, Addr6 or UnixAddr, whose family the socket has.
// SO_REUSEADDR is set, and the backlog is what the system allows. For a port that
// the kernel chooses, or other options, make the socket and call Serve.
func ListenAndServe(ctx context.Context, addr socket.Address, handle func(conn *socket.Socket, client socket.Address) error) error {
	if err := wantContext("socketserver", ctx); err != nil {
		return err
	}
	s, err := New(addr, streamHandler(handle), func(s *ThreadingTCPServer) { s.goHabits(addr) })
	if err != nil {
		return err
	}
	return serveAndClose(ctx, s)
}

// Serve is ListenAndServe with a socket that listens, such as one of
// socket.CreateServer. It closes it, unless an argument is wrong.
func Serve(ctx context.Context, listener *socket.Socket, handle func(conn *socket.Socket, client socket.Address) error) error {
	addr, err := nameOf(ctx, listener)
	if err != nil {
		return err
	}
	s, err := New(addr, streamHandler(handle), func(s *ThreadingTCPServer) { s.adopt(listener) })
	if err != nil {
		return err
	}
	return serveAndClose(ctx, s)
}

// ListenAndServePacket is ListenAndServe for datagrams: handle is called for each,
// and answers with the server's socket, by SendTo(data, client). What is longer
// than 65,535 bytes is cut. It is a ThreadingUDPServer.
func ListenAndServePacket(ctx context.Context, addr socket.Address, handle func(packet []byte, client socket.Address, server *socket.Socket) error) error {
	if err := wantContext("socketserver", ctx); err != nil {
		return err
	}
	s, err := New(addr, packetHandler(handle), func(s *ThreadingUDPServer) {
		s.goHabits(addr)
		s.AllowReuseAddress = false // it would let two servers have one port
		s.MaxPacketSize = maxPacket
	})
	if err != nil {
		return err
	}
	return serveAndClose(ctx, s)
}

// ServePacket is ListenAndServePacket with a socket that is bound. It closes it,
// unless an argument is wrong.
func ServePacket(ctx context.Context, bound *socket.Socket, handle func(packet []byte, client socket.Address, server *socket.Socket) error) error {
	addr, err := nameOf(ctx, bound)
	if err != nil {
		return err
	}
	s, err := New(addr, packetHandler(handle), func(s *ThreadingUDPServer) {
		s.adopt(bound)
		s.MaxPacketSize = maxPacket
	})
	if err != nil {
		return err
	}
	return serveAndClose(ctx, s)
}

// maxPacket is more than a UDP datagram can have.
const maxPacket = 65535

// goHabits sets what package net would.
func (s *TCPServer) goHabits(addr socket.Address) {
	s.AddressFamily = addr.Family()
	s.AllowReuseAddress = s.AddressFamily != socket.AF_UNIX
	s.RequestQueueSize = socket.SOMAXCONN
}

// adopt takes over a socket that is ready.
func (s *TCPServer) adopt(ready *socket.Socket) {
	s.Socket = ready
	s.AddressFamily, s.SocketType = ready.Family(), ready.Kind()
	s.BindAndActivate = false
}

// nameOf returns the address of a socket that is ready, once it's known that there
// is one, and a context to serve it with.
func nameOf(ctx context.Context, s *socket.Socket) (socket.Address, error) {
	if err := wantContext("socketserver", ctx); err != nil {
		return nil, err
	}
	if s == nil {
		return nil, errMissing("socketserver", "socket", "a socket that requests come to")
	}
	return s.GetSockName()
}

func streamHandler(handle func(*socket.Socket, socket.Address) error) RequestHandlerClass {
	if handle == nil {
		return nil
	}
	return func(request Request, client socket.Address, _ Server) error { return handle(request.Socket, client) }
}

func packetHandler(handle func([]byte, socket.Address, *socket.Socket) error) RequestHandlerClass {
	if handle == nil {
		return nil
	}
	return func(request Request, client socket.Address, _ Server) error {
		return handle(request.Packet, client, request.Socket)
	}
}

// serveAndClose waits for the handlers also after an error.
func serveAndClose(ctx context.Context, s interface {
	Serve(context.Context, ...time.Duration) error
	ServerClose() error
}) error {
	err := s.Serve(ctx)
	if closing := s.ServerClose(); err == nil {
		err = closing
	}
	return err
}
