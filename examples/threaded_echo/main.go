//go:build unix

// Threaded_echo sends back each line that its clients send, to all of them at
// once: a goroutine for each connection, by package socketserver.
//
//	go run ./examples/threaded_echo [-host 127.0.0.1] [-port 8007] [-n clients]
//	nc 127.0.0.1 8007
//
// The Python program is examples/testdata/threaded_echo.py. It ends with a
// traceback on SIGINT; this one tells its clients goodbye and ends with 0.
package main

import (
	"fmt"
	"io"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
	"example.com/socket/socketserver"
)

const limit = 4096 // LIMIT = 4096

// class Echo(socketserver.StreamRequestHandler):
type Echo struct {
	socketserver.StreamRequestHandler
}

// def handle(self):
func (h *Echo) Handle() error {
	defer program.CloseOnSignal(h.Connection)()
	for {
		// while line := self.rfile.readline(LIMIT):
		line, err := h.Rfile.ReadLine(limit)
		if err == io.EOF || program.Stopped(err) {
			return nil
		}
		if err != nil {
			return err
		}
		// self.wfile.write(line)
		if _, err := h.Wfile.Write(line); program.Stopped(err) {
			return nil
		} else if err != nil {
			return err
		}
		// self.server.count(line)
		h.Server.(*Server).count(line)
	}
}

// class Server(socketserver.ThreadingTCPServer):
type Server struct {
	socketserver.ThreadingTCPServer
}

// def count(self, line):
func (s *Server) count(line []byte) {
	// print('echoed', line)
	fmt.Println("echoed", program.Bytes(line))
}

func main() {
	// clients = int(sys.argv[3]) if len(sys.argv) > 3 else 0
	clients := program.Count("clients")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 8007)
	program.Exit(run(where, *clients))
}

func run(where socket.Address, clients uint) error {
	// with Server(where, Echo) as server:
	server, err := socketserver.New(where, socketserver.Class[Echo], func(s *Server) {
		s.AllowReuseAddress = true // allow_reuse_address = True
		s.RequestQueueSize = 128   // request_queue_size = 128
	})
	if err != nil {
		return err
	}
	defer server.ServerClose() // where the with ends: waits for the handlers
	defer program.CloseOnSignal(server.Socket)()

	// print('listening on %s:%d' % server.server_address)
	if err := program.Listening(server.Socket); err != nil {
		return err
	}
	// if clients == 0:
	if clients == 0 {
		// server.serve_forever()
		return server.Serve(program.UntilSignal())
	}
	// for _ in range(clients):
	for range clients {
		// server.handle_request()
		if err := server.HandleRequest(); err != nil {
			return err
		}
	}
	return nil
}
