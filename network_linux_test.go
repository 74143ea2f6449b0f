package socket_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// What networks do to packets, over a wire between two network namespaces.

func TestNetworkUnreachable(t *testing.T) {
	w := wired(t)
	ipDo(t, // ip-route(8) has the errors of these types
		"route add unreachable 198.51.100.0/26",
		"route add prohibit 198.51.100.64/26",
		"route add blackhole 198.51.100.128/26",
		"route add unreachable 2001:db8:1::/64")
	// Nobody answers for an address on the wire: one question, not three a second apart.
	tune(t, "ipv4/neigh/veth0/mcast_solicit", "1")
	tune(t, "ipv4/neigh/veth0/retrans_time_ms", "50")
	for _, tt := range []struct {
		name  string
		host  string
		errno unix.Errno
		text  string
	}{
		{"no route", "203.0.113.1", unix.ENETUNREACH, "203.0.113.1:9: [Errno 101] Network is unreachable"},
		{"unreachable", "198.51.100.1", unix.EHOSTUNREACH, "198.51.100.1:9: [Errno 113] No route to host"},
		{"prohibit", "198.51.100.65", unix.EACCES, "198.51.100.65:9: [Errno 13] Permission denied"},
		{"blackhole", "198.51.100.129", unix.EINVAL, "198.51.100.129:9: [Errno 22] Invalid argument"},
		{"no neighbor", "192.0.2.77", unix.EHOSTUNREACH, "192.0.2.77:9: [Errno 113] No route to host"},
		{"IPv6, no route", "2001:db8:2::1", unix.ENETUNREACH, "[2001:db8:2::1]:9: [Errno 101] Network is unreachable"},
		{"IPv6, unreachable", "2001:db8:1::1", unix.EHOSTUNREACH, "[2001:db8:1::1]:9: [Errno 113] No route to host"},
	} {
		addr, family, working := socket.Addr(tt.host, 9), socket.AF_INET, thereIP
		if net.ParseIP(tt.host).To4() == nil {
			family, working = socket.AF_INET6, thereIP6
		}
		_, there := w.listenThere(t, socket.Addr(working, 0), family)
		for _, timeout := range []time.Duration{socket.NoTimeout, patience} {
			again := tt.errno
			if tt.name == "no neighbor" && timeout == patience {
				// A connect(2) that didn't wait for its failure: the kernel reports
				// its end by the next one, and so does Python.
				again = unix.ECONNABORTED
			}
			s := sock(t, family)
			must(t, s.SetTimeout(timeout))
			wantErrorText(t, tt.name, s.Connect(addr), tt.errno, "connect "+tt.text)
			if errno, err := s.ConnectEx(addr); errno != again || err != nil {
				t.Errorf("%s: ConnectEx() = %v, %v, want %v", tt.name, errno, err, again)
			}
			// The socket isn't the worse for it.
			if err := s.Connect(there); err != nil {
				t.Errorf("%s: a connect that can work: %v", tt.name, err)
			}
		}
		if tt.name != "no neighbor" { // a datagram waits for the neighbor in vain, and nobody is told
			u := sock(t, family, socket.SOCK_DGRAM)
			_, err := u.SendTo([]byte("lost"), addr)
			wantErrorText(t, tt.name, err, tt.errno, "sendto "+tt.text)
		}
	}
}

func wantErrorText(t *testing.T, name string, err error, errno unix.Errno, text string) {
	t.Helper()
	if !errors.Is(err, errno) || err.Error() != text {
		t.Errorf("%s: error %v, want %s", name, err, text)
	}
}

// The SYN is lost: the connect ends with its timeout, by itself, or by Close, and
// the socket can try again.
func TestNetworkDroppedSYN(t *testing.T) {
	w := wired(t)
	l, addr := w.listenThere(t, socket.Addr(thereIP, 0))
	mend := w.cut(t)

	// The kernel gives up after 3 s: the first SYN's second and two of the next.
	const lost = "192.0.2.77"
	ipDo(t, deafNeighbor(lost))
	kernel := sock(t)
	must(t, kernel.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1))
	givenUp := start(func() error { return kernel.Connect(socket.Addr(lost, 9)) })
	closed := sock(t)
	ended := start(func() error { return closed.Connect(addr) })

	const timeout = 100 * time.Millisecond
	s := sock(t)
	must(t, s.SetTimeout(timeout))
	begin := time.Now()
	err := s.Connect(addr)
	if !errors.Is(err, socket.ErrTimeout) || err.Error() != "connect "+addr.String()+": timed out" {
		t.Errorf("Connect with a timeout: %v, want that it timed out", err)
	}
	if took := time.Since(begin); took < timeout {
		t.Errorf("Connect with a timeout of %v ended after %v", timeout, took)
	}
	ex := sock(t)
	must(t, ex.SetTimeout(timeout))
	if errno, err := ex.ConnectEx(addr); errno != unix.EAGAIN || err != nil {
		t.Errorf("ConnectEx() = %v, %v, want EAGAIN", errno, err)
	}
	must(t, ex.SetTimeout(0))
	if errno, err := ex.ConnectEx(addr); errno != unix.EALREADY || err != nil {
		t.Errorf("a second ConnectEx() = %v, %v, want EALREADY", errno, err)
	}
	must(t, closed.Close())
	if err := within(t, ended); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a Connect that Close ended: %v, want net.ErrClosed", err)
	}

	mend()
	// s's connect goes on in the kernel, and waiting for it is now worth it.
	must(t, s.SetTimeout(socket.NoTimeout))
	if err := s.Connect(addr); err != nil {
		t.Errorf("Connect after its timeout: %v", err)
	}
	err = within(t, givenUp)
	wantErrorText(t, "the kernel gave up", err, unix.ETIMEDOUT, "connect 192.0.2.77:9: [Errno 110] Connection timed out")
	if !errors.Is(err, socket.ErrTimeout) {
		t.Errorf("%v isn't ErrTimeout", err)
	}
	if err := kernel.Connect(addr); err != nil {
		t.Errorf("Connect after the kernel gave up: %v", err)
	}
	wantConnected(t, l, s, kernel)
}

// wantConnected sends through each of the sockets, which are connected to l.
func wantConnected(t *testing.T, l *socket.Socket, clients ...*socket.Socket) {
	t.Helper()
	accepted := make(map[socket.Address]*socket.Socket)
	for _, s := range clients {
		name, err := s.GetSockName()
		must(t, err)
		must(t, s.SendAll([]byte("through")))
		for accepted[name] == nil { // others may have come first
			conn, from, err := l.Accept()
			must(t, err)
			defer conn.Close()
			accepted[from] = conn
		}
		must(t, accepted[name].SetTimeout(patience))
		if data, err := accepted[name].Recv(100); string(data) != "through" || err != nil {
			t.Errorf("from %v: Recv() = %q, %v", name, data, err)
		}
	}
}

// linux/in.h and linux/errqueue.h
const (
	ipPMTUDiscDo  = 2
	originLocal   = 1
	originICMP    = 2
	originICMP6   = 3
	sizeErr       = 16 // struct sock_extended_err, before the offender's address
	ipMTU         = 14
	ipv6MTU       = 24
	ipv6RecvErr   = 25
	icmpHeader    = 8
	ipHeader      = 20
	ipv6Header    = 40
	udpHeader     = 8
	unreachPort4  = 3 // RFC 792
	unreachPort6  = 4 // RFC 4443
	typeUnreach4  = 3
	typeUnreach6  = 1
	smallerMTU    = 1400
	smallerMTUArg = "1400"
)

func TestNetworkMTU(t *testing.T) {
	w := wired(t)
	ipDo(t, "link set veth0 mtu "+smallerMTUArg)
	for _, tt := range []struct {
		family  socket.AddressFamily
		host    string
		level   socket.Proto
		discard int // the option that forbids fragments, and its value
		value   int
		mtu     int
		errors  int
		room    int
	}{
		{socket.AF_INET, thereIP, socket.IPPROTO_IP, socket.IP_MTU_DISCOVER, ipPMTUDiscDo, ipMTU,
			socket.IP_RECVERR, smallerMTU - ipHeader - udpHeader},
		{socket.AF_INET6, thereIP6, socket.IPPROTO_IPV6, socket.IPV6_DONTFRAG, 1, ipv6MTU,
			ipv6RecvErr, smallerMTU - ipv6Header - udpHeader},
	} {
		t.Log(tt.family)
		r, addr := w.boundThere(t, socket.Addr(tt.host, 0), tt.family, socket.SOCK_DGRAM)
		s := sock(t, tt.family, socket.SOCK_DGRAM)
		must(t, s.SetTimeout(patience))
		must(t, s.Connect(addr))
		if mtu, err := s.GetSockOpt(tt.level, tt.mtu); mtu != smallerMTU || err != nil {
			t.Errorf("IP_MTU is %d, %v, want %d", mtu, err, smallerMTU)
		}
		fits, long := make([]byte, tt.room), make([]byte, 2*smallerMTU)
		wantReceived(t, s, r, long) // in fragments

		must(t, s.SetSockOpt(tt.level, tt.discard, tt.value))
		_, err := s.Send(long)
		wantErrorText(t, "too long", err, unix.EMSGSIZE, "send: [Errno 90] Message too long")
		_, err = s.Send(make([]byte, tt.room+1))
		wantErrorText(t, "one too long", err, unix.EMSGSIZE, "send: [Errno 90] Message too long")
		wantReceived(t, s, r, fits)

		// The error queue tells what would have been right.
		must(t, s.SetSockOpt(tt.level, tt.errors, 1))
		if _, err := s.Send(long); !errors.Is(err, unix.EMSGSIZE) {
			t.Errorf("Send() = %v, want EMSGSIZE", err)
		}
		queued := wantQueuedError(t, s, tt.level, tt.errors, unix.EMSGSIZE, originLocal, 0, 0)
		if info := native.Uint32(queued[8:]); info != smallerMTU {
			t.Errorf("the queue says an MTU of %d, want %d", info, smallerMTU)
		}
		wantReceived(t, s, r, fits)

		// No datagram of UDP is longer than its length field says.
		must(t, s.SetSockOpt(tt.level, tt.discard, 0))
		_, err = s.Send(make([]byte, 1<<16))
		wantErrorText(t, "longer than any", err, unix.EMSGSIZE, "send: [Errno 90] Message too long")
	}
}

func wantReceived(t *testing.T, s, r *socket.Socket, data []byte) {
	t.Helper()
	if n, err := s.Send(data); n != len(data) || err != nil {
		t.Fatalf("Send() of %d bytes = %d, %v", len(data), n, err)
	}
	if got, err := r.Recv(1 << 16); string(got) != string(data) || err != nil {
		t.Errorf("Recv() = %d bytes, %v, want the %d that were sent", len(got), err, len(data))
	}
}

// wantQueuedError reads one item of the error queue and returns the control data:
// struct sock_extended_err, and the offender's address. See ip(7), IP_RECVERR.
func wantQueuedError(t *testing.T, s *socket.Socket, level socket.Proto, kind int, errno unix.Errno, origin, icmpType, code byte) []byte {
	t.Helper()
	_, anc, flags, _, err := s.RecvMsg(1<<16, 512, socket.MSG_ERRQUEUE)
	must(t, err)
	if flags&socket.MSG_ERRQUEUE == 0 || len(anc) != 1 || anc[0].Level != level || anc[0].Type != kind || len(anc[0].Data) < sizeErr {
		t.Fatalf("the error queue has %v with flags %v, want one item of level %v, type %d", anc, flags, level, kind)
	}
	data := anc[0].Data
	if e := unix.Errno(native.Uint32(data)); e != errno || data[4] != origin || data[5] != icmpType || data[6] != code {
		t.Errorf("the error queue says %v, origin %d, type %d, code %d, want %v, %d, %d, %d",
			e, data[4], data[5], data[6], errno, origin, icmpType, code)
	}
	return data
}

// A closed port answers by ICMP. It reaches a connected socket, and one that asks
// for errors, at the next call or the one that waits.
func TestNetworkPortUnreachable(t *testing.T) {
	w := wired(t)
	w.inThere(t, func() { // no answer is held back for being one of many
		tune(t, "ipv4/icmp_ratelimit", "0")
		tune(t, "ipv6/icmp/ratelimit", "0")
	})
	for _, tt := range []struct {
		family   socket.AddressFamily
		host     string
		level    socket.Proto
		errors   int
		origin   byte
		kind     byte
		code     byte
		offender []byte // where its address lies in sockaddr_in, sockaddr_in6
		at       int
	}{
		{socket.AF_INET, thereIP, socket.IPPROTO_IP, socket.IP_RECVERR, originICMP, typeUnreach4, unreachPort4,
			net.ParseIP(thereIP).To4(), 4},
		{socket.AF_INET6, thereIP6, socket.IPPROTO_IPV6, ipv6RecvErr, originICMP6, typeUnreach6, unreachPort6,
			net.ParseIP(thereIP6), 8},
	} {
		t.Log(tt.family)
		r, addr := w.boundThere(t, socket.Addr(tt.host, 0), tt.family, socket.SOCK_DGRAM)
		must(t, r.Close())
		s := sock(t, tt.family, socket.SOCK_DGRAM)
		must(t, s.SetTimeout(patience))
		must(t, s.Connect(addr))
		waiting := start(func() error { _, err := s.Recv(100); return err })
		_, err := s.Send([]byte("anyone?"))
		must(t, err)
		wantErrorText(t, "a Recv that waits", within(t, waiting), unix.ECONNREFUSED, "recv: [Errno 111] Connection refused")
		// The next datagram leaves as if nothing had been, and brings the next error.
		_, err = s.Send([]byte("anyone?"))
		must(t, err)
		_, err = s.Recv(100)
		wantErrorText(t, "Recv", err, unix.ECONNREFUSED, "recv: [Errno 111] Connection refused")

		u := sock(t, tt.family, socket.SOCK_DGRAM)
		must(t, u.SetTimeout(patience))
		must(t, u.SetSockOpt(tt.level, tt.errors, 1))
		_, err = u.SendTo([]byte("anyone?"), addr)
		must(t, err)
		if _, _, err := u.RecvFrom(100); !errors.Is(err, socket.ErrConnectionRefused) {
			t.Errorf("RecvFrom of an unconnected socket with IP_RECVERR: %v, want ECONNREFUSED", err)
		}
		data := wantQueuedError(t, u, tt.level, tt.errors, unix.ECONNREFUSED, tt.origin, tt.kind, tt.code)
		if got := data[sizeErr+tt.at:][:len(tt.offender)]; string(got) != string(tt.offender) {
			t.Errorf("the error comes from %x, want %x", got, tt.offender)
		}

		// With a reader at last, all is well.
		_, err = u.SendTo([]byte("anyone?"), addr)
		must(t, err)
		if _, _, err := u.RecvFrom(100); !errors.Is(err, socket.ErrConnectionRefused) {
			t.Errorf("RecvFrom again: %v, want ECONNREFUSED", err)
		}
		r, _ = w.boundThere(t, addr, tt.family, socket.SOCK_DGRAM)
		wantReceived(t, s, r, []byte("here"))
	}
}
