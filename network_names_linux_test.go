package socket_test

import (
	"errors"
	"net/netip"
	"testing"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// Whom a datagram reaches: groups, everybody, one interface.

// group4 is a struct ip_mreqn: ip(7), IP_ADD_MEMBERSHIP.
func group4(group string, index int) []byte {
	b := append(netip.MustParseAddr(group).AsSlice(), 0, 0, 0, 0)
	return native.AppendUint32(b, uint32(index))
}

// group6 is a struct ipv6_mreq: ipv6(7), IPV6_JOIN_GROUP.
func group6(group string, index int) []byte {
	return native.AppendUint32(netip.MustParseAddr(group).AsSlice(), uint32(index))
}

func TestNetworkMulticast(t *testing.T) {
	w := wired(t)
	for _, tt := range []struct {
		family           socket.AddressFamily
		group            string
		host             string // the receiver's own address
		any              string
		level            socket.Proto
		join, leave      int
		via, loop        int
		membership       func(string, int) []byte
		zone             string
		source           string
		sourceScopeIsSet bool
	}{
		{socket.AF_INET, "239.192.0.7", thereIP, "0.0.0.0", socket.IPPROTO_IP,
			socket.IP_ADD_MEMBERSHIP, socket.IP_DROP_MEMBERSHIP, socket.IP_MULTICAST_IF, socket.IP_MULTICAST_LOOP,
			group4, "", hereIP, false},
		{socket.AF_INET6, "ff02::1:7", thereIP6, "::", socket.IPPROTO_IPV6,
			socket.IPV6_JOIN_GROUP, socket.IPV6_LEAVE_GROUP, socket.IPV6_MULTICAST_IF, socket.IPV6_MULTICAST_LOOP,
			group6, "%veth0", hereLink, true},
	} {
		t.Log(tt.family)
		r, name := w.boundThere(t, socket.Addr(tt.any, 0), tt.family, socket.SOCK_DGRAM)
		group := socket.Addr(tt.group+tt.zone, name.Port())
		alone := socket.Addr(tt.host, name.Port())
		s, own := bound(t, socket.Addr(tt.any, 0), tt.family, socket.SOCK_DGRAM)
		index, err := socket.IfNameToIndex("veth0")
		must(t, err)
		if tt.family == socket.AF_INET {
			must(t, s.SetSockOptBytes(tt.level, tt.via, group4(tt.group, index)))
		} else {
			must(t, s.SetSockOpt(tt.level, tt.via, index))
		}
		sends := func(text string, to socket.Address) {
			t.Helper()
			if _, err := s.SendTo([]byte(text), to); err != nil {
				t.Fatalf("to %v: %v", to, err)
			}
		}

		sends("before", group)
		sends("to it alone", alone)
		wantText(t, r, "to it alone")

		var thereIndex int
		w.inThere(t, func() { thereIndex, err = socket.IfNameToIndex("veth1") })
		must(t, err)
		must(t, r.SetSockOptBytes(tt.level, tt.join, tt.membership(tt.group, thereIndex)))
		sends("to the group", group)
		from := wantText(t, r, "to the group")
		want := socket.Address(socket.Addr(tt.source, own.Port()))
		if tt.sourceScopeIsSet {
			want = socket.Addr6(tt.source, own.Port(), 0, uint32(thereIndex))
		}
		if from != want {
			t.Errorf("from %#v, want %#v", from, want)
		}
		if err := r.SetSockOptBytes(tt.level, tt.join, tt.membership(tt.group, thereIndex)); !errors.Is(err, unix.EADDRINUSE) {
			t.Errorf("joining twice: %v, want EADDRINUSE", err)
		}
		if err := r.SetSockOptBytes(tt.level, tt.join, tt.membership(tt.group, 99)); !errors.Is(err, unix.ENODEV) {
			t.Errorf("joining on no interface: %v, want ENODEV", err)
		}

		must(t, r.SetSockOptBytes(tt.level, tt.leave, tt.membership(tt.group, thereIndex)))
		sends("after", group)
		sends("to it alone", alone)
		wantText(t, r, "to it alone")

		// The sender hears itself, if it is a member and hasn't turned that off.
		member, _ := bound(t, socket.Addr(tt.any, name.Port()), tt.family, socket.SOCK_DGRAM)
		must(t, member.SetSockOptBytes(tt.level, tt.join, tt.membership(tt.group, index)))
		sends("looped", group)
		wantText(t, member, "looped")
		must(t, s.SetSockOpt(tt.level, tt.loop, 0))
		sends("not looped", group)
		must(t, s.SetSockOpt(tt.level, tt.loop, 1))
		sends("looped again", group)
		wantText(t, member, "looped again")
	}
}

// wantText receives a datagram and returns where it comes from.
func wantText(t *testing.T, s *socket.Socket, text string) socket.Address {
	t.Helper()
	data, from, err := s.RecvFrom(100)
	if string(data) != text || err != nil {
		t.Errorf("RecvFrom() = %q, %v, %v, want %q", data, from, err, text)
	}
	return from
}

func TestNetworkBroadcast(t *testing.T) {
	w := wired(t)
	ipDo(t, "route add default dev veth0") // 255.255.255.255 takes the way of any other address
	r, name := w.boundThere(t, socket.Addr("", 0), socket.SOCK_DGRAM)
	s, own := bound(t, socket.Addr(hereIP, 0), socket.SOCK_DGRAM)
	for _, tt := range []struct{ host, text string }{
		{"192.0.2.255", "192.0.2.255"},
		{"<broadcast>", "255.255.255.255"},
		{"255.255.255.255", "255.255.255.255"},
	} {
		addr := socket.Addr(tt.host, name.Port())
		must(t, s.SetSockOpt(socket.SOL_SOCKET, socket.SO_BROADCAST, 0))
		_, err := s.SendTo([]byte("refused"), addr)
		if !errors.Is(err, unix.EACCES) || !errors.Is(err, socket.ErrPermission) {
			t.Errorf("%s without SO_BROADCAST: %v, want EACCES, which is ErrPermission", tt.host, err)
		}
		must(t, s.SetSockOpt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1))
		_, err = s.SendTo([]byte(tt.text), addr)
		must(t, err)
		if from := wantText(t, r, tt.text); from != own {
			t.Errorf("%s comes from %v, want %v", tt.host, from, own)
		}
	}
	// TCP has no such thing.
	if err := sock(t).Connect(socket.Addr("192.0.2.255", name.Port())); !errors.Is(err, unix.ENETUNREACH) && !errors.Is(err, unix.EACCES) {
		t.Errorf("a stream to everybody: %v, want ENETUNREACH or EACCES", err)
	}
}

// Two sockets have one port, each on an interface of its own.
func TestNetworkBindToDevice(t *testing.T) {
	w := wired(t)
	on := func(name string, port int) (*socket.Socket, socket.Address) {
		s := sock(t, socket.SOCK_DGRAM)
		must(t, s.SetTimeout(patience))
		must(t, s.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, []byte(name)))
		got, err := s.GetSockOptBytes(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, unix.IFNAMSIZ)
		if string(got) != name+"\x00" || err != nil {
			t.Errorf("SO_BINDTODEVICE = %q, %v, want %q", got, err, name+"\x00")
		}
		must(t, s.Bind(socket.Addr("", port)))
		addr, err := s.GetSockName()
		must(t, err)
		return s, addr
	}
	outer, addr := on("veth0", 0)
	inner, _ := on("lo", addr.Port())

	var far *socket.Socket
	w.inThere(t, func() { far = sock(t, socket.SOCK_DGRAM) })
	near := sock(t, socket.SOCK_DGRAM)
	for range 3 {
		_, err := far.SendTo([]byte("from the other end"), socket.Addr(hereIP, addr.Port()))
		must(t, err)
		_, err = near.SendTo([]byte("from this one"), socket.Addr("127.0.0.1", addr.Port()))
		must(t, err)
		wantText(t, outer, "from the other end")
		wantText(t, inner, "from this one")
	}
	err := near.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, []byte("nosuch0"))
	if !errors.Is(err, unix.ENODEV) {
		t.Errorf("an interface that isn't there: %v, want ENODEV", err)
	}
	// Without an interface a socket can't have the port that the others hold.
	if err := sock(t, socket.SOCK_DGRAM).Bind(socket.Addr(hereIP, addr.Port())); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("Bind without an interface: %v, want EADDRINUSE", err)
	}
}

// Over a link-local address the connection needs its interface, and each end
// names the other with its own.
func TestNetworkLinkLocal(t *testing.T) {
	w := wired(t)
	var l *socket.Socket
	var name socket.Address
	var thereIndex int
	w.inThere(t, func() {
		var err error
		thereIndex, err = socket.IfNameToIndex("veth1")
		must(t, err)
		l, name = bound(t, socket.Addr(thereLink+"%veth1", 0), socket.AF_INET6)
	})
	must(t, l.Listen())
	if want := socket.Addr6(thereLink, name.Port(), 0, uint32(thereIndex)); name != want {
		t.Errorf("the listener is %#v, want %#v", name, want)
	}
	index, err := socket.IfNameToIndex("veth0")
	must(t, err)
	for _, addr := range []socket.Address{
		socket.Addr(thereLink+"%veth0", name.Port()),
		socket.Addr6(thereLink, name.Port(), 0, uint32(index)),
	} {
		s := sock(t, socket.AF_INET6)
		must(t, s.SetTimeout(patience))
		must(t, s.Connect(addr))
		own, err := s.GetSockName()
		must(t, err)
		if want := socket.Addr6(hereLink, own.Port(), 0, uint32(index)); own != want {
			t.Errorf("this end is %#v, want %#v", own, want)
		}
		peer, err := s.GetPeerName()
		must(t, err)
		if want := socket.Addr6(thereLink, name.Port(), 0, uint32(index)); peer != want {
			t.Errorf("the other end is %#v, want %#v", peer, want)
		}
		conn, from, err := l.Accept()
		must(t, err)
		defer conn.Close()
		if want := socket.Addr6(hereLink, own.Port(), 0, uint32(thereIndex)); from != want {
			t.Errorf("accepted from %#v, want %#v", from, want)
		}
	}
	s := sock(t, socket.AF_INET6)
	if err := s.Connect(socket.Addr(thereLink, name.Port())); !errors.Is(err, unix.EINVAL) {
		t.Errorf("without an interface: %v, want EINVAL", err)
	}
	if err := s.Connect(socket.Addr(thereLink+"%lo", name.Port())); !errors.Is(err, unix.ENETUNREACH) && !errors.Is(err, unix.EADDRNOTAVAIL) {
		t.Errorf("by the wrong interface: %v, want ENETUNREACH or EADDRNOTAVAIL", err)
	}
}
