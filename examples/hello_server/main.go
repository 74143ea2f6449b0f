//go:build unix

// Hello_server waits for one client, receives what it says, answers hello, and
// ends.
//
//	go run ./examples/hello_server [-host ""] [-port 7788]
//	go run ./examples/hello_client
//	python3 examples/testdata/hello_client.py 127.0.0.1 7788
//
// The Python program is examples/testdata/hello_server.py. The tutorial
// note that it goes back to takes the backlog of 128 for the number of clients;
// it is the number of those that wait for accept, and a client that finds the
// queue full is not refused on Linux, it tries again. Like the note's program
// this one prints nothing; what it received is on standard error.
package main

import (
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

func main() {
	addr := program.Address("", 7788)
	program.Exit(run(addr))
}

func run(addr socket.Address) error {
	// tcp_server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	tcpServerSocket, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	// tcp_server_socket.close()
	defer tcpServerSocket.Close()
	defer program.CloseOnSignal(tcpServerSocket)()
	// tcp_server_socket.bind(('', 7788))
	if err := tcpServerSocket.Bind(addr); err != nil {
		return err
	}
	// tcp_server_socket.listen(128)
	if err := tcpServerSocket.Listen(128); err != nil {
		return err
	}
	if err := program.Listening(tcpServerSocket); err != nil {
		return err
	}
	// new_client_socket, client_addr = tcp_server_socket.accept()
	newClientSocket, clientAddr, err := tcpServerSocket.Accept()
	if err != nil {
		return err
	}
	// new_client_socket.close()
	defer newClientSocket.Close()
	defer program.CloseOnSignal(newClientSocket)()
	// recv_data = new_client_socket.recv(1024).decode('utf-8'): decode fails
	// if the 1024 bytes end within a character; %q below shows its bytes.
	recvData, err := newClientSocket.Recv(1024)
	if err != nil {
		return err
	}
	program.Note("received", fmt.Sprintf("%q", recvData), "from", clientAddr)
	// new_client_socket.send('hello'.encode('utf-8'))
	_, err = newClientSocket.Send([]byte("hello"))
	return err
}
