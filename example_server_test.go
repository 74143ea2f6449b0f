//go:build unix

package socket_test

import (
	"errors"
	"fmt"
	"log"
	"net"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// Port 0 lets the kernel choose a free one.
func ExampleSocket_Bind() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
		log.Fatal(err)
	}
	addr, err := s.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(addr.Host(), addr.Port() > 0)

	// A socket is bound once.
	err = s.Bind(socket.Addr("127.0.0.1", 0))
	fmt.Println(errors.Is(err, unix.EINVAL))
	// Output:
	// 127.0.0.1 true
	// true
}

// The backlog bounds how many connections wait for Accept, not how many there
// are in all.
func ExampleSocket_Listen() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
		log.Fatal(err)
	}
	if err := s.Listen(5); err != nil {
		log.Fatal(err)
	}
	on, err := s.GetSockOpt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
	fmt.Println(on != 0, err)

	// Without a backlog it is 128, or SOMAXCONN if that is less.
	fmt.Println(s.Listen())
	// Output:
	// true <nil>
	// <nil>
}

// Accept waits for a client and returns a socket to talk to it, and its
// address.
func ExampleSocket_Accept() {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	name, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	client, err := socket.CreateConnection(name)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	conn, addr, err := server.Accept()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	own, err := client.GetSockName()
	fmt.Println(addr.Host(), addr == own, err)
	// Output: 127.0.0.1 true <nil>
}

// Close ends the socket, and every call that waits on it.
func ExampleSocket_Close() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	waiting := make(chan error)
	go func() {
		_, err := a.Recv(1024)
		waiting <- err
	}()
	fmt.Println(a.Close())
	fmt.Println(errors.Is(<-waiting, net.ErrClosed))
	fmt.Println(a.Close()) // twice is fine
	// Output:
	// <nil>
	// true
	// <nil>
}

func ExampleSocket_Fileno() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	// The number is for calls that this package doesn't have.
	kind, err := unix.GetsockoptInt(s.Fileno(), unix.SOL_SOCKET, unix.SO_TYPE)
	fmt.Println(kind == unix.SOCK_STREAM, err)
	s.Close()
	fmt.Println(s.Fileno())
	// Output:
	// true <nil>
	// -1
}

// A socket that isn't blocking fails where it would have to wait.
func ExampleSocket_SetBlocking() {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	if err := server.SetBlocking(false); err != nil {
		log.Fatal(err)
	}
	_, _, err = server.Accept()
	fmt.Println(errors.Is(err, socket.ErrBlockingIO))

	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if err := a.SetBlocking(false); err != nil {
		log.Fatal(err)
	}
	_, err = a.Recv(1024)
	fmt.Println(errors.Is(err, socket.ErrBlockingIO))
	if err := b.SendAll([]byte("now")); err != nil {
		log.Fatal(err)
	}
	data, err := a.Recv(1024)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// true
	// true
	// "now" <nil>
}

// Set right after New, the timeout holds for Connect too.
func ExampleSocket_SetTimeout() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	// a.settimeout(0.02)
	if err := a.SetTimeout(20 * time.Millisecond); err != nil {
		log.Fatal(err)
	}
	_, err = a.Recv(1024)
	fmt.Println(err, errors.Is(err, socket.ErrTimeout))

	// a.settimeout(None)
	fmt.Println(a.SetTimeout(socket.NoTimeout))

	// a.settimeout(5), ported as it stands, would be five nanoseconds.
	fmt.Println(a.SetTimeout(5))
	// Output:
	// recv: timed out true
	// <nil>
	// settimeout: timeout is 5ns, want a time.Duration with its unit: write 5*time.Second, not 5
}

func ExampleSocket_GetPeerName() {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	name, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	client, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	_, err = client.GetPeerName()
	fmt.Println(errors.Is(err, unix.ENOTCONN))
	if err := client.Connect(name); err != nil {
		log.Fatal(err)
	}
	peer, err := client.GetPeerName()
	fmt.Println(peer == name, err)
	// Output:
	// true
	// true <nil>
}

func ExampleSocket_GetSockName() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.GetSockName())
	if err := s.Bind(socket.Addr("localhost", 0)); err != nil {
		log.Fatal(err)
	}
	addr, err := s.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(addr.Host(), addr.Port() > 0)
	// Output:
	// 0.0.0.0:0 <nil>
	// 127.0.0.1 true
}
