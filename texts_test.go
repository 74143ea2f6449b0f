//go:build unix && !aix

package socket_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func lookUp(host, port string, args ...socket.Arg) error {
	_, err := socket.GetAddrInfo(host, port, args...)
	return err
}

func connectionTo(addr socket.Address, opts ...socket.ConnOption) error {
	s, err := socket.CreateConnection(addr, opts...)
	if err == nil {
		s.Close()
	}
	return err
}

func serverAt(addr socket.Address, opts ...socket.ServerOption) error {
	s, err := socket.CreateServer(addr, opts...)
	if err == nil {
		s.Close()
	}
	return err
}

// TestArgumentErrorTexts: the text names the argument as the caller wrote it.
func TestArgumentErrorTexts(t *testing.T) {
	s, err := socket.New()
	must(t, err)
	defer s.Close()
	made := func(args ...socket.Arg) error { _, err := socket.New(args...); return err }
	pair := func(args ...socket.Arg) error { _, _, err := socket.SocketPair(args...); return err }
	packet := s.NetPacketConn()
	here := socket.Addr("127.0.0.1", 0)
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"flags for New", made(socket.AI_PASSIVE), "socket: argument is AI_PASSIVE, want an AddressFamily, a SocketKind, a Proto or a Fileno"},
		{"nil for New", made(nil), "socket: argument is <nil>, want an AddressFamily, a SocketKind, a Proto or a Fileno"},
		{"a Fileno for SocketPair", pair(socket.Fileno(3)), "socketpair: argument is Fileno(3), want an AddressFamily, a SocketKind or a Proto"},
		{"a Fileno for GetAddrInfo", lookUp("127.0.0.1", "", socket.Fileno(0)), "getaddrinfo: argument is Fileno(0), want an AddressFamily, a SocketKind, a Proto or AddressInfo flags"},
		{"flags twice", lookUp("127.0.0.1", "", socket.AI_PASSIVE, socket.AI_ALL), "getaddrinfo: AddressInfo flags is AI_ALL, want it given once, not twice"},
		{"an Inet6Addr for AF_INET", s.Bind(socket.Addr6("127.0.0.1", 1, 0, 0)), "bind: address is socket.Inet6Addr 127.0.0.1:1, want Addr(host, port): the socket is AF_INET"},
		{"a UnixAddr for AF_INET", s.Connect(socket.UnixAddr("")), `connect: address is socket.UnixAddr "", want Addr(host, port): the socket is AF_INET`},
		{"net's address", second(packet.WriteTo(nil, &net.UnixAddr{Name: "x"})), "writeto: address is *net.UnixAddr x, want Addr(host, port) or package net's type for it"},
		{"net's nil address", second(packet.WriteTo(nil, (*net.UDPAddr)(nil))), "writeto: address is *net.UDPAddr <nil>, want Addr(host, port) or package net's type for it"},
		{"Timeout twice", connectionTo(here, socket.Timeout(time.Second), socket.Timeout(2*time.Second)), "create_connection: Timeout is 2s, want it given once, not twice"},
		{"AllErrors twice", connectionTo(here, socket.AllErrors(true), socket.AllErrors(false)), "create_connection: AllErrors is false, want it given once, not twice"},
		{"SourceAddress twice", connectionTo(here, socket.SourceAddress(nil), socket.SourceAddress(nil)), "create_connection: SourceAddress is <nil>, want it given once, not twice"},
		{"Backlog twice", serverAt(here, socket.Backlog(1), socket.Backlog(2)), "create_server: Backlog is 2, want it given once, not twice"},
		{"ReusePort twice", serverAt(here, socket.ReusePort(true), socket.ReusePort(true)), "create_server: ReusePort is true, want it given once, not twice"},
		{"DualStackIPv6 twice", serverAt(here, socket.DualStackIPv6(false), socket.DualStackIPv6(false)), "create_server: DualStackIPv6 is false, want it given once, not twice"},
		{"a family twice", serverAt(here, socket.AF_INET, socket.AF_INET), "create_server: address family is AF_INET, want it given once, not twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var wrong *socket.ArgumentError
			if !errors.As(tt.err, &wrong) || !errors.Is(tt.err, os.ErrInvalid) {
				t.Fatalf("got error %v, want an *ArgumentError", tt.err)
			}
			if diff := cmp.Diff(tt.want, wrong.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

// TestLookUpTexts: what was looked up stands in the text, in quotation marks where
// it isn't a name or an address. All is refused without a name server.
func TestLookUpTexts(t *testing.T) {
	s, err := socket.New()
	must(t, err)
	defer s.Close()
	socket.MoveServiceFiles(t, "testdata/etc")
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"an address", second(socket.GetHostByName("::1")), "gethostbyname ::1: [Errno -9] Address family for hostname not supported"},
		{"an address with its zone", lookUp("fe80::1%lo", "", socket.AF_INET), "getaddrinfo fe80::1%lo: [Errno -9] Address family for hostname not supported"},
		{"a name", lookUp("localhost", "80", socket.AI_NUMERICHOST), "getaddrinfo localhost: [Errno -2] Name or service not known"},
		{"a port in the host", lookUp("127.0.0.1:80", "80", socket.AI_NUMERICHOST), `getaddrinfo "127.0.0.1:80": [Errno -2] Name or service not known`},
		{"a blank", lookUp("local host", "80", socket.AI_NUMERICHOST), `getaddrinfo "local host": [Errno -2] Name or service not known`},
		{"a line's end", lookUp("localhost\n", "80", socket.AI_NUMERICHOST), `getaddrinfo "localhost\n": [Errno -2] Name or service not known`},
		{"nothing", connectionTo(socket.Addr("", 80)), `create_connection "": [Errno -2] Name or service not known`},
		{"an unknown service", lookUp("127.0.0.1", "nosuch"), "getaddrinfo 127.0.0.1:nosuch: [Errno -8] Servname not supported for ai_socktype"},
		{"an unknown service of no host", lookUp("", "nosuch", socket.SOCK_STREAM), "getaddrinfo :nosuch: [Errno -8] Servname not supported for ai_socktype"},
		{"an unknown service of IPv6", lookUp("::1", "nosuch"), "getaddrinfo [::1]:nosuch: [Errno -8] Servname not supported for ai_socktype"},
		{"an odd service", lookUp("127.0.0.1", "no such"), `getaddrinfo "127.0.0.1:no such": [Errno -8] Servname not supported for ai_socktype`},
		{"a service that is to be a number", lookUp("127.0.0.1", "http", socket.AI_NUMERICSERV), "getaddrinfo 127.0.0.1:http: [Errno -2] Name or service not known"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var gai *socket.GAIError
			if !errors.As(tt.err, &gai) {
				t.Fatalf("got error %v, want a *GAIError", tt.err)
			}
			if diff := cmp.Diff(tt.want, gai.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("an HError", func(t *testing.T) {
		_, _, _, err := socket.GetHostByNameEx("")
		var h *socket.HError
		if !errors.As(err, &h) {
			t.Fatalf("got error %v, want an *HError", err)
		}
		if diff := cmp.Diff(`gethostbyname_ex "": [Errno 3] Unknown server error`, h.Error()); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	})
	t.Run("made by hand", func(t *testing.T) {
		err := &socket.GAIError{Code: socket.EAI_NONAME, Text: "nobody"}
		if got, want := err.Error(), "[Errno -2] nobody"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestErrorStrerror(t *testing.T) {
	for _, tt := range []struct {
		errno unix.Errno
		want  string
	}{{0, "timed out"}, {unix.ENOENT, "No such file or directory"}, {unix.ECONNREFUSED, "Connection refused"}} {
		err := &socket.Error{Op: "connect", Addr: socket.Addr("127.0.0.1", 9), Errno: tt.errno}
		if got := err.Strerror(); got != tt.want {
			t.Errorf("errno %d: got %q, want %q", tt.errno, got, tt.want)
		}
	}
}

// TestUnixAddrAt: an @ is what String writes, not what a UnixAddr is made of.
func TestUnixAddrAt(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	t.Chdir(t.TempDir())
	s, err := socket.New(socket.AF_UNIX)
	must(t, err)
	defer s.Close()
	must(t, s.Bind(socket.UnixAddr("@name")))
	if _, err := os.Stat("@name"); err != nil {
		t.Errorf("no path: %v", err)
	}
}
