//go:build unix && !aix

package socket_test

import (
	"errors"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// setKernelTimeout sets SO_RCVTIMEO or SO_SNDTIMEO.
func setKernelTimeout(t testing.TB, s *socket.Socket, opt int, d time.Duration) {
	t.Helper()
	tv := unix.NsecToTimeval(d.Nanoseconds())
	must(t, s.SetSockOptBytes(socket.SOL_SOCKET, opt, timevalBytes(tv)))
}

// setByNumber sets SO_RCVTIMEO of the socket's descriptor, past the Socket.
func setByNumber(t testing.TB, s *socket.Socket, d time.Duration) {
	t.Helper()
	tv := unix.NsecToTimeval(d.Nanoseconds())
	must(t, unix.SetsockoptTimeval(s.Fileno(), unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv))
}

// TestKernelTimeouts: a blocking socket honours SO_RCVTIMEO and SO_SNDTIMEO, and
// ends in EAGAIN, not in ErrTimeout.
func TestKernelTimeouts(t *testing.T) {
	const d = 20 * time.Millisecond
	tests := map[string]func(t *testing.T) func() error{
		"Recv": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			setKernelTimeout(t, a, socket.SO_RCVTIMEO, d)
			return func() error { _, err := a.Recv(1); return err }
		},
		"Recv of an accepted socket": func(t *testing.T) func() error {
			l, addr := listener(t)
			setKernelTimeout(t, l, socket.SO_RCVTIMEO, d)
			must(t, sock(t).Connect(addr))
			s, _, err := l.Accept()
			must(t, err)
			t.Cleanup(func() { s.Close() })
			return func() error { _, err := s.Recv(1); return err }
		},
		"Recv of a duplicate": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			setKernelTimeout(t, a, socket.SO_RCVTIMEO, d)
			b, err := a.Dup()
			must(t, err)
			t.Cleanup(func() { b.Close() })
			return func() error { _, err := b.Recv(1); return err }
		},
		"Recv of an adopted socket": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			setKernelTimeout(t, a, socket.SO_RCVTIMEO, d)
			n, err := a.Detach()
			must(t, err)
			b := sock(t, socket.Fileno(n))
			return func() error { _, err := b.Recv(1); return err }
		},
		"Recv of a socket that a duplicate set it on": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			b, err := a.Dup()
			must(t, err)
			setKernelTimeout(t, b, socket.SO_RCVTIMEO, d)
			must(t, b.Close())
			return func() error { _, err := a.Recv(1); return err }
		},
		"Recv of a socket that it was set on by number": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			setByNumber(t, a, d)
			return func() error { _, err := a.Recv(1); return err }
		},
		"Recv of an accepted socket, set by number": func(t *testing.T) func() error {
			l, addr := listener(t)
			setByNumber(t, l, d)
			must(t, sock(t).Connect(addr))
			s, _, err := l.Accept()
			must(t, err)
			t.Cleanup(func() { s.Close() })
			return func() error { _, err := s.Recv(1); return err }
		},
		"Accept": func(t *testing.T) func() error {
			l, _ := listener(t)
			setKernelTimeout(t, l, socket.SO_RCVTIMEO, d)
			return func() error { _, _, err := l.Accept(); return err }
		},
		"Send": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			fill(t, a)
			setKernelTimeout(t, a, socket.SO_SNDTIMEO, d)
			return func() error { _, err := a.Send([]byte("x")); return err }
		},
		"SendAll": func(t *testing.T) func() error {
			a, _ := streamPair(t)
			setKernelTimeout(t, a, socket.SO_SNDTIMEO, d)
			return func() error { return a.SendAll(make([]byte, 8<<20)) }
		},
		"Connect to a full queue": func(t *testing.T) func() error {
			addr := fullListener(t)
			s := sock(t, socket.AF_UNIX)
			setKernelTimeout(t, s, socket.SO_SNDTIMEO, d)
			return func() error { return s.Connect(addr) }
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			call := prepare(t)
			begin := time.Now()
			err := within(t, start(call))
			if !errors.Is(err, unix.EAGAIN) || errors.Is(err, socket.ErrTimeout) {
				t.Errorf("got error %v, want EAGAIN", err)
			}
			if took := time.Since(begin); took < d {
				t.Errorf("it took %v, less than the timeout of %v", took, d)
			}
		})
	}
}

// TestSendAllKernelTimeoutIsPerSend: SO_SNDTIMEO is for each send(2) of SendAll. A
// reader that is slower than it in the whole, but never silent for so long, gets
// everything.
func TestSendAllKernelTimeoutIsPerSend(t *testing.T) {
	const d = time.Second // within which the reader has its turn on a loaded machine too
	a, b := streamPair(t)
	must(t, a.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096))
	setKernelTimeout(t, a, socket.SO_SNDTIMEO, d)
	data := make([]byte, 64<<10)
	sent := start(func() error { return a.SendAll(data) })
	begin := time.Now()
	buf := make([]byte, 2048)
	for got := 0; got < len(data); {
		n, err := b.RecvInto(buf)
		must(t, err)
		if n == 0 {
			t.Fatal("end of stream")
		}
		got += n
		time.Sleep(d / 24) // the reader is slow; this waits for nobody
	}
	took := time.Since(begin)
	if err := within(t, sent); err != nil {
		t.Errorf("SendAll: %v after %v", err, took)
	}
	if took < d {
		t.Errorf("it took %v, which a timeout for the whole would allow too", took)
	}
}

// TestKernelTimeoutTakenBack: a call after SO_RCVTIMEO was reset waits on.
func TestKernelTimeoutTakenBack(t *testing.T) {
	a, b := streamPair(t)
	setKernelTimeout(t, a, socket.SO_RCVTIMEO, time.Millisecond)
	if _, err := a.Recv(1); !errors.Is(err, unix.EAGAIN) {
		t.Fatalf("got error %v, want EAGAIN", err)
	}
	setKernelTimeout(t, a, socket.SO_RCVTIMEO, 0)
	got := start(func() error { _, err := a.Recv(1); return err })
	waitParked(t, 1)
	must(t, b.SendAll([]byte("x")))
	must(t, within(t, got))
}

// TestSendAllTimeoutIsForTheWhole: a reader that goes on reading doesn't make
// SendAll's timeout longer.
func TestSendAllTimeoutIsForTheWhole(t *testing.T) {
	const d = 100 * time.Millisecond
	a, b := streamPair(t)
	must(t, a.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096))
	must(t, a.SetTimeout(d))
	begin := time.Now()
	sent := start(func() error { return a.SendAll(make([]byte, 1<<30)) })
	end := make(chan struct{})
	go func() {
		defer close(end)
		for buf := make([]byte, 2048); ; {
			if n, err := b.RecvInto(buf); n == 0 || err != nil {
				return
			}
			time.Sleep(d / 50) // slow on purpose
		}
	}()
	err := within(t, sent)
	took := time.Since(begin)
	a.Close()
	<-end
	if !errors.Is(err, socket.ErrTimeout) {
		t.Errorf("got error %v, want ErrTimeout", err)
	}
	if took < d {
		t.Errorf("it took %v, less than the timeout of %v", took, d)
	}
}

// TestLateDataIsDelivered: what has arrived is delivered although the timeout has
// passed by the time that anybody looks.
func TestLateDataIsDelivered(t *testing.T) {
	a, b := streamPair(t)
	must(t, a.SetTimeout(time.Microsecond)) // the shortest there is
	buf := make([]byte, 1)
	for range 2000 {
		must(t, b.SendAll([]byte("x")))
		if _, err := a.RecvInto(buf); err != nil {
			t.Fatalf("with data there: %v", err)
		}
	}
	for range 200 {
		if _, err := a.RecvInto(buf); !errors.Is(err, socket.ErrTimeout) {
			t.Fatalf("without data: got error %v, want ErrTimeout", err)
		}
	}
}

// TestTimeoutLeavesNothingBehind: a call that timed out has no effect on the next,
// whatever that one's timeout.
func TestTimeoutLeavesNothingBehind(t *testing.T) {
	timeouts := []time.Duration{socket.NoTimeout, 2 * time.Millisecond, 0, 10 * time.Second, time.Microsecond}
	a, b := streamPair(t)
	buf := make([]byte, 1)
	for _, first := range timeouts {
		for _, second := range timeouts {
			if first != socket.NoTimeout && first < time.Second {
				must(t, a.SetTimeout(first))
				_, err := a.RecvInto(buf)
				if first == 0 && !errors.Is(err, socket.ErrBlockingIO) || first != 0 && !errors.Is(err, socket.ErrTimeout) {
					t.Fatalf("timeout %v: got error %v", first, err)
				}
			}
			if second < time.Second {
				must(t, b.SendAll([]byte("x")))
				must(t, a.SetTimeout(second))
				_, err := a.RecvInto(buf)
				must(t, err)
				continue
			}
			must(t, a.SetTimeout(second))
			got := start(func() error { _, err := a.RecvInto(buf); return err })
			waitParked(t, 1)
			must(t, b.SendAll([]byte("x")))
			if err := within(t, got); err != nil {
				t.Fatalf("%v after %v: %v", second, first, err)
			}
		}
	}
}
