//go:build unix && !aix

package socket_test

import (
	"net/netip"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
)

func TestAddressMethods(t *testing.T) {
	type methods struct {
		Family       socket.AddressFamily
		Host         string
		Port         int
		Network, Str string
	}
	for _, tt := range []struct {
		addr socket.Address
		want methods
	}{
		{socket.Addr("127.0.0.1", 8080), methods{socket.AF_INET, "127.0.0.1", 8080, "ip", "127.0.0.1:8080"}},
		{socket.Addr("", 80), methods{socket.AF_INET, "", 80, "ip", ":80"}},
		{socket.Addr("<broadcast>", 80), methods{socket.AF_INET, "<broadcast>", 80, "ip", "<broadcast>:80"}},
		{socket.Addr("localhost", 80), methods{socket.AF_INET, "localhost", 80, "ip", "localhost:80"}},
		{socket.Addr("0x7f.1", 80), methods{socket.AF_INET, "0x7f.1", 80, "ip", "0x7f.1:80"}},
		{socket.Addr("::1", 8080), methods{socket.AF_INET6, "::1", 8080, "ip", "[::1]:8080"}},
		{socket.Addr("0:0::1", 80), methods{socket.AF_INET6, "0:0::1", 80, "ip", "[0:0::1]:80"}},
		{socket.Addr("FE80::1", 80), methods{socket.AF_INET6, "FE80::1", 80, "ip", "[FE80::1]:80"}},
		{socket.Addr("fe80::1%lo", 80), methods{socket.AF_INET6, "fe80::1%lo", 80, "ip", "[fe80::1%lo]:80"}},
		{socket.Addr6("", 80, 0, 0), methods{socket.AF_INET6, "", 80, "ip", ":80"}},
		{socket.Addr6("::1", 80, 1, 0), methods{socket.AF_INET6, "::1", 80, "ip", "[::1]:80"}},
		{socket.Addr6("fe80::1", 80, 0, 1<<31), methods{socket.AF_INET6, "fe80::1", 80, "ip", "[fe80::1%2147483648]:80"}},
		{socket.UnixAddr("/a/path"), methods{socket.AF_UNIX, "/a/path", 0, "unix", "/a/path"}},
		{socket.UnixAddr("\x00name"), methods{socket.AF_UNIX, "\x00name", 0, "unix", "@name"}},
		{socket.UnixAddr(""), methods{socket.AF_UNIX, "", 0, "unix", ""}},
	} {
		got := methods{tt.addr.Family(), tt.addr.Host(), tt.addr.Port(), tt.addr.Network(), tt.addr.String()}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%#v (-want +got):\n%s", tt.addr, diff)
		}
	}
}

func TestAddrPort(t *testing.T) {
	for _, text := range []string{"127.0.0.1:80", "[::1]:80", "[::ffff:192.0.2.1]:65535", "[fe80::1%2147483648]:0"} {
		ap := netip.MustParseAddrPort(text)
		if got, ok := socket.AddrPort(socket.AddrFromAddrPort(ap)); got != ap || !ok {
			t.Errorf("%v there and back is %v, %v", ap, got, ok)
		}
	}
	for _, tt := range []struct {
		addr socket.Address
		want string // "": none
	}{
		{socket.Addr("", 80), "0.0.0.0:80"},
		{socket.Addr6("", 80, 0, 0), "[::]:80"},
		{socket.Addr("127.1", 80), "127.0.0.1:80"},
		{socket.Addr("fe80::1%2147483648", 80), "[fe80::1%2147483648]:80"},
		{socket.AddrFromAddrPort(netip.AddrPort{}), "0.0.0.0:0"},
		{socket.Addr("localhost", 80), ""},
		{socket.Addr("<broadcast>", 80), ""},
		{socket.Addr("127.0.0.1", -1), ""},
		{socket.Addr("127.0.0.1", 65536), ""},
		{socket.UnixAddr("/a/path"), ""},
		{nil, ""},
	} {
		got, ok := socket.AddrPort(tt.addr)
		if ok != (tt.want != "") || ok && got.String() != tt.want {
			t.Errorf("AddrPort(%v) = %v, %v; want %q", tt.addr, got, ok, tt.want)
		}
	}
}

// TestAddressIsKey: what the kernel returns finds what was put into a map under
// the address as it is usually written, as Python's tuples do.
func TestAddressIsKey(t *testing.T) {
	client, server := tcpConns(t)
	me, err := client.GetSockName()
	must(t, err)
	peer, err := server.GetPeerName()
	must(t, err)
	clients := map[socket.Address]string{socket.Addr("127.0.0.1", me.Port()): "client"}
	if clients[peer] != "client" {
		t.Errorf("%#v isn't in %#v", peer, clients)
	}
}
