//go:build unix

// Udp_client sends "hello" to a UDP server again and again, as fast as it can: for
// ever, unless -n says how often.
//
//	go run ./examples/udp_client [-host 127.0.0.1] [-port 8080] [-n datagrams]
//	go run ./examples/udp_server
//	python3 examples/testdata/udp_server.py 127.0.0.1 8080
//
// The Python program is examples/testdata/udp_client.py. As in the
// tutorial note that it goes back to, nobody reads the answers, and nobody learns
// whether a datagram arrived.
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
	// data = 'hello'.encode(encoding='utf-8')
	data := []byte("hello")
	// while True:
	for range program.Times(datagrams) {
		// s.sendto(data, addr)
		if _, err := s.SendTo(data, addr); err != nil {
			return err
		}
		// print(data.decode(encoding='utf-8'))
		fmt.Println(string(data))
		// print(addr)
		fmt.Println(program.Tuple(addr))
	}
	return nil
}
