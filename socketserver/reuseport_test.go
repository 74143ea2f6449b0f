//go:build unix && !solaris

package socketserver_test

import (
	"path/filepath"
	"testing"

	"example.com/socket"
	"example.com/socket/socketserver"
)

// What the attributes say is set on the socket before it is bound.
func TestAttributesAreUsed(t *testing.T) {
	if probe, err := socket.CreateServer(socket.Addr("::1", 0), socket.AF_INET6); err != nil {
		t.Skipf("no IPv6 (%v): try sysctl net.ipv6.conf.lo.disable_ipv6=0", err)
	} else {
		must(t, probe.Close())
	}
	for _, on := range []bool{false, true} {
		s, err := socketserver.NewTCPServer(socket.Addr("::1", 0), echo, nil, func(s *socketserver.TCPServer) {
			s.AddressFamily = socket.AF_INET6
			s.AllowReuseAddress, s.AllowReusePort = on, on
		})
		must(t, err)
		defer s.ServerClose()
		for _, opt := range []int{socket.SO_REUSEADDR, socket.SO_REUSEPORT} {
			got, err := s.Socket.GetSockOpt(socket.SOL_SOCKET, opt)
			must(t, err)
			if got != 0 != on {
				t.Errorf("option %d is %d, want %v", opt, got, on)
			}
		}
		if s.Socket.Family() != socket.AF_INET6 || s.ServerAddress.Host() != "::1" || s.ServerAddress.Port() == 0 {
			t.Errorf("the server is %v, its address %v", s.Socket, s.ServerAddress)
		}
		if s.Fileno() != s.Socket.Fileno() || s.Fileno() < 0 {
			t.Errorf("Fileno = %d of %v", s.Fileno(), s.Socket)
		}
	}
}

// AllowReusePort is for the inet families; Linux refuses it on others.
func TestReusePortOfUnixServer(t *testing.T) {
	s, err := socketserver.NewUnixStreamServer(socket.UnixAddr(filepath.Join(t.TempDir(), "s")), echo,
		func(s *socketserver.UnixStreamServer) { s.AllowReusePort = true })
	must(t, err)
	must(t, s.ServerClose())
}
