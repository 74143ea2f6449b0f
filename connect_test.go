//go:build linux

package socket_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// deafListener returns a listener whose queue is full: Linux drops further
// attempts, so that a connect to it stays in progress until the listener closes
// and the client, at its next try about a second later, is refused.
func deafListener(t *testing.T) (*socket.Socket, socket.Address) {
	t.Helper()
	l, holder := sock(t), sock(t)
	for _, s := range []*socket.Socket{holder, l} {
		must(t, s.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
	}
	// Nobody else gets the port when the listener has closed.
	must(t, holder.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err := holder.GetSockName()
	must(t, err)
	must(t, l.Bind(addr))
	must(t, l.Listen(0))
	for range 4 {
		s := sock(t)
		must(t, s.SetTimeout(50*time.Millisecond))
		if err := s.Connect(addr); errors.Is(err, socket.ErrTimeout) {
			return l, addr
		}
	}
	t.Skip("the listener's queue doesn't fill up: needs net.ipv4.tcp_syncookies other than 2 and tcp_abort_on_overflow 0")
	return nil, nil
}

// wantErrno checks that ConnectEx answers errno.
func wantErrno(t *testing.T, s *socket.Socket, addr socket.Address, want unix.Errno) {
	t.Helper()
	got, err := s.ConnectEx(addr)
	if got != want || err != nil {
		t.Errorf("ConnectEx: got %d (%v), %v, want %d (%v)", int(got), got, err, int(want), want)
	}
}

func TestConnectStates(t *testing.T) {
	l, addr := listener(t)
	t.Run("connected", func(t *testing.T) {
		s := sock(t)
		wantErrno(t, s, addr, 0)
		wantErrno(t, s, addr, unix.EISCONN)
	})
	t.Run("refused, and again", func(t *testing.T) {
		refusing := unusedPort(t)
		s := sock(t)
		for range 3 {
			wantErrno(t, s, refusing, unix.ECONNREFUSED)
		}
		wantErrno(t, s, addr, 0)
	})
	t.Run("refused with a timeout", func(t *testing.T) {
		s := sock(t)
		must(t, s.SetTimeout(patience))
		wantErrno(t, s, unusedPort(t), unix.ECONNREFUSED)
	})
	t.Run("non-blocking", func(t *testing.T) {
		s := sock(t)
		must(t, s.SetBlocking(false))
		wantErrno(t, s, addr, unix.EINPROGRESS)
		conn, _, err := l.Accept() // the listener has more, of other tests
		must(t, err)
		conn.Close()
	})
	t.Run("in progress", func(t *testing.T) {
		_, deaf := deafListener(t)
		s := sock(t)
		must(t, s.SetTimeout(10*time.Millisecond))
		wantErrno(t, s, deaf, unix.EAGAIN)
		wantErrno(t, s, deaf, unix.EALREADY)
		if err := s.Connect(deaf); !errors.Is(err, socket.ErrBlockingIO) {
			t.Errorf("got error %v, want ErrBlockingIO (EALREADY)", err)
		}
		must(t, s.SetBlocking(false))
		wantErrno(t, s, deaf, unix.EALREADY)
	})
	t.Run("SO_SNDTIMEO", func(t *testing.T) {
		_, deaf := deafListener(t)
		s := sock(t)
		setKernelTimeout(t, s, socket.SO_SNDTIMEO, 10*time.Millisecond)
		wantErrno(t, s, deaf, unix.EINPROGRESS)
	})
}

// TestConnectTimesOutThenConnects: after a timeout the kernel goes on trying, and a
// blocking Connect waits for what comes of it.
func TestConnectTimesOutThenConnects(t *testing.T) {
	l, deaf := deafListener(t)
	s := sock(t)
	must(t, s.SetTimeout(10*time.Millisecond))
	wantErrno(t, s, deaf, unix.EAGAIN)
	must(t, s.SetBlocking(true))
	connected := start(func() error { return s.Connect(deaf) })
	waitParked(t, 1)
	var conns []*socket.Socket
	ended := start(func() error {
		for {
			conn, _, err := l.Accept() // others may come first
			if err != nil {
				return err
			}
			conns = append(conns, conn)
		}
	})
	must(t, within(t, connected))
	must(t, s.SendAll([]byte("x")))
	must(t, l.Close())
	wantClosed(t, within(t, ended))
	for _, conn := range conns {
		must(t, conn.Close())
	}
}

// TestConnectByTwo: two goroutines wait for one connect, which is refused. SO_ERROR
// tells it to one of them; the other mustn't take that for success.
func TestConnectByTwo(t *testing.T) {
	l, deaf := deafListener(t)
	s := sock(t)
	errs := make(chan error, 2)
	for range cap(errs) {
		go func() { errs <- s.Connect(deaf) }()
	}
	waitParked(t, cap(errs))
	must(t, l.Close())
	refused := 0
	for range cap(errs) {
		err := within(t, errs)
		if !errors.Is(err, socket.ErrConnection) {
			t.Errorf("got error %v, want ErrConnectionRefused or ErrConnectionAborted", err)
		}
		if errors.Is(err, socket.ErrConnectionRefused) {
			refused++
		}
	}
	if refused == 0 {
		t.Error("nobody was told that the connection was refused")
	}
	_, addr := listener(t)
	wantErrno(t, s, addr, 0)
}

func TestCloseDuringConnect(t *testing.T) {
	_, deaf := deafListener(t)
	targets := map[string]struct {
		addr socket.Address
		args []socket.Arg
	}{
		"TCP in progress":    {deaf, []socket.Arg{socket.AF_INET}},
		"AF_UNIX full queue": {fullListener(t), []socket.Arg{socket.AF_UNIX}},
	}
	for name, target := range targets {
		for _, timeout := range []time.Duration{socket.NoTimeout, time.Hour} {
			t.Run(name+" "+timeout.String(), func(t *testing.T) {
				s := sock(t, target.args...)
				must(t, s.SetTimeout(timeout))
				ended := start(func() error { return s.Connect(target.addr) })
				waitParked(t, 1)
				must(t, s.Close())
				wantClosed(t, within(t, ended))
			})
		}
	}
}

// TestConnectToFullQueue: a connect to an AF_UNIX listener waits for room in its
// queue.
func TestConnectToFullQueue(t *testing.T) {
	addr := fullListener(t)
	t.Run("timeout", func(t *testing.T) {
		s := sock(t, socket.AF_UNIX)
		must(t, s.SetTimeout(5*time.Millisecond))
		for range 3 {
			if err := s.Connect(addr); !errors.Is(err, socket.ErrTimeout) {
				t.Errorf("got error %v, want ErrTimeout", err)
			}
		}
	})
	t.Run("non-blocking", func(t *testing.T) {
		s := sock(t, socket.AF_UNIX)
		must(t, s.SetBlocking(false))
		wantErrno(t, s, addr, unix.EAGAIN)
	})
	t.Run("room", func(t *testing.T) {
		l := sock(t, socket.AF_UNIX)
		addr := socket.UnixAddr(t.TempDir() + "/l")
		must(t, l.Bind(addr))
		must(t, l.Listen(0))
		must(t, sock(t, socket.AF_UNIX).Connect(addr))
		s := sock(t, socket.AF_UNIX)
		connected := start(func() error { return s.Connect(addr) })
		waitParked(t, 1)
		conn, _, err := l.Accept()
		must(t, err)
		conn.Close()
		must(t, within(t, connected))
	})
}

// TestConnectAfterRegistering: the poller reports an unconnected TCP socket as hung up,
// which must not end a connect that begins after it was registered.
func TestConnectAfterRegistering(t *testing.T) {
	l, addr := listener(t)
	for range 50 {
		s := sock(t)
		if _, err := s.Recv(1); !errors.Is(err, unix.ENOTCONN) {
			t.Fatalf("Recv: got error %v, want ENOTCONN", err)
		}
		if _, err := s.Send([]byte("x")); !errors.Is(err, socket.ErrBrokenPipe) {
			t.Fatalf("Send: got error %v, want ErrBrokenPipe", err)
		}
		must(t, s.SetTimeout(patience))
		must(t, s.Connect(addr))
		conn, _, err := l.Accept()
		must(t, err)
		must(t, conn.SendAll([]byte("x")))
		_, err = s.Recv(1)
		must(t, err)
		conn.Close()
		s.Close()
	}
}

// TestShutdownEndsConnect: shutdown(2) gives up a connect that is in progress.
func TestShutdownEndsConnect(t *testing.T) {
	_, deaf := deafListener(t)
	for _, timeout := range []time.Duration{socket.NoTimeout, time.Hour} {
		for _, how := range []int{socket.SHUT_RD, socket.SHUT_RDWR} {
			s := sock(t)
			must(t, s.SetTimeout(timeout))
			ended := start(func() error { return s.Connect(deaf) })
			waitParked(t, 1)
			must(t, s.Shutdown(how))
			if err := within(t, ended); !errors.Is(err, unix.ECONNRESET) {
				t.Errorf("timeout %v: got error %v, want ECONNRESET", timeout, err)
			}
		}
	}
}

// TestShutdownRacesConnect: a Shutdown that ended a connect in progress ended it for
// good; Connect doesn't begin another.
func TestShutdownRacesConnect(t *testing.T) {
	_, deaf := deafListener(t)
	for i := range 300 {
		s := sock(t)
		ended := start(func() error { return s.Connect(deaf) })
		shut := start(func() error {
			for range i % 50 {
				s.Family() // a little later each time
				runtime.Gosched()
			}
			for {
				if err := s.Shutdown(socket.SHUT_RD); !errors.Is(err, unix.ENOTCONN) {
					return err
				}
				runtime.Gosched()
			}
		})
		must(t, within(t, shut))
		if err := within(t, ended); !errors.Is(err, unix.ECONNRESET) && !errors.Is(err, socket.ErrConnectionAborted) {
			t.Errorf("got error %v, want ECONNRESET or ErrConnectionAborted", err)
		}
		s.Close()
	}
}

// TestConnectsRace: of two that connect one socket at the same time, both are told
// what came of it, and there is one connection.
func TestConnectsRace(t *testing.T) {
	l, addr := listener(t)
	refusing := unusedPort(t)
	must(t, l.SetBlocking(false))
	for range 200 {
		s := sock(t)
		one := start(func() error { return s.Connect(addr) })
		two := start(func() error { return s.Connect(addr) })
		connected := 0
		for _, ended := range []<-chan error{one, two} {
			if err := within(t, ended); err == nil {
				connected++
			} else if !errors.Is(err, unix.EISCONN) {
				t.Errorf("got error %v, want none or EISCONN", err)
			}
		}
		if connected == 0 {
			t.Error("nobody was told that the socket is connected")
		}
		waitFor(t, l, unix.POLLIN)
		conn, _, err := l.Accept()
		must(t, err)
		conn.Close()
		if conn, _, err = l.Accept(); !errors.Is(err, socket.ErrBlockingIO) {
			t.Fatalf("a second connection, or its error: %v, %v", conn, err)
		}
		s.Close()

		s = sock(t)
		one = start(func() error { return s.Connect(refusing) })
		two = start(func() error { return s.Connect(refusing) })
		for _, ended := range []<-chan error{one, two} {
			if err := within(t, ended); !errors.Is(err, socket.ErrConnectionRefused) && !errors.Is(err, socket.ErrConnectionAborted) {
				t.Errorf("got error %v, want ErrConnectionRefused or ErrConnectionAborted", err)
			}
		}
		s.Close()
	}
}

// TestConnectAfterTheDeadline: a Connect whose deadline has passed doesn't begin, also
// where it would be done at once.
func TestConnectAfterTheDeadline(t *testing.T) {
	_, addr := listener(t)
	l := sock(t, socket.AF_UNIX)
	path := socket.UnixAddr(t.TempDir() + "/s")
	must(t, l.Bind(path))
	must(t, l.Listen())
	for name, tt := range map[string]struct {
		s    *socket.Socket
		addr socket.Address
	}{
		"TCP":         {sock(t), addr},
		"UDP":         {sock(t, socket.SOCK_DGRAM), addr},
		"AF_UNIX":     {sock(t, socket.AF_UNIX), path},
		"no blocking": {sock(t, socket.SOCK_NONBLOCK|socket.SOCK_STREAM), addr},
	} {
		t.Run(name, func(t *testing.T) {
			must(t, tt.s.SetDeadline(time.Now().Add(-time.Second)))
			if err := tt.s.Connect(tt.addr); !errors.Is(err, socket.ErrTimeout) {
				t.Errorf("got error %v, want ErrTimeout", err)
			}
			must(t, tt.s.SetDeadline(time.Time{}))
			if _, err := tt.s.GetPeerName(); err == nil {
				t.Error("it is connected")
			}
			must(t, tt.s.SetTimeout(time.Minute))
			must(t, tt.s.Connect(tt.addr))
		})
	}
}
