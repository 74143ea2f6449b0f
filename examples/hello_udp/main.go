//go:build unix

// Hello_udp binds a port, sends one datagram and receives one.
//
//	go run ./examples/hello_udp [-host ""] [-port 7788] [-to-host HOST -to-port PORT]
//	python3 examples/testdata/hello_udp.py 127.0.0.1 7789 127.0.0.1 7788
//
// The Python program is examples/testdata/hello_udp.py. In the tutorial
// note that it goes back to, the datagram goes to 192.168.21.66, a machine on the
// author's network, at the port that the sender has itself. Here it goes to the
// sender itself, unless -to-host and -to-port say otherwise.
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
	addr := program.Address("", 7788)
	program.Exit(run(addr, *toHost, *toPort))
}

func run(addr socket.Address, toHost string, toPort int) error {
	// udp_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	udpSocket, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		return err
	}
	// udp_socket.close()
	defer udpSocket.Close()
	defer program.CloseOnSignal(udpSocket)()
	// udp_socket.bind(('', 7788))
	if err := udpSocket.Bind(addr); err != nil {
		return err
	}
	if err := program.Listening(udpSocket); err != nil {
		return err
	}
	var to socket.Address = socket.Addr(toHost, toPort)
	if toHost == "" {
		if to, err = udpSocket.GetSockName(); err != nil {
			return err
		}
	}
	// udp_socket.sendto('hello python'.encode('utf-8'), to)
	n, err := udpSocket.SendTo([]byte("hello python"), to)
	if err != nil {
		return err
	}
	program.Note("sent", n, "bytes to", to)
	// recv_data = udp_socket.recvfrom(1024)
	recvData, from, err := udpSocket.RecvFrom(1024)
	if err != nil {
		return err
	}
	program.Note("received", fmt.Sprintf("%q", recvData), "from", from)
	return nil
}
