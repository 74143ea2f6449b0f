//go:build unix

// Udp_server prints each datagram and answers it. It imports the package with a
// dot, which is Python's from socket import *.
//
//	go run ./examples/udp_server [-host 127.0.0.1] [-port 8080] [-n datagrams]
//	go run ./examples/udp_client
//	python3 examples/testdata/udp_client.py 127.0.0.1 8080
//
// The Python program is examples/testdata/udp_server.py. The tutorial
// note that it goes back to is Python 2, where print is a statement, and sends a
// str; in Python 3 sendto wants bytes, and what is printed is b'hello' and
// <class 'bytes'>, as here.
package main

import (
	"fmt"

	//lint:ignore ST1001 the dot is what this program shows
	. "example.com/socket"
	"example.com/socket/examples/internal/program"
)

func main() {
	datagrams := program.Count("datagrams")
	addr := program.Address("127.0.0.1", 8080)
	program.Exit(run(addr, *datagrams))
}

func run(addr Address, datagrams uint) error {
	// s = socket(AF_INET, SOCK_DGRAM)
	s, err := New(AF_INET, SOCK_DGRAM)
	if err != nil {
		return err
	}
	// s.close()
	defer s.Close()
	defer program.CloseOnSignal(s)()
	// s.bind(('127.0.0.1', 8080))
	if err := s.Bind(addr); err != nil {
		return err
	}
	if err := program.Listening(s); err != nil {
		return err
	}
	// while True:
	for range program.Times(datagrams) {
		// data, address = s.recvfrom(1024)
		data, address, err := s.RecvFrom(1024)
		if err != nil {
			return err
		}
		// print(data, address, type(data))
		fmt.Println(program.Bytes(data), program.Tuple(address), "<class 'bytes'>")
		// s.sendto(b'this is the UDP server', address)
		_, err = s.SendTo([]byte("this is the UDP server"), address)
		if program.Stopped(err) {
			return err
		} else if err != nil {
			program.Note(err) // one client's answer is no reason to end
		}
	}
	return nil
}
