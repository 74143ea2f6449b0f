//go:build unix && !aix

package socket_test

import (
	"path/filepath"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// Others can clear O_NONBLOCK of an open file: SetInheritable does for the sake
// of child processes, and whoever has a duplicate may. No call may block its
// thread then, or Close would wait for it.

// unblockers are ways in which O_NONBLOCK comes to be cleared.
var unblockers = map[string]func(t *testing.T, s *socket.Socket){
	"inheritable": func(t *testing.T, s *socket.Socket) { must(t, s.SetInheritable(true)) },
	"duplicate": func(t *testing.T, s *socket.Socket) {
		dup, err := s.Dup()
		must(t, err)
		n, err := dup.Detach()
		must(t, err)
		t.Cleanup(func() { unix.Close(n) })
	},
	"number": func(t *testing.T, s *socket.Socket) { must(t, unix.SetNonblock(s.Fileno(), false)) },
}

func TestBlockingModeBlocksNoThread(t *testing.T) {
	calls := map[string]func(t *testing.T) (s *socket.Socket, call func() error){
		"Accept": func(t *testing.T) (*socket.Socket, func() error) {
			l, _ := listener(t)
			return l, func() error { _, _, err := l.Accept(); return err }
		},
		"Recv": func(t *testing.T) (*socket.Socket, func() error) {
			a, _ := streamPair(t)
			return a, func() error { _, err := a.Recv(1); return err }
		},
		"SendAll": func(t *testing.T) (*socket.Socket, func() error) {
			a, _ := streamPair(t)
			return a, func() error { return a.SendAll(make([]byte, 8<<20)) }
		},
		"RecvMsg": func(t *testing.T) (*socket.Socket, func() error) {
			a, _ := streamPair(t)
			return a, func() error { _, _, _, _, err := a.RecvMsg(1, 100); return err }
		},
		"SendMsg": func(t *testing.T) (*socket.Socket, func() error) {
			a, _ := streamPair(t)
			return a, func() error { _, err := a.SendMsg([][]byte{make([]byte, 8<<20)}, nil, nil); return err }
		},
		"SendFile": func(t *testing.T) (*socket.Socket, func() error) {
			a, _ := streamPair(t)
			file := fileOf(t, make([]byte, 8<<20))
			return a, func() error { _, err := a.SendFile(file, 0, -1); return err }
		},
		"Connect to a full queue": func(t *testing.T) (*socket.Socket, func() error) {
			addr := fullListener(t)
			s := sock(t, socket.AF_UNIX)
			return s, func() error { return s.Connect(addr) }
		},
		"SendTo a full queue": func(t *testing.T) (*socket.Socket, func() error) {
			addr := fullDatagramSocket(t)
			s := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM)
			return s, func() error { _, err := s.SendTo([]byte("x"), addr); return err }
		},
	}
	for name, prepare := range calls {
		for how, unblock := range unblockers {
			t.Run(name+"/"+how, func(t *testing.T) {
				s, call := prepare(t)
				unblock(t, s)
				ended := start(call)
				waitParked(t, 1)
				must(t, within(t, start(s.Close)))
				wantClosed(t, within(t, ended))
			})
		}
	}
}

// TestAcceptInBlockingModeByMany has more goroutines in Accept than there are
// connections, again and again, so that several see the same one come.
func TestAcceptInBlockingModeByMany(t *testing.T) {
	l, addr := listener(t)
	must(t, l.SetInheritable(true))
	ended := make(chan error, 8)
	accepted := make(chan struct{}, 200)
	for range cap(ended) {
		go func() {
			for {
				s, _, err := l.Accept()
				if err != nil {
					ended <- err
					return
				}
				s.Close()
				accepted <- struct{}{}
			}
		}()
	}
	for range cap(accepted) {
		s, err := socket.CreateConnection(addr)
		must(t, err)
		s.Close()
		within(t, accepted)
	}
	must(t, within(t, start(l.Close)))
	for range cap(ended) {
		wantClosed(t, within(t, ended))
	}
}

// fullListener returns the address of an AF_UNIX listener whose queue is full.
func fullListener(t testing.TB) socket.Address {
	t.Helper()
	l := sock(t, socket.AF_UNIX)
	addr := socket.UnixAddr(filepath.Join(t.TempDir(), "l"))
	must(t, l.Bind(addr))
	must(t, l.Listen(0))
	must(t, sock(t, socket.AF_UNIX).Connect(addr))
	return addr
}

// fullDatagramSocket returns the address of an AF_UNIX datagram socket that takes
// no more.
func fullDatagramSocket(t testing.TB) socket.Address {
	t.Helper()
	s := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM)
	addr := socket.UnixAddr(filepath.Join(t.TempDir(), "d"))
	must(t, s.Bind(addr))
	from := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM)
	must(t, from.SetBlocking(false))
	for {
		if _, err := from.SendTo([]byte("x"), addr); err != nil {
			return addr
		}
	}
}

// TestAdoptedInheritable: a program that inherits an adopted descriptor finds it
// in the mode that GetTimeout says, as one that inherits by SetInheritable does.
func TestAdoptedInheritable(t *testing.T) {
	a, b := streamPair(t)
	must(t, a.SetInheritable(true))
	n, err := a.Detach()
	must(t, err)
	s := sock(t, socket.Fileno(n))
	for _, timeout := range []time.Duration{socket.NoTimeout, time.Minute, 0, socket.NoTimeout} {
		must(t, s.SetTimeout(timeout))
		flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFL, 0)
		must(t, err)
		if blocking := flags&unix.O_NONBLOCK == 0; blocking != (timeout == socket.NoTimeout) {
			t.Errorf("timeout %v: the descriptor is blocking: %v", timeout, blocking)
		}
	}
	if on, err := s.GetInheritable(); !on || err != nil {
		t.Errorf("GetInheritable = %v, %v; want true", on, err)
	}
	received := start(func() error { _, err := s.Recv(1); return err })
	waitParked(t, 1)
	must(t, b.SendAll([]byte("x")))
	must(t, within(t, received))
}

// TestInheritableModeFollowsTimeout sets the timeout and inheritance at the same
// time: in the end the mode is that of the timeout, whichever came last.
func TestInheritableModeFollowsTimeout(t *testing.T) {
	s := sock(t)
	for range 500 {
		must(t, s.SetInheritable(false))
		must(t, s.SetTimeout(time.Second))
		done := make(chan error, 2)
		go func() { done <- s.SetInheritable(true) }()
		go func() { done <- s.SetTimeout(socket.NoTimeout) }()
		for range cap(done) {
			must(t, <-done)
		}
		flags, err := unix.FcntlInt(uintptr(s.Fileno()), unix.F_GETFL, 0)
		must(t, err)
		if flags&unix.O_NONBLOCK != 0 {
			t.Fatal("O_NONBLOCK is set on an inheritable socket without a timeout")
		}
	}
}
