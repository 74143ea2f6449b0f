//go:build unix

package socketserver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"time"

	"example.com/socket"
	"example.com/socket/socketserver"
)

// A LocalServer overrides two hooks.
type LocalServer struct {
	socketserver.ThreadingTCPServer

	Greeting string
}

// VerifyRequest refuses who isn't on this machine, as super().verify_request
// doesn't.
func (s *LocalServer) VerifyRequest(request socketserver.Request, client socket.Address) bool {
	return client.Host() == "127.0.0.1" && s.ThreadingTCPServer.VerifyRequest(request, client)
}

// HandleError prints less.
func (s *LocalServer) HandleError(_ socketserver.Request, client socket.Address, err error) {
	fmt.Println("a handler failed:", err)
}

// A Greeter finds the fields of its server.
type Greeter struct {
	socketserver.StreamRequestHandler
}

func (h *Greeter) Handle() error {
	if _, err := h.Wfile.WriteString(h.Server.(*LocalServer).Greeting + "\n"); err != nil {
		return err
	}
	return errors.New("no more to say")
}

// A type that embeds a server overrides its hooks. The function does what a
// Python class does in its body.
func ExampleNew() {
	server, err := socketserver.New(socket.Addr("127.0.0.1", 0), socketserver.Class[Greeter], func(s *LocalServer) {
		s.AllowReuseAddress = true
		s.RequestQueueSize = 128
		s.Greeting = "welcome"
	})
	if err != nil {
		log.Fatal(err)
	}
	go server.ServeForever()

	client, err := socket.CreateConnection(server.ServerAddress)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	greeting, err := client.Recv(1024)
	if err != nil {
		log.Fatal(err)
	}
	server.Shutdown()
	server.ServerClose() // waits for the handler
	fmt.Printf("%s", greeting)
	// Output:
	// a handler failed: no more to say
	// welcome
}

// With BindAndActivate false the attributes can be set after New.
func ExampleTCPServer_ServerBind() {
	server, err := socketserver.NewTCPServer(socket.Addr("127.0.0.1", 0), socketserver.Class[MyTCPHandler],
		func(s *socketserver.TCPServer) { s.BindAndActivate = false })
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose()
	server.AllowReuseAddress = true
	if err := server.ServerBind(); err != nil {
		log.Fatal(err)
	}
	if err := server.ServerActivate(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.ServerAddress.Port() > 0)
	// Output:
	// true
}

// HandleRequest takes one request. Timeout bounds how long it waits for it.
func ExampleBaseServer_HandleRequest() {
	server, err := socketserver.NewTCPServer(socket.Addr("127.0.0.1", 0), socketserver.Class[MyTCPHandler])
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose()
	client, err := socket.CreateConnection(server.ServerAddress)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if err := client.SendAll([]byte("one request\n")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.HandleRequest())

	server.Timeout = time.Millisecond
	fmt.Println(server.HandleRequest()) // nobody came
	// Output:
	// Received from 127.0.0.1:
	// one request
	// <nil>
	// <nil>
}

// Serve ends with its context.
func ExampleBaseServer_Serve() {
	server, err := socketserver.NewThreadingUDPServer(socket.Addr("127.0.0.1", 0), socketserver.Class[MyUDPHandler])
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	fmt.Println(server.Serve(ctx), ctx.Err())

	server.ServerClose()
	fmt.Println(errors.Is(server.ServeForever(), net.ErrClosed))
	// Output:
	// <nil> context deadline exceeded
	// true
}

// A Reverser answers datagrams with what it writes.
type Reverser struct {
	socketserver.DatagramRequestHandler
}

func (h *Reverser) Handle() error {
	for line, err := range h.Rfile.Lines() {
		if err != nil {
			return err
		}
		word, _ := bytes.CutSuffix(line, []byte("\n"))
		for i := range word {
			fmt.Fprintf(h.Wfile, "%c", word[len(word)-1-i])
		}
		h.Wfile.WriteString("\n")
	}
	return nil
}

// A DatagramRequestHandler has the same files as a StreamRequestHandler. What
// was written goes out as one datagram.
func ExampleDatagramRequestHandler() {
	server, err := socketserver.NewUDPServer(socket.Addr("127.0.0.1", 0), socketserver.Class[Reverser])
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose()
	go server.ServeForever()
	defer server.Shutdown()

	sock, err := socket.New(socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Close()
	if _, err := sock.SendTo([]byte("stressed\ndrawer\n"), server.ServerAddress); err != nil {
		log.Fatal(err)
	}
	answer, err := sock.Recv(1024)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", answer)
	// Output:
	// desserts
	// reward
}

// An echo server without a handler type, which ends with its context.
func ExampleServe() {
	listener, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	addr, err := listener.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- socketserver.Serve(ctx, listener, func(conn *socket.Socket, client socket.Address) error {
			data, err := conn.Recv(1024)
			if err != nil {
				return err
			}
			return conn.SendAll(data)
		})
	}()

	conn, err := socket.CreateConnection(addr)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SendAll([]byte("hello")); err != nil {
		log.Fatal(err)
	}
	answer, err := conn.Recv(1024)
	fmt.Printf("%s %v\n", answer, err)

	cancel()
	fmt.Println(<-ended)
	// Output:
	// hello <nil>
	// <nil>
}

// A handler type that is made with something of its own.
func ExampleRun() {
	words := map[string]string{"cat": "猫", "dog": "犬"}
	handler := func(request socketserver.Request, client socket.Address, server socketserver.Server) error {
		return socketserver.Run(&Dictionary{words: words}, request, client, server)
	}
	server, err := socketserver.NewTCPServer(socket.Addr("127.0.0.1", 0), handler)
	if err != nil {
		log.Fatal(err)
	}
	defer server.ServerClose()
	go server.ServeForever()
	defer server.Shutdown()

	conn, err := socket.CreateConnection(server.ServerAddress)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SendAll([]byte("dog\n")); err != nil {
		log.Fatal(err)
	}
	answer, err := conn.Recv(1024)
	fmt.Printf("%s%v\n", answer, err)
	// Output:
	// 犬
	// <nil>
}

// A Dictionary translates a word.
type Dictionary struct {
	socketserver.StreamRequestHandler
	words map[string]string
}

func (h *Dictionary) Handle() error {
	word, err := h.Rfile.ReadLine(100)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(h.Wfile, h.words[string(bytes.TrimSpace(word))])
	return err
}
