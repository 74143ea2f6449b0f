//go:build unix

package socket_test

import (
	"errors"
	"fmt"
	"log"
	"strings"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// An Error tells what failed, where and why.
func ExampleError() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	err = s.Bind(socket.Addr("192.0.2.1", 8080)) // not an address of this machine
	var e *socket.Error
	if errors.As(err, &e) {
		fmt.Println(e.Op, e.Addr, e.Errno == unix.EADDRNOTAVAIL, e.Timeout())
	}
	// Output: bind 192.0.2.1:8080 true false
}

// bind fails if the port is in use.
func ExampleError_portInUse() {
	first, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	defer first.Close()
	name, err := first.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	second, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	err = second.Bind(name)
	fmt.Println(errors.Is(err, unix.EADDRINUSE))
	// Output: true
}

// bind fails if the host is wrong: an address of another machine, one of
// another family, a name that doesn't resolve, or text that can't be a name.
func ExampleError_wrongHost() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	err = s.Bind(socket.Addr("192.0.2.1", 0))
	fmt.Println(errors.Is(err, unix.EADDRNOTAVAIL))

	err = s.Bind(socket.Addr("::1", 0))
	var gai *socket.GAIError
	fmt.Println(errors.As(err, &gai), err)

	// A label has 63 bytes at most (RFC 1035, 2.3.4), so nobody is asked.
	err = s.Bind(socket.Addr(strings.Repeat("x", 64)+".example", 0))
	fmt.Println(errors.As(err, &gai), gai.Code == socket.EAI_NONAME)

	err = s.Bind(socket.Addr("例え.example", 0))
	fmt.Println(err)
	// Output:
	// true
	// true bind ::1: [Errno -9] Address family for hostname not supported
	// true true
	// bind: host is "例え.example", want an ASCII name: use ToASCII of golang.org/x/net/idna
}

// A reserved port, one below 1024, needs a privilege: bind succeeds with it and
// is ErrPermission without. What the kernel forbids everyone until they ask for
// it, such as a broadcast, is ErrPermission too.
func ExampleError_reservedPort() {
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	err = s.Bind(socket.Addr("127.0.0.1", 1))
	fmt.Println(err == nil || errors.Is(err, socket.ErrPermission))

	// SO_BROADCAST is not set.
	_, err = s.SendTo([]byte("hello"), socket.Addr("127.255.255.255", 9))
	fmt.Println(errors.Is(err, socket.ErrPermission), errors.Is(err, unix.EACCES))
	// Output:
	// true
	// true true
}

// connect fails if nobody listens.
func ExampleError_connectionRefused() {
	silent, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer silent.Close()
	if err := silent.Bind(socket.Addr("127.0.0.1", 0)); err != nil { // and no Listen
		log.Fatal(err)
	}
	name, err := silent.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	client, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	err = client.Connect(name)
	fmt.Println(errors.Is(err, unix.ECONNREFUSED))           // e.errno == errno.ECONNREFUSED
	fmt.Println(errors.Is(err, socket.ErrConnectionRefused)) // except ConnectionRefusedError
	fmt.Println(errors.Is(err, socket.ErrConnection))        // except ConnectionError
	// Output:
	// true
	// true
	// true
}
