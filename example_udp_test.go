//go:build unix

package socket_test

import (
	"fmt"
	"log"

	"example.com/socket"
)

func ExampleSocket_RecvFrom() {
	server, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	if err := server.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
		log.Fatal(err)
	}
	name, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	client, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if _, err := client.SendTo([]byte("hello"), name); err != nil {
		log.Fatal(err)
	}

	data, addr, err := server.RecvFrom(1024)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q from %s\n", data, addr.Host())
	// The address is where an answer goes, and it can be a key.
	seen := map[socket.Address]int{}
	seen[addr]++
	_, err = server.SendTo([]byte("this is the UDP server"), addr)
	fmt.Println(seen[addr], err)
	// Output:
	// "hello" from 127.0.0.1
	// 1 <nil>
}

func ExampleSocket_SendTo() {
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
		log.Fatal(err)
	}
	itself, err := s.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	// s.sendto('hello python'.encode('utf-8'), itself)
	n, err := s.SendTo([]byte("hello python"), itself)
	fmt.Println(n, err)
	data, err := s.Recv(1024)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// 12 <nil>
	// "hello python" <nil>
}
