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

const maxSize = 1000

func main() {
	address := program.Address("localhost", 6789)
	program.Exit(run(address))
}

func run(address socket.Address) error {
	// print('Start the client at {}'.format(datetime.now()))
	fmt.Println("Start the client at", program.Now())
	// client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	client, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	// client.close()
	defer client.Close()
	// client.connect(address)
	if err := client.Connect(address); err != nil {
		return err
	}
	// client.sendall(b'Hey~~~')
	if err := client.SendAll([]byte("Hey~~~")); err != nil {
		return err
	}
	// data = client.recv(max_size)
	data, err := client.Recv(maxSize)
	if err != nil {
		return err
	}
	// print('AT', datetime.now(), 'some reply', data)
	fmt.Println("AT", program.Now(), "some reply", program.Bytes(data))
	return nil
}
