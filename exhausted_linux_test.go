package socket_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// noDescriptors lets the process open nothing more while f runs.
func noDescriptors(t *testing.T, f func()) {
	t.Helper()
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1, Max: limit.Max}))
	defer func() { must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)) }()
	f()
}

// TestNoDescriptorToAccept: the connection stays in the queue, and Accept works
// again when there is a descriptor. So does an Accept that had to wait.
func TestNoDescriptorToAccept(t *testing.T) {
	for _, waits := range []bool{false, true} {
		l, addr := listener(t)
		client := sock(t)
		before := openDescriptors(t)
		if !waits {
			must(t, client.Connect(addr))
		}
		accept := func() error { return second3(l.Accept()) }
		var ended <-chan error
		if waits {
			ended = start(accept)
			waitParked(t, 1)
		}
		noDescriptors(t, func() {
			if waits {
				must(t, client.Connect(addr))
			} else {
				ended = start(accept)
			}
			wantRefused(t, within(t, ended), "accept: ", unix.EMFILE)
			wantRefused(t, second3(l.Accept()), "accept: ", unix.EMFILE)
		})
		wantNoneNew(t, before)
		conn, _, err := l.Accept()
		must(t, err)
		must(t, client.SendAll([]byte("data")))
		must(t, wantData(conn.Recv(10)))
		must(t, conn.Close())
	}
}

func second3(_ *socket.Socket, _ socket.Address, err error) error { return err }

// TestNoDescriptorToReceive: the kernel hands over the data without the descriptors
// that came with them, and says so.
func TestNoDescriptorToReceive(t *testing.T) {
	a, b := streamPair(t)
	must(t, second(socket.SendFds(a, [][]byte{[]byte("data")}, []int{0, 1})))
	before := openDescriptors(t)
	noDescriptors(t, func() {
		data, fds, flags, _, err := socket.RecvFds(b, 10, 2)
		must(t, wantData(data, err))
		if len(fds) != 0 || flags&socket.MSG_CTRUNC == 0 {
			t.Errorf("got the descriptors %v and %v, want none and MSG_CTRUNC", fds, flags)
		}
	})
	wantNoneNew(t, before)
	must(t, second(socket.SendFds(a, [][]byte{[]byte("data")}, []int{0})))
	_, fds, _, _, err := socket.RecvFds(b, 10, 1)
	must(t, err)
	if len(fds) != 1 {
		t.Fatalf("the next call: %d descriptors, want 1", len(fds))
	}
	must(t, socket.CloseFd(fds[0]))
}

// TestNoDescriptorIsNeededToWait: sockets that exist work on, also when they have to
// wait for the first time.
func TestNoDescriptorIsNeededToWait(t *testing.T) {
	a, b := tcpConns(t)
	noDescriptors(t, func() {
		received := start(func() error { return wantData(a.Recv(10)) })
		waitParked(t, 1)
		must(t, b.SendAll([]byte("data")))
		must(t, within(t, received))
		must(t, a.SetTimeout(time.Millisecond))
		if _, err := a.Recv(1); !errors.Is(err, socket.ErrTimeout) {
			t.Errorf("got error %v, want ErrTimeout", err)
		}
	})
}

// TestNoPortLeft: in a network with four ports the fifth socket has none, and is
// told so. It gets one as soon as another socket gives it up.
func TestNoPortLeft(t *testing.T) {
	ownNetwork(t)
	must(t, os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("40000 40003"), 0))
	target := socket.Addr("127.0.0.1", 30000)
	l := sock(t)
	must(t, l.Bind(target))
	must(t, l.Listen())
	none := socket.Addr("127.0.0.1", 0)
	tests := []struct {
		name  string
		kind  socket.SocketKind
		text  string
		errno unix.Errno
		use   func(*socket.Socket) error
	}{
		{"Bind, UDP", socket.SOCK_DGRAM, "bind 127.0.0.1:0: ", unix.EADDRINUSE, func(s *socket.Socket) error { return s.Bind(none) }},
		{"Bind, TCP", socket.SOCK_STREAM, "bind 127.0.0.1:0: ", unix.EADDRINUSE, func(s *socket.Socket) error { return s.Bind(none) }},
		{"Connect, TCP", socket.SOCK_STREAM, "connect 127.0.0.1:30000: ", unix.EADDRNOTAVAIL, func(s *socket.Socket) error {
			// A reset on Close leaves no TIME_WAIT, which would keep the port.
			must(t, s.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, lingerBytes(1, 0)))
			return s.Connect(target)
		}},
		{"SendTo, UDP", socket.SOCK_DGRAM, "sendto 127.0.0.1:30000: ", unix.EAGAIN, func(s *socket.Socket) error {
			must(t, s.SetBlocking(false))
			return second(s.SendTo([]byte("x"), target))
		}},
		{"SendTo, UDP without a timeout", socket.SOCK_DGRAM, "sendto 127.0.0.1:30000: ", unix.EAGAIN, func(s *socket.Socket) error {
			return second(s.SendTo([]byte("x"), target))
		}},
		{"SendMsg, UDP without a timeout", socket.SOCK_DGRAM, "sendmsg 127.0.0.1:30000: ", unix.EAGAIN, func(s *socket.Socket) error {
			return second(s.SendMsg([][]byte{{1}}, nil, target))
		}},
	}
	for _, test := range tests { // no t.Run: the network is this thread's
		have := make([]*socket.Socket, 4)
		for i := range have {
			have[i] = sock(t, test.kind)
			must(t, test.use(have[i]))
		}
		s := sock(t, test.kind)
		before := openDescriptors(t)
		for range 2 {
			wantRefused(t, test.use(s), test.text, test.errno)
		}
		wantNoneNew(t, before)
		must(t, have[0].Close())
		must(t, test.use(s))
		for _, s := range append(have, s) {
			must(t, s.Close())
		}
	}
	wantNoPortInTime(t, target)
}

// wantNoPortInTime sends without a port and with a timeout: until it has passed, or
// until a port is free.
func wantNoPortInTime(t *testing.T, target socket.Address) {
	t.Helper()
	have := make([]*socket.Socket, 4)
	for i := range have {
		have[i] = sock(t, socket.SOCK_DGRAM)
		must(t, have[i].Bind(socket.Addr("127.0.0.1", 0)))
	}
	s := sock(t, socket.SOCK_DGRAM)
	must(t, s.SetTimeout(5*time.Millisecond))
	if _, err := s.SendTo([]byte("x"), target); !errors.Is(err, socket.ErrTimeout) {
		t.Errorf("got error %v, want ErrTimeout", err)
	}
	must(t, s.SetTimeout(patience))
	sent := start(func() error { return second(s.SendTo([]byte("x"), target)) })
	waitParked(t, 1)
	must(t, have[0].Close())
	must(t, within(t, sent))
}

// TestPeerResets: a reset is told once to the receiver, then the stream has ended;
// whoever sends is told that the pipe is broken. The socket is closed as any other.
func TestPeerResets(t *testing.T) {
	file := fileOf(t, []byte("data"))
	senders := map[string]struct {
		text string
		send func(*socket.Socket) error
	}{
		"Send":     {"send: ", func(s *socket.Socket) error { return second(s.Send([]byte("x"))) }},
		"SendAll":  {"sendall: ", func(s *socket.Socket) error { return s.SendAll([]byte("x")) }},
		"Write":    {"write: ", func(s *socket.Socket) error { return second(s.Write([]byte("x"))) }},
		"SendMsg":  {"sendmsg: ", func(s *socket.Socket) error { return second(s.SendMsg([][]byte{{1}}, nil, nil)) }},
		"SendFile": {"sendfile: ", func(s *socket.Socket) error { return second(s.SendFile(file, 0, -1)) }},
	}
	for name, sender := range senders {
		for _, waits := range []bool{false, true} {
			s, peer := tcpConns(t)
			var ended <-chan error
			if waits {
				ended = start(func() error { return second(s.Recv(1)) })
				waitParked(t, 1)
			}
			must(t, peer.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, lingerBytes(1, 0)))
			must(t, peer.Close())
			if !waits {
				ended = start(func() error { return second(s.Recv(1)) })
			}
			wantRefused(t, within(t, ended), "recv: ", unix.ECONNRESET)
			for range 2 {
				wantRefused(t, sender.send(s), sender.text, unix.EPIPE)
				if data, err := s.Recv(1); len(data) != 0 || err != nil {
					t.Errorf("%s: Recv after the reset = %q, %v, want the end of the stream", name, data, err)
				}
			}
			must(t, s.Close())
		}
	}
}

// TestHalfClosed: each direction of a stream ends by itself.
func TestHalfClosed(t *testing.T) {
	pairs := map[string]func(testing.TB) (a, b *socket.Socket){
		"TCP":     tcpConns,
		"AF_UNIX": func(t testing.TB) (a, b *socket.Socket) { return streamPair(t) },
	}
	for name, pair := range pairs {
		t.Run(name, func(t *testing.T) {
			a, b := pair(t)
			must(t, a.SendAll([]byte("data")))
			must(t, a.Shutdown(socket.SHUT_WR))
			wantRefused(t, a.SendAll([]byte("x")), "sendall: ", unix.EPIPE)
			must(t, wantData(b.Recv(4)))
			for range 3 {
				if data, err := b.Recv(4); len(data) != 0 || err != nil {
					t.Errorf("Recv = %q, %v, want the end of the stream, again and again", data, err)
				}
			}
			for range 3 {
				must(t, b.SendAll([]byte("data")))
				must(t, wantData(a.Recv(4, socket.MSG_WAITALL)))
			}
			must(t, b.Shutdown(socket.SHUT_WR))
			if data, err := a.Recv(4); len(data) != 0 || err != nil {
				t.Errorf("Recv = %q, %v, want the end of the stream", data, err)
			}
			must(t, a.Close())
			must(t, b.Close())
		})
	}
}
