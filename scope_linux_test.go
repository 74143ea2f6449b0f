package socket_test

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// linkLocal moves the test into a network in which the loopback interface has a
// link-local address.
func linkLocal(t *testing.T) {
	t.Helper()
	ownNetwork(t)
	addAddress(t, "lo", netip.MustParsePrefix("fe80::1/64"))
}

// A zone in the host and a scope id as the fourth item say the same, and the
// names that come back have the scope id.
func TestScopeID(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls, machine.Netlink)
	linkLocal(t)
	for _, addr := range []socket.Address{
		socket.Addr("fe80::1%lo", 0),
		socket.Addr("fe80::1%1", 0),
		socket.Addr6("fe80::1%lo", 0, 0, 0),
		socket.Addr6("fe80::1%lo", 0, 0, 1),
		socket.Addr6("fe80::1", 0, 0, 1),
		socket.AddrFromAddrPort(netip.MustParseAddrPort("[fe80::1%lo]:0")),
	} {
		s := sock(t, socket.AF_INET6, socket.SOCK_DGRAM)
		if err := s.Bind(addr); err != nil {
			t.Errorf("%#v: %v", addr, err)
			continue
		}
		name, err := s.GetSockName()
		must(t, err)
		if want := socket.Addr6("fe80::1", name.Port(), 0, 1); name != want {
			t.Errorf("%#v: bound to %#v, want %#v", addr, name, want)
		}
		wantFromItself(t, s, name)
	}
}

// wantFromItself sends a datagram from s to itself.
func wantFromItself(t *testing.T, s *socket.Socket, name socket.Address) {
	t.Helper()
	must(t, s.SetTimeout(patience))
	ap, ok := socket.AddrPort(name)
	if want := netip.AddrPortFrom(netip.MustParseAddr("fe80::1%lo"), uint16(name.Port())); !ok || ap != want {
		t.Errorf("AddrPort(%v) = %v, %v, want %v", name, ap, ok, want)
	}
	if diff := cmp.Diff(ap.String(), name.String()); diff != "" {
		t.Errorf("String() (-want +got):\n%s", diff)
	}
	for _, to := range []socket.Address{name, socket.Addr("fe80::1%lo", name.Port())} {
		if _, err := s.SendTo([]byte("scoped"), to); err != nil {
			t.Fatalf("%v: %v", to, err)
		}
		data, from, err := s.RecvFrom(100)
		if string(data) != "scoped" || from != name || err != nil {
			t.Errorf("RecvFrom() = %q, %#v, %v, want it from %#v", data, from, err, name)
		}
	}
}

func TestScopeIDErrors(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls, machine.Netlink)
	linkLocal(t)
	for _, tt := range []struct {
		addr socket.Address
		want unix.Errno
	}{
		{socket.Addr("fe80::1", 0), unix.EINVAL},            // no scope
		{socket.Addr6("fe80::1%lo", 0, 0, 99), unix.ENODEV}, // item 4 wins
		{socket.Addr6("fe80::2%lo", 0, 0, 0), unix.EADDRNOTAVAIL},
	} {
		s := sock(t, socket.AF_INET6, socket.SOCK_DGRAM)
		if err := s.Bind(tt.addr); !errors.Is(err, tt.want) {
			t.Errorf("%#v: %v, want %v", tt.addr, err, tt.want)
		}
	}
	// A zone that is no interface, and one on an address that takes none.
	for _, host := range []string{"fe80::1%nosuch0", "::1%lo", "fe80::1%"} {
		s := sock(t, socket.AF_INET6, socket.SOCK_DGRAM)
		var unknown *socket.GAIError
		if err := s.Bind(socket.Addr6(host, 0, 0, 0)); !errors.As(err, &unknown) || unknown.Code != socket.EAI_NONAME {
			t.Errorf("%s: %v, want EAI_NONAME", host, err)
		}
	}
}

// The flow information reaches the kernel, and comes back with the peer's name.
func TestFlowInfo(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	needIPv6(t)
	const (
		label = 0x12345
		// linux/in6.h
		ipv6FlowLabelMgr  = 32
		ipv6FlowInfoSend  = 33
		flGet, flShareAny = 0, 255
		flCreate          = 1
	)
	s := sock(t, socket.AF_INET6, socket.SOCK_DGRAM)
	// Before Linux 5.3 a label had to be leased: struct in6_flowlabel_req.
	request := binary.BigEndian.AppendUint32(netip.IPv6Loopback().AsSlice(), label)
	request = native.AppendUint16(append(request, flGet, flShareAny), flCreate)
	request = append(request, make([]byte, 8)...)
	if err := s.SetSockOptBytes(socket.IPPROTO_IPV6, ipv6FlowLabelMgr, request); err != nil {
		t.Skipf("no flow label: %v: a kernel with IPv6", err)
	}
	must(t, s.SetSockOpt(socket.IPPROTO_IPV6, ipv6FlowInfoSend, 1))
	to := socket.Addr6("::1", 9, label, 0)
	must(t, s.Connect(to))
	if peer, err := s.GetPeerName(); err != nil || peer != to {
		t.Errorf("GetPeerName() = %#v, %v, want %#v", peer, err, to)
	}
}
