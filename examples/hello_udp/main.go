//go:build unix

// Hello_udp binds a port, sends one datagram and receives one.
//
//	go run ./examples/hello_udp [-host ""] [-port 7788] [-to-host HOST -to-port PORT]
//	python3 examples/testdata/hello_udp.py 127.0.0.1 7789 127.0.0.1 7788
//
// The Python program is examples/testdata/hello_udp.py. In the tutorial
// note that it goes back to, the datagram goes to 192.168.21.66, a machine on the
// author's network, at the port that the sender has itself. Here it goes to the
// sender itself, unless -to-host and -to-port say otherwise; -to-port without
// -to-host is an error.
//
// The note calls sendto, recvfrom and close of the module socket; they are
// methods of the socket that was made. Like the note's program this one prints
// nothing; what it sent and received is on standard error.
package main

import (
	"flag"
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

func main() {
	toHost := flag.String("to-host", "", "where to send to; without it, to itself")
	toPort := flag.Int("to-port", 7788, "the port to send to, with -to-host")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("", 7788)
	flag.Visit(func(f *flag.Flag) {
		if f.Name == "to-port" && *toHost == "" {
			program.Usage("-to-port needs -to-host")
		}
	})
	program.Exit(run(where, *toHost, *toPort))
}

func run(where socket.Address, toHost string, toPort int) error {
	// with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
	sock, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
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
	// target = sys.argv[3], int(sys.argv[4])
	var target socket.Address = socket.Addr(toHost, toPort)
	if toHost == "" {
		if target, err = sock.GetSockName(); err != nil {
			return err
		}
	}
	// sock.sendto('hello python'.encode(), target)
	n, err := sock.SendTo([]byte("hello python"), target)
	if err != nil {
		return err
	}
	program.Note("sent", n, "bytes to", target)
	// datagram, peer = sock.recvfrom(1024)
	datagram, peer, err := sock.RecvFrom(1024)
	if err != nil {
		return err
	}
	// print('received', ascii(datagram.decode()), 'from', peer, file=sys.stderr)
	program.Note("received", fmt.Sprintf("%q", datagram), "from", peer)
	return nil
}
