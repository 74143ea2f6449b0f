//go:build unix

package socketserver_test

import (
	"bytes"
	"fmt"
	"log"
	"sync"

	"example.com/socket"
	"example.com/socket/socketserver"
)

// The examples of Python's documentation of socketserver, line by line. Python
// runs server and client as two programs; here the server runs in a goroutine.

// MyTCPHandler sends a line back in capitals.
type MyTCPHandler struct {
	socketserver.BaseRequestHandler
}

func (h *MyTCPHandler) Handle() error {
	// h.Request is the connection.
	var data []byte
	for !bytes.Contains(data, []byte("\n")) && len(data) < 10_000 {
		piece, err := h.Request.Recv(2000)
		if err != nil {
			return err
		}
		if len(piece) == 0 {
			break
		}
		data = append(data, piece...)
	}
	fmt.Printf("Received from %s:\n", h.ClientAddress.Host())
	fmt.Print(string(data))
	return h.Request.SendAll(bytes.ToUpper(data))
}

// The first example: a server, and a client that sends a line and prints the
// answer.
func ExampleTCPServer() {
	server, err := socketserver.NewTCPServer(socket.Addr("localhost", 0), socketserver.Class[MyTCPHandler])
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose() // with server:
	go server.ServeForever()
	defer server.Shutdown()

	sock, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Close()
	if err := sock.Connect(server.ServerAddress); err != nil {
		log.Fatal(err)
	}
	if err := sock.SendAll([]byte("hello world with TCP\n")); err != nil {
		log.Fatal(err)
	}
	received, err := sock.Recv(1024)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Received: %s", received)
	// Output:
	// Received from 127.0.0.1:
	// hello world with TCP
	// Received: HELLO WORLD WITH TCP
}

// MyStreamHandler does the same with files.
type MyStreamHandler struct {
	socketserver.StreamRequestHandler
}

func (h *MyStreamHandler) Handle() error {
	// h.Rfile reads the connection. The limit keeps a client from filling the
	// memory.
	data, err := h.Rfile.ReadLine(10_000)
	if err != nil {
		return err
	}
	data = bytes.TrimSpace(data)
	fmt.Printf("%s wrote:\n", h.ClientAddress.Host())
	fmt.Println(string(data))
	// h.Wfile writes to it.
	_, err = h.Wfile.Write(bytes.ToUpper(data))
	return err
}

// The second example: the same with a StreamRequestHandler, which reads lines
// however they come in pieces.
func ExampleStreamRequestHandler() {
	server, err := socketserver.NewTCPServer(socket.Addr("localhost", 0), socketserver.Class[MyStreamHandler])
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose()
	go server.ServeForever()
	defer server.Shutdown()

	sock, err := socket.CreateConnection(server.ServerAddress)
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Close()
	for _, piece := range []string{"in two ", "pieces\n"} {
		if err := sock.SendAll([]byte(piece)); err != nil {
			log.Fatal(err)
		}
	}
	received, err := sock.Recv(1024)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Received: %s\n", received)
	// Output:
	// 127.0.0.1 wrote:
	// in two pieces
	// Received: IN TWO PIECES
}

// MyUDPHandler sends a datagram back in capitals.
type MyUDPHandler struct {
	socketserver.BaseRequestHandler
}

func (h *MyUDPHandler) Handle() error {
	data := bytes.TrimSpace(h.Request.Packet) // self.request[0].strip()
	sock := h.Request.Socket                  // self.request[1]
	fmt.Printf("%s wrote:\n", h.ClientAddress.Host())
	fmt.Println(string(data))
	_, err := sock.SendTo(bytes.ToUpper(data), h.ClientAddress)
	return err
}

// The third example, over UDP: there is no connection, so the client says with
// each datagram where it goes.
func ExampleUDPServer() {
	server, err := socketserver.NewUDPServer(socket.Addr("localhost", 0), socketserver.Class[MyUDPHandler])
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose()
	go server.ServeForever()
	defer server.Shutdown()

	sock, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Close()
	if _, err := sock.SendTo([]byte("hello world with UDP\n"), server.ServerAddress); err != nil {
		log.Fatal(err)
	}
	received, err := sock.Recv(1024)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Received: %s\n", received)
	// Output:
	// 127.0.0.1 wrote:
	// hello world with UDP
	// Received: HELLO WORLD WITH UDP
}

// ThreadedTCPRequestHandler says who it is. A goroutine has no name, so it counts
// its calls.
type ThreadedTCPRequestHandler struct {
	socketserver.BaseRequestHandler
}

func (h *ThreadedTCPRequestHandler) Handle() error {
	data, err := h.Request.Recv(1024)
	if err != nil {
		return err
	}
	server := h.Server.(*ThreadedTCPServer)
	server.mu.Lock()
	server.count++
	response := fmt.Sprintf("Goroutine-%d: %s", server.count, data)
	server.mu.Unlock()
	return h.Request.SendAll([]byte(response))
}

// ThreadedTCPServer is class ThreadedTCPServer(ThreadingMixIn, TCPServer), with a
// counter that its handlers share.
type ThreadedTCPServer struct {
	socketserver.ThreadingMixIn
	socketserver.TCPServer

	mu    sync.Mutex
	count int
}

func client(addr socket.Address, message string) {
	sock, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Close()
	if err := sock.Connect(addr); err != nil {
		log.Fatal(err)
	}
	if err := sock.SendAll([]byte(message)); err != nil {
		log.Fatal(err)
	}
	response, err := sock.Recv(1024)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Received: %s\n", response)
}

// The fourth example: a goroutine for each request, and the loop in a goroutine
// too, until Shutdown ends it.
func ExampleThreadingMixIn() {
	// Port 0 means to select an unused port.
	server, err := socketserver.New[ThreadedTCPServer](socket.Addr("localhost", 0), socketserver.Class[ThreadedTCPRequestHandler])
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose() // with server:

	// server_thread = threading.Thread(target=server.serve_forever)
	go server.ServeForever()
	fmt.Println("Server loop running")

	client(server.ServerAddress, "Hello World 1")
	client(server.ServerAddress, "Hello World 2")
	client(server.ServerAddress, "Hello World 3")

	server.Shutdown()
	// Output:
	// Server loop running
	// Received: Goroutine-1: Hello World 1
	// Received: Goroutine-2: Hello World 2
	// Received: Goroutine-3: Hello World 3
}
