//go:build unix

package socketserver

import (
	"sync"

	"example.com/socket"
)

// ThreadingMixIn handles each request in a goroutine of its own: Python's
// socketserver.ThreadingMixIn. It is embedded beside a server, as Python's is a
// base class beside it, and ThreadingTCPServer is just that:
//
//	type ThreadedTCPServer struct {
//		socketserver.ThreadingMixIn
//		socketserver.TCPServer
//	}
type ThreadingMixIn struct {
	// DaemonThreads says that ServerClose doesn't wait for the requests that begin
	// while it is set: Python's daemon_threads. In Go no goroutine keeps the
	// program from ending: a program that is to wait for its handlers at its end
	// calls ServerClose, without DaemonThreads.
	DaemonThreads bool
	// BlockOnClose says that ServerClose waits until the requests that begin while
	// it is set are done, unless DaemonThreads is set: Python's block_on_close.
	// New sets it.
	BlockOnClose bool

	server Server

	mu      sync.Mutex
	running int
	idle    sync.Cond // running is 0
}

// mixIn is how a server finds its ThreadingMixIn.
func (m *ThreadingMixIn) mixIn() *ThreadingMixIn { return m }

func (m *ThreadingMixIn) begin(server Server) {
	m.server = server
	m.BlockOnClose = true
	m.idle.L = &m.mu
}

// start starts the goroutine of a request.
func (m *ThreadingMixIn) start(request Request, client socket.Address) {
	self := m.server.(threading)
	if !m.BlockOnClose || m.DaemonThreads {
		go self.ProcessRequestThread(request, client)
		return
	}
	m.count(1)
	go func() {
		defer m.count(-1)
		self.ProcessRequestThread(request, client)
	}()
}

// threading is a server with a ThreadingMixIn.
type threading interface {
	ProcessRequestThread(request Request, client socket.Address)
}

// count keeps count of the goroutines.
func (m *ThreadingMixIn) count(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running += n
	if m.running == 0 {
		m.idle.Broadcast()
	}
}

// join waits until no goroutine is there.
func (m *ThreadingMixIn) join() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.running > 0 {
		m.idle.Wait()
	}
}

// ProcessRequestThread is what runs in the goroutine: Python's
// process_request_thread(request, client_address). It calls FinishRequest, then
// HandleError if there is an error or a panic, and ShutdownRequest in any case.
// Without a server that New made it only closes the request.
func (m *ThreadingMixIn) ProcessRequestThread(request Request, client socket.Address) {
	if m.server == nil {
		new(TCPServer).CloseRequest(request)
		return
	}
	defer m.server.ShutdownRequest(request)
	if err := guard(func() error { return m.server.FinishRequest(request, client) }); err != nil {
		m.server.HandleError(request, client, err)
	}
}

// ThreadingTCPServer is a TCPServer with a goroutine for each connection: Python's
// socketserver.ThreadingTCPServer.
type ThreadingTCPServer struct {
	ThreadingMixIn
	TCPServer
}

// ThreadingUDPServer is a UDPServer with a goroutine for each datagram: Python's
// socketserver.ThreadingUDPServer.
type ThreadingUDPServer struct {
	ThreadingMixIn
	UDPServer
}

// ThreadingUnixStreamServer is a UnixStreamServer with a goroutine for each
// connection: Python's socketserver.ThreadingUnixStreamServer.
type ThreadingUnixStreamServer struct {
	ThreadingMixIn
	UnixStreamServer
}

// ThreadingUnixDatagramServer is a UnixDatagramServer with a goroutine for each
// datagram: Python's socketserver.ThreadingUnixDatagramServer.
type ThreadingUnixDatagramServer struct {
	ThreadingMixIn
	UnixDatagramServer
}

// NewThreadingTCPServer is New for a ThreadingTCPServer.
func NewThreadingTCPServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*ThreadingTCPServer)) (*ThreadingTCPServer, error) {
	return New(addr, handler, attributes...)
}

// NewThreadingUDPServer is New for a ThreadingUDPServer.
func NewThreadingUDPServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*ThreadingUDPServer)) (*ThreadingUDPServer, error) {
	return New(addr, handler, attributes...)
}

// NewThreadingUnixStreamServer is New for a ThreadingUnixStreamServer.
func NewThreadingUnixStreamServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*ThreadingUnixStreamServer)) (*ThreadingUnixStreamServer, error) {
	return New(addr, handler, attributes...)
}

// NewThreadingUnixDatagramServer is New for a ThreadingUnixDatagramServer.
func NewThreadingUnixDatagramServer(addr socket.Address, handler RequestHandlerClass, attributes ...func(*ThreadingUnixDatagramServer)) (*ThreadingUnixDatagramServer, error) {
	return New(addr, handler, attributes...)
}
