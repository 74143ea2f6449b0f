//go:build unix

// Hello_client says hello to a server and receives its answer.
//
//	go run ./examples/hello_client [-host 127.0.0.1] [-port 7788]
//	go run ./examples/hello_server
//	python3 examples/testdata/hello_server.py "" 7788
//
// The Python program is examples/testdata/hello_client.py. The tutorial
// note that it goes back to leaves the server's address open; the default is
// where hello_server listens. Like the note's program this one prints nothing;
// the answer is on standard error.
package main

import (
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

func main() {
	server := program.Address("127.0.0.1", 7788)
	program.Exit(run(server))
}

func run(server socket.Address) error {
	// tcp_client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	tcpClientSocket, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	// tcp_client_socket.close()
	defer tcpClientSocket.Close()
	// tcp_client_socket.connect((server_ip, server_port))
	if err := tcpClientSocket.Connect(server); err != nil {
		return err
	}
	// tcp_client_socket.send('hello'.encode('utf-8'))
	if _, err := tcpClientSocket.Send([]byte("hello")); err != nil {
		return err
	}
	// recv_data = tcp_client_socket.recv(1024)
	recvData, err := tcpClientSocket.Recv(1024)
	if err != nil {
		return err
	}
	program.Note("received", fmt.Sprintf("%q", recvData))
	return nil
}
