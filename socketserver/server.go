//go:build unix

package socketserver

import (
	"sync"
	"time"

	"example.com/socket"
)

// A Server is what the loop and the handlers see of a server: the methods that
// may be overridden, each under Python's name, and those that a handler calls.
// TCPServer and all that embed it are Servers, and nothing else is. A handler
// finds its server in the field Server; with a type assertion,
// h.Server.(*MyServer), it comes to the fields.
type Server interface {
	// Fileno returns the number of the descriptor on which requests arrive.
	Fileno() int
	// ServerBind binds the socket.
	ServerBind() error
	// ServerActivate makes the server ready for requests, after it was bound.
	ServerActivate() error
	// GetRequest returns the next request and the client's address.
	GetRequest() (Request, socket.Address, error)
	// VerifyRequest reports whether the request is to be handled.
	VerifyRequest(request Request, client socket.Address) bool
	// ProcessRequest handles the request, or sees to it that it is handled.
	ProcessRequest(request Request, client socket.Address) error
	// FinishRequest runs the handler.
	FinishRequest(request Request, client socket.Address) error
	// ShutdownRequest ends a request: it says goodbye and calls CloseRequest.
	ShutdownRequest(request Request) error
	// CloseRequest cleans up after a request.
	CloseRequest(request Request) error
	// ServiceActions is called once in each round of the loop.
	ServiceActions()
	// HandleTimeout is called when HandleRequest has waited in vain.
	HandleTimeout()
	// HandleError is told of a handler that returned an error or panicked.
	HandleError(request Request, client socket.Address, err error)
	// ServerClose closes the server.
	ServerClose() error
	// Shutdown ends the loop.
	Shutdown()

	defaults()
	construct() error
	base() *BaseServer
	waiter() (*socket.Socket, error)
	interrupt(on bool)
}

// A Request is what a server was sent. Of a stream it is the connection: Recv,
// SendAll and the others are called on the Request itself. Of a datagram it is
// the Packet, and the server's own socket to answer with: Python's pair (data,
// socket).
type Request struct {
	*socket.Socket
	Packet []byte // nil for a stream
}

// A RequestHandlerClass handles one request from its beginning to its end: it is
// what Python's server calls to make a handler, whose constructor does all the
// work. Class makes one of a handler type, any function will do as well.
//
// The request is closed when it returns. The error goes to the server's
// HandleError, and so does a panic.
type RequestHandlerClass func(request Request, client socket.Address, server Server) error

// BaseServer is the part of a server that knows nothing of its socket: the loop
// and the hooks. Python's socketserver.BaseServer. TCPServer embeds it, and so all
// others do. It is no Server by itself: a server for some other kind of socket
// embeds TCPServer, and sets Socket or SocketType.
//
// The fields are set by New, and may be changed until the server serves.
type BaseServer struct {
	// ServerAddress is where the server is. After ServerBind it is the address
	// that the kernel says, so that port 0 has become a port.
	ServerAddress socket.Address
	// RequestHandlerClass is called with each request.
	RequestHandlerClass RequestHandlerClass
	// Timeout is how long HandleRequest waits, socket.NoTimeout (Python's None)
	// by default. ServeForever doesn't look at it.
	Timeout time.Duration

	self    Server          // the outermost type, whose methods are the hooks
	threads *ThreadingMixIn // nil if there is none

	getting sync.Mutex // held while a request is taken

	mu       sync.Mutex
	loops    map[*loop]bool // true for those that Shutdown ends
	stopNext bool           // Shutdown came before the loop
}

// New makes a server of the type S, which is TCPServer or another of this
// package's types or one that embeds such a type: Python's S(server_address,
// RequestHandlerClass). The server is bound and active when New returns.
//
// Each of the attributes functions is called before the socket is made. They are
// for what Python's classes set in their bodies:
//
//	server, err := socketserver.New(addr, handler, func(s *MyServer) {
//		s.AllowReuseAddress = true
//	})
//
// Without one, the type has to be named: New[MyServer](addr, handler).
//
// An error is that of the system call that was refused; ServerClose has been
// called then. A missing address or handler is a *socket.ArgumentError.
func New[S any, P interface {
	*S
	Server
}](addr socket.Address, handler RequestHandlerClass, attributes ...func(P)) (P, error) {
	switch {
	case addr == nil:
		return nil, errMissing("socketserver", "addr", "an address, as of socket.Addr")
	case handler == nil:
		return nil, errMissing("socketserver", "handler", wantHandler)
	}
	server := P(new(S))
	server.base().begin(server, addr, handler)
	for _, set := range attributes {
		if set != nil {
			set(server)
		}
	}
	if err := construct(server); err != nil {
		return nil, err
	}
	return server, nil
}

const wantHandler = "a handler, as of socketserver.Class"

// construct is apart from New so that there is one of it. It leaves nothing
// behind, also if a hook panics.
func construct(server Server) (err error) {
	made := false
	defer func() {
		if !made {
			server.ServerClose()
		}
	}()
	err = server.construct()
	made = err == nil
	return err
}

// begin gives the fields their first values.
func (s *BaseServer) begin(self Server, addr socket.Address, handler RequestHandlerClass) {
	s.self, s.ServerAddress, s.RequestHandlerClass = self, addr, handler
	s.loops = make(map[*loop]bool)
	if t, ok := self.(interface{ mixIn() *ThreadingMixIn }); ok {
		s.threads = t.mixIn()
		s.threads.begin(self)
	}
	self.defaults()
}

func (s *BaseServer) base() *BaseServer { return s }

func (s *BaseServer) defaults() { s.Timeout = socket.NoTimeout }

// ServerActivate does nothing: Python's server_activate(). New calls it after
// ServerBind.
func (s *BaseServer) ServerActivate() error { return nil }

// VerifyRequest reports whether a request is to be handled, here always: Python's
// verify_request(request, client_address). One that isn't is shut down.
//
// A panic in an override ends the loop, after the request was shut down; an
// exception in Python ends it too.
func (s *BaseServer) VerifyRequest(Request, socket.Address) bool { return true }

// ProcessRequest calls FinishRequest, and ShutdownRequest after it: Python's
// process_request(request, client_address). With a ThreadingMixIn it starts a
// goroutine that does so.
//
// On an error, or a panic, the caller calls HandleError and ShutdownRequest.
func (s *BaseServer) ProcessRequest(request Request, client socket.Address) error {
	if s.self == nil {
		return errNotMade("process_request")
	}
	if s.threads != nil {
		s.threads.start(request, client)
		return nil
	}
	if err := s.self.FinishRequest(request, client); err != nil {
		return err
	}
	return s.self.ShutdownRequest(request)
}

// FinishRequest calls RequestHandlerClass: Python's finish_request(request,
// client_address).
func (s *BaseServer) FinishRequest(request Request, client socket.Address) error {
	switch {
	case s.self == nil:
		return errNotMade("finish_request")
	case s.RequestHandlerClass == nil:
		return errMissing("finish_request", "RequestHandlerClass", wantHandler)
	}
	return s.RequestHandlerClass(request, client, s.self)
}

// ShutdownRequest calls CloseRequest: Python's shutdown_request(request).
func (s *BaseServer) ShutdownRequest(request Request) error {
	if s.self == nil {
		return errNotMade("shutdown_request")
	}
	return s.self.CloseRequest(request)
}

// CloseRequest does nothing: Python's close_request(request).
func (s *BaseServer) CloseRequest(Request) error { return nil }

// ServiceActions does nothing: Python's service_actions(). ServeForever calls it
// after each request, and when it has waited for one in vain for the poll
// interval.
func (s *BaseServer) ServiceActions() {}

// HandleTimeout does nothing: Python's handle_timeout().
func (s *BaseServer) HandleTimeout() {}
