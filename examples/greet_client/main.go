//go:build unix

// Greet_client greets a server and prints its reply, and when it came.
//
//	go run ./examples/greet_client [-host localhost] [-port 6789]
//	go run ./examples/greet_server
//	python3 examples/testdata/greet_server.py localhost 6789
//
// The Python program is examples/testdata/greet_client.py. As in the
// tutorial note that it goes back to there is one recv, which is enough for a
// reply that fits into one packet; a longer one takes a loop until recv returns
// nothing.
package main

import (
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

const limit = 1000 // LIMIT = 1000

func main() {
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("localhost", 6789)
	program.Exit(run(where))
}

func run(where socket.Address) error {
	// print('Start the client at', datetime.now())
	fmt.Println("Start the client at", program.Now())
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
	// conn.sendall(b'Hey~~~')
	if err := conn.SendAll([]byte("Hey~~~")); err != nil {
		return err
	}
	// reply = conn.recv(LIMIT)
	reply, err := conn.Recv(limit)
	if err != nil {
		return err
	}
	// print('AT', datetime.now(), 'some reply', reply)
	fmt.Println("AT", program.Now(), "some reply", program.Bytes(reply))
	return nil
}
