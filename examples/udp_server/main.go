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
	// turns = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()
	datagrams := program.Count("datagrams")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 8080)
	program.Exit(run(where, *datagrams))
}

func run(where Address, datagrams uint) error {
	// with socket(AF_INET, SOCK_DGRAM) as sock:
	sock, err := New(AF_INET, SOCK_DGRAM)
	if err != nil {
		return err
	}
	defer sock.Close() // where the with ends: sock.close()
	defer program.CloseOnSignal(sock)()
	// sock.bind(where)
	if err := sock.Bind(where); err != nil {
		return err
	}
	// print('listening on %s:%d' % sock.getsockname())
	if err := program.Listening(sock); err != nil {
		return err
	}
	// for _ in turns:
	for range program.Times(datagrams) {
		// datagram, peer = sock.recvfrom(1024)
		datagram, peer, err := sock.RecvFrom(1024)
		if err != nil {
			return err
		}
		// print(datagram, peer, type(datagram))
		fmt.Println(program.Bytes(datagram), program.Tuple(peer), "<class 'bytes'>")
		// sock.sendto(b'this is the UDP server', peer)
		_, err = sock.SendTo([]byte("this is the UDP server"), peer)
		if program.Stopped(err) {
			return err
		} else if err != nil {
			program.Note(err) // one client's answer is no reason to end
		}
	}
	return nil
}
