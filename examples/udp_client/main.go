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
	// turns = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()
	datagrams := program.Count("datagrams")
	// target = sys.argv[1], int(sys.argv[2])
	target := program.Address("127.0.0.1", 8080)
	program.Exit(run(target, *datagrams))
}

func run(target Address, datagrams uint) error {
	// with socket(AF_INET, SOCK_DGRAM) as sock:
	sock, err := New(AF_INET, SOCK_DGRAM)
	if err != nil {
		return err
	}
	defer sock.Close() // where the with ends: sock.close()
	// payload = 'hello'.encode()
	payload := []byte("hello")
	// for _ in turns:
	for range program.Times(datagrams) {
		// sock.sendto(payload, target)
		if _, err := sock.SendTo(payload, target); err != nil {
			return err
		}
		// print(payload.decode(), target, sep='\n')
		fmt.Printf("%s\n%s\n", payload, program.Tuple(target))
	}
	return nil
}
