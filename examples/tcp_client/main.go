//go:build unix

// Tcp_client sends what is typed, line by line, to a TCP server. It skips empty
// lines, and leaves after it has sent "1" or at the end of the input.
//
//	go run ./examples/tcp_client [-host 127.0.0.1] [-port 8080] [-n messages]
//	go run ./examples/tcp_server
//	python3 examples/testdata/tcp_server.py 127.0.0.1 8080
//
// The Python program is examples/testdata/tcp_client.py. The tutorial
// note that it goes back to ends with an EOFError where the input does, and calls
// send, which may take a part of the message only. This one leaves, and calls
// sendall. A CR at a line's end is dropped; Python's input() keeps it on Unix.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

func main() {
	messages := program.Count("messages")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 8080)
	program.Exit(run(where, *messages))
}

func run(where socket.Address, messages uint) error {
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
	keyboard := bufio.NewReader(os.Stdin)
	// line = ''
	// while line != '1':
	for range program.Times(messages) {
		line, err := nextLine(keyboard)
		// except EOFError: break
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		// conn.sendall(line.encode()): a Go string is UTF-8 already.
		if err := conn.SendAll([]byte(line)); err != nil {
			return err
		}
		if line == "1" {
			break
		}
	}
	return nil
}

// nextLine returns the next line that isn't empty.
func nextLine(keyboard *bufio.Reader) (string, error) {
	for {
		// line = input('please input')
		fmt.Print("please input")
		line, err := keyboard.ReadString('\n')
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		// if line:
		if line != "" {
			return line, nil
		}
		if err != nil {
			return "", err
		}
	}
}
