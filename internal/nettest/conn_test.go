//go:build unix

// Package nettest runs golang.org/x/net's conformance test for net.Conn over the
// sockets of package socket. It is a module of its own, so that nobody who uses
// the package needs golang.org/x/net.
package nettest

import (
	"net"
	"path/filepath"
	"testing"

	"example.com/socket"
	"golang.org/x/net/nettest"
)

// network is one way to make two connected sockets.
type network struct {
	name    string
	connect func() (c1, c2 net.Conn, stop func(), err error)
}

var networks = []network{
	{"tcp4", func() (c1, c2 net.Conn, stop func(), err error) {
		return connected(socket.Addr("127.0.0.1", 0), socket.AF_INET)
	}},
	{"tcp6", func() (c1, c2 net.Conn, stop func(), err error) {
		return connected(socket.Addr("::1", 0), socket.AF_INET6)
	}},
	{"unix pair", func() (c1, c2 net.Conn, stop func(), err error) {
		a, b, err := socket.SocketPair()
		if err != nil {
			return nil, nil, nil, err
		}
		return a, b, func() { a.Close(); b.Close() }, nil
	}},
	{"net's connection taken over", fromNet},
}

func TestConn(t *testing.T) {
	for _, n := range append(networks, unixPath(t)) {
		t.Run(n.name, func(t *testing.T) {
			if n.name == "tcp6" && !nettest.SupportsIPv6() {
				t.Skip("no IPv6: try sysctl net.ipv6.conf.lo.disable_ipv6=0")
			}
			t.Run("client to server", func(t *testing.T) { nettest.TestConn(t, n.connect) })
			t.Run("server to client", func(t *testing.T) {
				nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
					c2, c1, stop, err = n.connect()
					return c1, c2, stop, err
				})
			})
		})
	}
}

// unixPath connects over a path.
func unixPath(t *testing.T) network {
	path := socket.UnixAddr(filepath.Join(t.TempDir(), "s"))
	listener, err := socket.New(socket.AF_UNIX)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	if err := listener.Bind(path); err != nil {
		t.Fatal(err)
	}
	if err := listener.Listen(); err != nil {
		t.Fatal(err)
	}
	return network{"unix path", func() (c1, c2 net.Conn, stop func(), err error) {
		return dial(listener)
	}}
}

// connected listens on addr and connects to that.
func connected(addr socket.Address, family socket.AddressFamily) (c1, c2 net.Conn, stop func(), err error) {
	listener, err := socket.CreateServer(addr, family)
	if err != nil {
		return nil, nil, nil, err
	}
	defer listener.Close()
	return dial(listener)
}

// dial connects to a listener, through its net.Listener.
func dial(listener *socket.Socket) (c1, c2 net.Conn, stop func(), err error) {
	addr, err := listener.GetSockName()
	if err != nil {
		return nil, nil, nil, err
	}
	client, err := socket.New(listener.Family())
	if err != nil {
		return nil, nil, nil, err
	}
	if err := client.Connect(addr); err != nil {
		client.Close()
		return nil, nil, nil, err
	}
	server, err := listener.NetListener().Accept()
	if err != nil {
		client.Close()
		return nil, nil, nil, err
	}
	return client, server, func() { client.Close(); server.Close() }, nil
}

// fromNet has a socket at one end that was package net's, and net's own
// connection at the other.
func fromNet() (c1, c2 net.Conn, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, nil, err
	}
	defer listener.Close()
	dialed, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, nil, nil, err
	}
	defer dialed.Close()
	accepted, err := listener.Accept()
	if err != nil {
		return nil, nil, nil, err
	}
	taken, err := socket.FromConn(dialed.(*net.TCPConn))
	if err != nil {
		accepted.Close()
		return nil, nil, nil, err
	}
	return taken, accepted, func() { taken.Close(); accepted.Close() }, nil
}
