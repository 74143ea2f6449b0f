//go:build unix

// Greet_server waits for one client, prints what it says and when, answers, and
// ends.
//
//	go run ./examples/greet_server [-host localhost] [-port 6789]
//	go run ./examples/greet_client
//	python3 examples/testdata/greet_client.py localhost 6789
//
// The Python program is examples/testdata/greet_server.py. The tutorial
// note that it goes back to says that listen(5) refuses the sixth client. The
// five are those that wait for accept, and Linux refuses nobody: it drops the
// attempt, and the client tries again.
//
// As in the note, SO_REUSEADDR is not set: started again within a minute, the
// server may find its port still in use.
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
	start := program.Now()
	// server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	server, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	// server.close()
	defer server.Close()
	defer program.CloseOnSignal(server)()
	// server.bind(address)
	if err := server.Bind(address); err != nil {
		return err
	}
	// server.listen(5)
	if err := server.Listen(5); err != nil {
		return err
	}
	if err := program.Listening(server); err != nil {
		return err
	}
	// print('Start server at {}'.format(datetime.now()))
	fmt.Println("Start server at", start)
	// print('Waiting for a client now !')
	fmt.Println("Waiting for a client now !")
	// client, addr = server.accept()
	client, _, err := server.Accept()
	if err != nil {
		return err
	}
	// client.close()
	defer client.Close()
	defer program.CloseOnSignal(client)()
	// data = client.recv(max_size)
	data, err := client.Recv(maxSize)
	if err != nil {
		return err
	}
	// print('AT', datetime.now(), client, 'Said', data)
	fmt.Println("AT", program.Now(), client, "Said", program.Bytes(data))
	// client.sendall(b'Are you want to talk to me')
	return client.SendAll([]byte("Are you want to talk to me"))
}
