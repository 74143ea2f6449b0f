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
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 7788)
	program.Exit(run(where))
}

func run(where socket.Address) error {
	// with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as conn:
	conn, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	defer conn.Close() // where the with ends: conn.close()
	// conn.connect(where)
	if err := conn.Connect(where); err != nil {
		return err
	}
	// conn.send('hello'.encode())
	if _, err := conn.Send([]byte("hello")); err != nil {
		return err
	}
	// reply = conn.recv(1024)
	reply, err := conn.Recv(1024)
	if err != nil {
		return err
	}
	// print('received', ascii(reply.decode()), file=sys.stderr)
	program.Note("received", fmt.Sprintf("%q", reply))
	return nil
}
