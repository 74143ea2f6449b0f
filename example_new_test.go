//go:build unix

package socket_test

import (
	"errors"
	"fmt"
	"log"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// socket.socket() takes four parameters, which all have defaults: AF_INET,
// SOCK_STREAM, the protocol that belongs to them, and no descriptor.
func ExampleNew() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.Family(), s.Kind(), int(s.Proto()), s.Fileno() >= 0)
	fmt.Println(s.GetTimeout() == socket.NoTimeout)
	// Output:
	// AF_INET SOCK_STREAM 0 true
	// true
}

// family: AF_INET for IPv4, AF_INET6 for IPv6, AF_UNIX for processes of one
// machine.
func ExampleNew_family() {
	for _, family := range []socket.AddressFamily{socket.AF_INET, socket.AF_UNIX} {
		s, err := socket.New(family)
		if err != nil {
			log.Fatal(err)
		}
		defer s.Close()
		fmt.Println(s.Family(), s.Kind())
	}

	// A kernel that was started without IPv6 answers EAFNOSUPPORT.
	s, err := socket.New(socket.AF_INET6)
	if err == nil {
		defer s.Close()
		fmt.Println(s.Family() == socket.AF_INET6)
	} else {
		fmt.Println(errors.Is(err, unix.EAFNOSUPPORT))
	}
	// Output:
	// AF_INET SOCK_STREAM
	// AF_UNIX SOCK_STREAM
	// true
}

// type: SOCK_STREAM for TCP, SOCK_DGRAM for UDP. What is left out has its
// default, so socket.socket(type=SOCK_DGRAM) is New(SOCK_DGRAM).
func ExampleNew_kind() {
	s, err := socket.New(socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.Family(), s.Kind())
	// Output: AF_INET SOCK_DGRAM
}

// proto: one of the IPPROTO constants. The kernel refuses one that doesn't
// belong to the type.
func ExampleNew_proto() {
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.Proto())

	_, err = socket.New(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP)
	fmt.Println(err != nil)
	// Output:
	// IPPROTO_UDP
	// true
}

// fileno: a descriptor that exists, which the socket takes over. Family, type
// and protocol are asked of it.
func ExampleNew_fileno() {
	first, err := socket.New(socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	fd, err := first.Detach() // the descriptor stays open
	if err != nil {
		log.Fatal(err)
	}
	second, err := socket.New(socket.Fileno(fd))
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	fmt.Println(second.Family(), second.Kind(), second.Fileno() == fd, first.Fileno())
	// Output: AF_INET SOCK_DGRAM true -1
}
