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
// The first line is "listening on HOST:PORT"; "Start server" and "Waiting" come
// after it. The socket prints in Go's form, <socket.Socket fd=… raddr=…>.
//
// As in the note, SO_REUSEADDR is not set: started again within a minute, the
// server may find its port still in use.
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
	// started = datetime.now()
	started := program.Now()
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
	// listener.listen(5)
	if err := listener.Listen(5); err != nil {
		return err
	}
	// print('listening on %s:%d' % listener.getsockname())
	if err := program.Listening(listener); err != nil {
		return err
	}
	// print(f'Start server at {started}', 'Waiting for a client now !', sep='\n')
	fmt.Println("Start server at", started)
	fmt.Println("Waiting for a client now !")
	// conn, _ = listener.accept()
	conn, _, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close() // with conn:
	defer program.CloseOnSignal(conn)()
	// greeting = conn.recv(LIMIT)
	greeting, err := conn.Recv(limit)
	if err != nil {
		return err
	}
	// print('AT', datetime.now(), conn, 'Said', greeting)
	fmt.Println("AT", program.Now(), conn, "Said", program.Bytes(greeting))
	// conn.sendall(b'Are you want to talk to me')
	return conn.SendAll([]byte("Are you want to talk to me"))
}
