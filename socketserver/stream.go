//go:build unix

package socketserver

import (
	"time"

	"example.com/socket"
)

// TCPServer serves streams: Python's socketserver.TCPServer. A request is a
// connection, and one at a time is handled.
//
// The attributes have Python's defaults and are looked at when the socket is
// made, bound and made to listen: set them in a function that is given to New,
// or set BindAndActivate to false there, and call ServerBind and ServerActivate
// after having changed them.
type TCPServer struct {
	BaseServer

	// Socket is the server's socket. One that an attributes function of New puts
	// here is used instead of a new one; the server closes it.
	Socket *socket.Socket
	// AddressFamily is AF_INET by default. Set AF_INET6 for IPv6.
	AddressFamily socket.AddressFamily
	// SocketType is SOCK_STREAM, of a UDPServer SOCK_DGRAM.
	SocketType socket.SocketKind
	// RequestQueueSize is the backlog of listen(2), 5 by default, which is little:
	// Linux makes clients beyond it wait a second or more.
	RequestQueueSize int
	// AllowReuseAddress sets SO_REUSEADDR, without which a server that is started
	// again within a minute may find its port in use. It is false by default.
	AllowReuseAddress bool
	// AllowReusePort sets SO_REUSEPORT on AF_INET and AF_INET6 sockets, where the
	// platform has it. It is false by default.
	AllowReusePort bool
	// BindAndActivate is what Python's constructor takes as bind_and_activate.
	// With false New only makes the socket.
	BindAndActivate bool
}

// UnixStreamServer is a TCPServer whose AddressFamily is AF_UNIX: Python's
// socketserver.UnixStreamServer. The path must not exist when it is bound, and
// stays there when the server is closed, as in Python.
type UnixStreamServer struct{ TCPServer }

func (s *UnixStreamServer) defaults() {
	s.TCPServer.defaults()
	s.AddressFamily = socket.AF_UNIX
}

// NewTCPServer is New for a TCPServer: Python's TCPServer(server_address,
// RequestHandlerClass).
func NewTCPServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*TCPServer)) (*TCPServer, error) {
	return New(addr, handler, attributes...)
}

// NewUnixStreamServer is New for a UnixStreamServer.
func NewUnixStreamServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*UnixStreamServer)) (*UnixStreamServer, error) {
	return New(addr, handler, attributes...)
}

func (s *TCPServer) defaults() {
	s.BaseServer.defaults()
	s.AddressFamily = socket.AF_INET
	s.SocketType = socket.SOCK_STREAM
	s.RequestQueueSize = 5
	s.BindAndActivate = true
}

func (s *TCPServer) construct() (err error) {
	if s.Socket == nil {
		if s.Socket, err = socket.New(s.AddressFamily, s.SocketType); err != nil {
			return err
		}
	}
	if !s.BindAndActivate {
		return nil
	}
	if err := s.self.ServerBind(); err != nil {
		return err
	}
	return s.self.ServerActivate()
}

// closedSocket stands for the socket of a server that New didn't make.
var closedSocket = new(socket.Socket)

func (s *TCPServer) sock() *socket.Socket {
	if s.Socket == nil {
		return closedSocket
	}
	return s.Socket
}

// waiter returns a socket of a loop's own to wait with: a duplicate, whose timeout
// and deadline are nobody else's.
func (s *TCPServer) waiter() (*socket.Socket, error) { return s.sock().Dup() }

// interrupt ends a GetRequest that waits, or lets the next one wait again.
func (s *TCPServer) interrupt(on bool) {
	var at time.Time
	if on {
		at = time.Unix(1, 0)
	}
	s.sock().SetReadDeadline(at)
}

// Fileno returns the number of the server's descriptor, -1 once it is closed:
// Python's fileno().
func (s *TCPServer) Fileno() int { return s.sock().Fileno() }

// ServerBind binds the socket to ServerAddress, and sets that to what the kernel
// says then: Python's server_bind(). Before that it sets SO_REUSEADDR and
// SO_REUSEPORT if the attributes say so. The errors are those of
// socket.Socket.Bind.
func (s *TCPServer) ServerBind() error {
	if s.AllowReuseAddress {
		if err := s.sock().SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}
	inet := s.AddressFamily == socket.AF_INET || s.AddressFamily == socket.AF_INET6
	if s.AllowReusePort && inet && soReusePort != 0 {
		if err := s.sock().SetSockOpt(socket.SOL_SOCKET, soReusePort, 1); err != nil {
			return err
		}
	}
	if err := s.sock().Bind(s.ServerAddress); err != nil {
		return err
	}
	addr, err := s.sock().GetSockName()
	if err != nil {
		return err
	}
	s.ServerAddress = addr
	return nil
}

// ServerActivate makes the socket listen, with RequestQueueSize: Python's
// server_activate().
func (s *TCPServer) ServerActivate() error { return s.sock().Listen(s.RequestQueueSize) }

// ServerClose closes the socket, and does what BaseServer's does: Python's
// server_close(). When it returns no loop holds the port any more; a connection that
// is still open keeps it from those who don't set SO_REUSEADDR (AllowReuseAddress).
func (s *TCPServer) ServerClose() error {
	err := s.sock().Close()
	s.BaseServer.ServerClose()
	return err
}

// GetRequest accepts a connection: Python's get_request(). The errors are those of
// socket.Socket.Accept.
func (s *TCPServer) GetRequest() (Request, socket.Address, error) {
	conn, client, err := s.sock().Accept()
	return Request{Socket: conn}, client, err
}

// ShutdownRequest sends the end of the stream and calls CloseRequest: Python's
// shutdown_request(request). That the client may have gone is no error.
func (s *TCPServer) ShutdownRequest(request Request) error {
	if request.Socket != nil {
		request.Shutdown(socket.SHUT_WR)
	}
	return s.BaseServer.ShutdownRequest(request)
}

// CloseRequest closes the connection: Python's close_request(request).
func (s *TCPServer) CloseRequest(request Request) error {
	if request.Socket == nil {
		return nil
	}
	return request.Close()
}
