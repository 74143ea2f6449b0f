//go:build unix

package socketserver

import "example.com/socket"

// UDPServer serves datagrams: Python's socketserver.UDPServer. A request is a
// datagram, in Packet, with the server's own socket to answer by SendTo.
type UDPServer struct {
	TCPServer

	// MaxPacketSize is how much of a datagram is received, 8192 bytes by default.
	// The rest of a longer one is lost.
	MaxPacketSize int
}

// UnixDatagramServer is a UDPServer whose AddressFamily is AF_UNIX: Python's
// socketserver.UnixDatagramServer. The client's address is nil if its socket has
// no name; it can't be answered then.
type UnixDatagramServer struct{ UDPServer }

// NewUDPServer is New for a UDPServer: Python's UDPServer(server_address,
// RequestHandlerClass).
func NewUDPServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*UDPServer)) (*UDPServer, error) {
	return New(addr, handler, attributes...)
}

// NewUnixDatagramServer is New for a UnixDatagramServer.
func NewUnixDatagramServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*UnixDatagramServer)) (*UnixDatagramServer, error) {
	return New(addr, handler, attributes...)
}

func (s *UDPServer) defaults() {
	s.TCPServer.defaults()
	s.SocketType = socket.SOCK_DGRAM
	s.MaxPacketSize = 8192
}

func (s *UnixDatagramServer) defaults() {
	s.UDPServer.defaults()
	s.AddressFamily = socket.AF_UNIX
}

// GetRequest receives a datagram: Python's get_request(). The errors are those of
// socket.Socket.RecvFrom.
func (s *UDPServer) GetRequest() (Request, socket.Address, error) {
	data, client, err := s.sock().RecvFrom(s.MaxPacketSize)
	return Request{Socket: s.sock(), Packet: data}, client, err
}

// ServerActivate does nothing, for a datagram socket doesn't listen: Python's
// server_activate().
func (s *UDPServer) ServerActivate() error { return nil }

// ShutdownRequest calls CloseRequest: Python's shutdown_request(request).
func (s *UDPServer) ShutdownRequest(request Request) error {
	return s.BaseServer.ShutdownRequest(request)
}

// CloseRequest does nothing, for the socket is the server's own: Python's
// close_request(request).
func (s *UDPServer) CloseRequest(Request) error { return nil }
