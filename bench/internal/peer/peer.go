// Package peer gives the ways to use a socket from Go one shape, so that the same
// work is measured through each of them. One file holds one peer, and a method
// there is the peer's own call with nothing around it.
package peer

import (
	"net/netip"
	"os"
	"time"
)

// A Peer makes sockets. All of them are on 127.0.0.1.
type Peer interface {
	// Listen returns a TCP listener on a port that the kernel chooses.
	Listen() (Listener, error)
	// Dial makes a TCP socket and connects it.
	Dial(to netip.AddrPort) (Stream, error)
	// Datagram makes a UDP socket, bound to a port that the kernel chooses. It
	// sends to the address given, and is connected to it if connected is true.
	// A socket that only receives is given no address.
	Datagram(to netip.AddrPort, connected bool) (Datagram, error)
}

// A Server is a Peer with a server of its own.
type Server interface {
	Peer
	// Serve runs handle for each connection, in a goroutine of its own, until
	// stop is called.
	Serve(handle func(Stream) error) (to netip.AddrPort, stop func() error, err error)
}

// A Listener is a listening TCP socket.
type Listener interface {
	Addr() (netip.AddrPort, error)
	Accept() (Stream, error)
	Close() error
}

// A Stream is a connected TCP socket.
type Stream interface {
	// NoDelay sets TCP_NODELAY, where the peer hasn't set it by itself.
	NoDelay() error
	// WithTimeout returns the stream with a timeout for each call.
	WithTimeout(d time.Duration) (Stream, error)
	// Send sends a message that fits into the socket's buffer.
	Send(b []byte) error
	// SendAll sends any number of bytes.
	SendAll(b []byte) error
	// Recv returns at most n bytes in memory of their own, none at the end.
	Recv(n int) ([]byte, error)
	// RecvInto receives into b, 0 bytes at the end.
	RecvInto(b []byte) (int, error)
	// SendFile sends the first size bytes of a file.
	SendFile(f *os.File, size int64) error
	CloseWrite() error
	Close() error
}

// A Datagram is a UDP socket.
type Datagram interface {
	Addr() (netip.AddrPort, error)
	// WithTimeout returns the socket with a timeout for each call.
	WithTimeout(d time.Duration) (Datagram, error)
	Send(b []byte) error
	// RecvFrom receives into b and finds out who sent it.
	RecvFrom(b []byte) (int, error)
	Close() error
}

// Ours is the name of the library that the others are compared with.
const Ours = "socket"

// All returns the peers that are written in Go, by name.
func All() map[string]Peer {
	return map[string]Peer{
		Ours:       ours{},
		"net":      std{},
		"net bare": std{bare: true},
		"x/sys":    xsys{},
		"raw Go":   raw{},
		"mdlayher": mdlayher{},
	}
}

var loopback = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0)

// backlog is the length of the accept queue that is asked for. The kernel
// shortens it to its own limit, which is what package net asks for.
const backlog = 4096
