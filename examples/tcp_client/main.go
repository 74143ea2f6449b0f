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
// sendall.
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
	addr := program.Address("127.0.0.1", 8080)
	program.Exit(run(addr, *messages))
}

func run(addr socket.Address, messages uint) error {
	// p = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	p, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	// p.close()
	defer p.Close()
	// p.connect(('127.0.0.1', 8080))
	if err := p.Connect(addr); err != nil {
		return err
	}
	keyboard := bufio.NewReader(os.Stdin)
	// while True:
	for range program.Times(messages) {
		msg, err := message(keyboard)
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		// p.send(msg.encode('utf-8')): not send, see above. A Go
		// string is UTF-8 already.
		if err := p.SendAll([]byte(msg)); err != nil {
			return err
		}
		// if msg == '1': break
		if msg == "1" {
			break
		}
	}
	return nil
}

// message returns the next line that isn't empty.
func message(keyboard *bufio.Reader) (string, error) {
	for {
		// msg = input('please input')
		fmt.Print("please input")
		line, err := keyboard.ReadString('\n')
		// if not msg: continue
		msg := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if msg != "" {
			return msg, nil
		}
		if err != nil {
			return "", err
		}
	}
}
