//go:build unix && !aix

package socket_test

import (
	"encoding/binary"
	"fmt"
	"log"
	"time"

	"example.com/socket"
)

// Python: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
func ExampleSocket_SetSockOpt() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
	fmt.Println(s.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)) // True is 1
	// Output:
	// <nil>
	// <nil>
}

// Python: s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0)). A struct is
// its fields one after the other, in the machine's byte order.
func ExampleSocket_SetSockOptBytes() {
	s, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	linger := binary.NativeEndian.AppendUint32(nil, 1) // l_onoff
	linger = binary.NativeEndian.AppendUint32(linger, 0)
	fmt.Println(s.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, linger))
	// Output: <nil>
}

// Python: s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
func ExampleSocket_GetSockOpt() {
	s, err := socket.New(socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	kind, err := s.GetSockOpt(socket.SOL_SOCKET, socket.SO_TYPE)
	fmt.Println(socket.SocketKind(kind), err)
	broadcast, err := s.GetSockOpt(socket.SOL_SOCKET, socket.SO_BROADCAST)
	fmt.Println(broadcast != 0, err)
	// Output:
	// SOCK_DGRAM <nil>
	// false <nil>
}

// Python: s = socket.create_connection((host, port), timeout=5)
func ExampleCreateConnection() {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	name, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	// Every address of the name is tried, so it may be one that has ::1 as well.
	s, err := socket.CreateConnection(socket.Addr("localhost", name.Port()), socket.Timeout(5*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	peer, err := s.GetPeerName()
	fmt.Println(peer == name, err, s.GetTimeout())
	// Output: true <nil> 5s
}
