//go:build unix && !aix

package socket_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// waitingCalls are all calls that can wait, each on a socket on which it does.
// comes makes what the call waits for happen. Those that send do so over AF_UNIX:
// a TCP connection that is full may take more a moment later, when the kernel
// gets round to moving what it has (TestSendAllOverTCP).
var waitingCalls = map[string]func(t testing.TB) (s *socket.Socket, call func(flags ...socket.MsgFlag) error, comes func() error){
	"Recv": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		a, b := streamPair(t)
		return a, func(f ...socket.MsgFlag) error { _, err := a.Recv(1, f...); return err }, sender(b)
	},
	"RecvInto": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		a, b := tcpConns(t)
		return a, func(f ...socket.MsgFlag) error { _, err := a.RecvInto(make([]byte, 1), f...); return err }, sender(b)
	},
	"RecvFrom": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		a, addr := udpSocket(t)
		b := sock(t, socket.SOCK_DGRAM)
		must(t, b.Connect(addr))
		return a, func(f ...socket.MsgFlag) error { _, _, err := a.RecvFrom(1, f...); return err }, sender(b)
	},
	"RecvFromInto": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		a, b := streamPair(t, socket.SOCK_DGRAM)
		return a, func(f ...socket.MsgFlag) error { _, _, err := a.RecvFromInto(make([]byte, 1), f...); return err }, sender(b)
	},
	"Accept": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		l, addr := listener(t)
		return l, func(...socket.MsgFlag) error {
				s, _, err := l.Accept()
				if err == nil {
					err = s.Close()
				}
				return err
			}, func() error {
				s, err := socket.CreateConnection(addr)
				if err == nil {
					t.Cleanup(func() { s.Close() })
				}
				return err
			}
	},
	"Send": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		a, b := streamPair(t)
		fill(t, a)
		return a, func(f ...socket.MsgFlag) error { _, err := a.Send([]byte("x"), f...); return err }, drainer(b)
	},
	"SendAll": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		a, b := streamPair(t)
		fill(t, a)
		return a, func(f ...socket.MsgFlag) error { return a.SendAll([]byte("x"), f...) }, drainer(b)
	},
	"SendTo": func(t testing.TB) (*socket.Socket, func(...socket.MsgFlag) error, func() error) {
		b := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM)
		addr := socket.UnixAddr(t.TempDir() + "/d")
		must(t, b.Bind(addr))
		a := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM)
		send := func(f ...socket.MsgFlag) error { _, err := a.SendTo([]byte("x"), addr, f...); return err }
		for send(socket.MSG_DONTWAIT) == nil {
		}
		return a, send, drainer(b)
	},
}

// sender sends a byte.
func sender(s *socket.Socket) func() error {
	return func() error { return s.SendAll([]byte("x")) }
}

// drainer receives all that is there, however fast more comes.
func drainer(s *socket.Socket) func() error {
	return func() error {
		for range 2000 {
			if _, err := s.Recv(1<<16, socket.MSG_DONTWAIT); err != nil {
				if errors.Is(err, socket.ErrBlockingIO) {
					return nil
				}
				return err
			}
		}
		return nil
	}
}

// TestWaitingCalls puts every call that can wait into every situation.
func TestWaitingCalls(t *testing.T) {
	for name, prepare := range waitingCalls {
		t.Run(name, func(t *testing.T) {
			t.Run("there already", func(t *testing.T) {
				for _, timeout := range []time.Duration{socket.NoTimeout, 0, time.Microsecond, time.Hour} {
					s, call, comes := prepare(t)
					must(t, comes())
					if strings.HasPrefix(name, "Send") {
						waitFor(t, s, unix.POLLOUT)
					} else {
						waitFor(t, s, unix.POLLIN)
					}
					must(t, s.SetTimeout(timeout))
					if err := call(); err != nil {
						t.Errorf("timeout %v: %v", timeout, err)
					}
				}
			})
			t.Run("comes later", func(t *testing.T) {
				for _, timeout := range []time.Duration{socket.NoTimeout, time.Hour} {
					s, call, comes := prepare(t)
					must(t, s.SetTimeout(timeout))
					ended := start(func() error { return call() })
					waitParked(t, 1)
					must(t, comes())
					if err := within(t, ended); err != nil {
						t.Errorf("timeout %v: %v", timeout, err)
					}
				}
			})
			t.Run("timeout, and then again", func(t *testing.T) {
				s, call, comes := prepare(t)
				for _, timeout := range []time.Duration{10 * time.Millisecond, time.Microsecond, 10 * time.Millisecond} {
					must(t, s.SetTimeout(timeout))
					begin := time.Now()
					err := call()
					took := time.Since(begin)
					if !errors.Is(err, socket.ErrTimeout) || !errors.Is(err, os.ErrDeadlineExceeded) {
						t.Errorf("got error %v, want ErrTimeout", err)
					}
					if took < timeout {
						t.Errorf("it took %v, less than the timeout of %v", took, timeout)
					}
				}
				must(t, s.SetTimeout(socket.NoTimeout))
				ended := start(func() error { return call() })
				waitParked(t, 1)
				must(t, comes())
				must(t, within(t, ended))
			})
			t.Run("doesn't wait", func(t *testing.T) {
				s, call, _ := prepare(t)
				if name != "Accept" {
					for _, timeout := range []time.Duration{socket.NoTimeout, time.Hour, 0} {
						must(t, s.SetTimeout(timeout))
						if err := call(socket.MSG_DONTWAIT); !errors.Is(err, unix.EAGAIN) {
							t.Errorf("MSG_DONTWAIT: got error %v, want EAGAIN", err)
						}
					}
				}
				must(t, s.SetBlocking(false))
				if err := call(); !errors.Is(err, unix.EAGAIN) || !errors.Is(err, socket.ErrBlockingIO) {
					t.Errorf("timeout 0: got error %v, want EAGAIN", err)
				}
			})
			t.Run("Close and Detach end it", func(t *testing.T) {
				for _, timeout := range []time.Duration{socket.NoTimeout, time.Hour} {
					for _, detach := range []bool{false, true} {
						s, call, _ := prepare(t)
						must(t, s.SetTimeout(timeout))
						const many = 3
						ended := make(chan error, many)
						for range many {
							go func() { ended <- call() }()
						}
						waitParked(t, many)
						if detach {
							n, err := s.Detach()
							must(t, err)
							must(t, socket.CloseFd(n))
						} else {
							must(t, s.Close())
						}
						for range many {
							wantClosed(t, within(t, ended))
						}
						wantClosed(t, call())
						must(t, s.Close())
					}
				}
			})
			t.Run("many at a time", func(t *testing.T) {
				s, call, comes := prepare(t)
				must(t, s.SetTimeout(time.Hour))
				const many = 10
				ended := make(chan error, many)
				for range many {
					go func() { ended <- call() }()
				}
				waitParked(t, many)
				for range many {
					must(t, comes())
				}
				for range many {
					must(t, within(t, ended))
				}
			})
		})
	}
}

// TestSendAllOverTCP sends more than fits into the buffers of both sides, so that
// SendAll waits however fast the kernel moves what they hold.
func TestSendAllOverTCP(t *testing.T) {
	const size = 8 << 20
	conns := func(t *testing.T) (a, b *socket.Socket) {
		a, b = tcpConns(t)
		must(t, a.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64<<10))
		must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64<<10))
		return a, b
	}
	t.Run("timeout, and then again", func(t *testing.T) {
		a, b := conns(t)
		must(t, a.SetTimeout(10*time.Millisecond))
		if err := a.SendAll(make([]byte, size)); !errors.Is(err, socket.ErrTimeout) {
			t.Errorf("got error %v, want ErrTimeout", err)
		}
		must(t, a.SetTimeout(socket.NoTimeout))
		sent := start(func() error { return a.SendAll(make([]byte, size)) })
		waitParked(t, 1)
		got := start(func() error {
			n, err := io.Copy(io.Discard, b)
			if err == nil && n < size {
				err = fmt.Errorf("only %d bytes arrived", n)
			}
			return err
		})
		must(t, within(t, sent))
		must(t, a.Shutdown(socket.SHUT_WR))
		must(t, within(t, got))
	})
	t.Run("Close", func(t *testing.T) {
		a, _ := conns(t)
		sent := start(func() error { return a.SendAll(make([]byte, size)) })
		waitParked(t, 1)
		must(t, a.Close())
		wantClosed(t, within(t, sent))
	})
}

// TestManyBlockedInRecv: 10,000 goroutines in Recv hold no threads, and Close ends
// every one.
func TestManyBlockedInRecv(t *testing.T) {
	const each = 10 // on one socket; the others on sockets of their own
	want := 10000
	if raceEnabled {
		want = 2000 // the race detector has a limit of goroutines, and is slow
	}
	if n := roomForDescriptors(t); n < want+200 {
		t.Logf("RLIMIT_NOFILE allows for %d sockets, not %d: run with `ulimit -n 20000`", n-200, want)
		want = n - 200
	}
	before, _ := threadCount()
	sockets := make([]*socket.Socket, 0, want)
	errs := make(chan error, want)
	for range want - each + 1 {
		// Without a port, of which there are some 28,000 for all that run.
		s, err := socket.New(socket.SOCK_DGRAM)
		must(t, err)
		defer s.Close()
		sockets = append(sockets, s)
	}
	for i := range want {
		s := sockets[max(0, i-each+1)]
		go func() {
			_, err := s.Recv(1)
			errs <- err
		}()
	}
	waitParked(t, want)
	// Besides one for each processor the runtime has some for system calls that took long.
	if threads, ok := threadCount(); ok && threads-before >= 50+runtime.GOMAXPROCS(0) {
		t.Errorf("%d threads, %d before, for %d goroutines in Recv", threads, before, want)
	}
	go func() {
		for _, s := range sockets {
			s.Close()
		}
	}()
	for range want {
		if err := within(t, errs); !errors.Is(err, net.ErrClosed) {
			t.Fatalf("got error %v, want net.ErrClosed", err)
		}
	}
}

// threadCount returns how many threads the process has.
func threadCount() (int, bool) {
	dir, err := os.ReadDir("/proc/self/task")
	return len(dir), err == nil
}

// roomForDescriptors raises the limit of open files and returns it.
func roomForDescriptors(t *testing.T) int {
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	limit.Cur = limit.Max
	if limit.Cur < 20000 {
		raised := unix.Rlimit{Cur: 20000, Max: 20000}
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &raised) == nil {
			return 20000
		}
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	return int(min(uint64(limit.Cur), 1<<20))
}

// TestDroppedSocketsAreClosed: the garbage collector closes what nobody closed,
// also when it has had to wait. So many that those that have keep no finalizer of
// the engine's in the end.
func TestDroppedSocketsAreClosed(t *testing.T) {
	count := func() int {
		dir, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc/self/fd here: run it on Linux")
		}
		return len(dir)
	}
	before := count()
	for range 200 {
		a, b, err := socket.SocketPair()
		must(t, err)
		must(t, a.SetTimeout(time.Microsecond))
		a.Recv(1)
		must(t, b.SendAll([]byte("x")))
	}
	for end := time.Now().Add(patience); count() > before+20; time.Sleep(time.Millisecond) {
		runtime.GC()
		if time.Now().After(end) {
			t.Fatalf("%d descriptors are open, %d were before", count(), before)
		}
	}
}

// TestDetachWithoutSpareDescriptor: a socket that has waited needs a second
// descriptor to leave the poller; where there is none it stays as it is.
func TestDetachWithoutSpareDescriptor(t *testing.T) {
	a, b := streamPair(t)
	must(t, a.SetTimeout(time.Millisecond))
	if _, err := a.Recv(1); !errors.Is(err, socket.ErrTimeout) {
		t.Fatalf("got error %v, want a timeout", err)
	}
	var old unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &old))
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1, Max: old.Max}))
	n, err := a.Detach()
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &old))
	if n != -1 || !errors.Is(err, unix.EMFILE) {
		t.Errorf("got %d and error %v, want -1 and EMFILE", n, err)
	}
	if err := b.SendAll([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if data, err := a.Recv(1); string(data) != "x" || err != nil {
		t.Errorf("after that: got %q and error %v", data, err)
	}
}
