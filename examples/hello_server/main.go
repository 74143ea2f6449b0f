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
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("", 7788)
	program.Exit(run(where))
}

func run(where socket.Address) error {
	// with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
	listener, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	defer listener.Close() // where the with ends: listener.close()
	defer program.CloseOnSignal(listener)()
	// listener.bind(where)
	if err := listener.Bind(where); err != nil {
		return err
	}
	// listener.listen(128)
	if err := listener.Listen(128); err != nil {
		return err
	}
	// print('listening on %s:%d' % listener.getsockname())
	if err := program.Listening(listener); err != nil {
		return err
	}
	// conn, peer = listener.accept()
	conn, peer, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close() // with conn:
	defer program.CloseOnSignal(conn)()
	// greeting = conn.recv(1024)
	greeting, err := conn.Recv(1024)
	if err != nil {
		return err
	}
	// print('received', ascii(greeting.decode()), 'from', peer, file=sys.stderr):
	// decode fails if the 1024 bytes end within a character; %q shows its bytes.
	program.Note("received", fmt.Sprintf("%q", greeting), "from", peer)
	// conn.send('hello'.encode())
	_, err = conn.Send([]byte("hello"))
	return err
}
