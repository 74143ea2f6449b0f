//go:build unix && !aix && !race && !socket_fallback

package socket_test

import (
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The calls that a server makes per message allocate nothing, with and without a
// timeout, and also when they have to wait. (The race detector allocates.)
func TestAllocations(t *testing.T) {
	buf := make([]byte, 64)
	for _, timeout := range []time.Duration{socket.NoTimeout, time.Minute, 0} {
		t.Run(timeout.String(), func(t *testing.T) {
			a, b := tcpConns(t)
			u, addr := udpSocket(t)
			d, e := streamPair(t, socket.SOCK_DGRAM)
			for _, s := range []*socket.Socket{a, b, u, d, e} {
				must(t, s.SetTimeout(timeout))
			}
			come := func(*socket.Socket) {} // returns when what was sent is there
			if timeout == 0 {
				come = func(s *socket.Socket) { waitFor(t, s, unix.POLLIN) }
			}
			calls := map[string]func(){
				"Send and RecvInto": func() { a.Send(buf); come(b); b.RecvInto(buf) },
				"with a flag": func() {
					a.Send(buf, socket.MSG_DONTWAIT)
					waitFor(t, b, unix.POLLIN)
					b.RecvInto(buf, socket.MSG_DONTWAIT)
				},
				"SendAll and RecvInto": func() { a.SendAll(buf); come(b); b.RecvInto(buf) },
				"SendTo and RecvFromInto, UDP": func() {
					u.SendTo(buf, addr)
					come(u)
					u.RecvFromInto(buf)
				},
				"Send and RecvFromInto, no address": func() { d.Send(buf); e.RecvFromInto(buf) },
				"MSG_PEEK":                          func() { a.Send(buf); come(b); b.RecvInto(buf, socket.MSG_PEEK); b.RecvInto(buf) },
				"MSG_WAITALL":                       func() { a.Send(buf); come(b); b.RecvInto(buf, socket.MSG_WAITALL) },
			}
			for name, call := range calls {
				if n := testing.AllocsPerRun(500, call); n != 0 {
					t.Errorf("%s: %v allocations, want 0", name, n)
				}
			}
			// The result is one, and no more than that, however much was asked for.
			for _, size := range []int{4096, 64 << 10, 1 << 20} {
				if n := testing.AllocsPerRun(500, func() { a.Send(buf); come(b); b.Recv(size) }); n != 1 {
					t.Errorf("Recv(%d): %v allocations, want 1", size, n)
				}
			}
		})
	}
}

// TestAllocationsWaiting lets two goroutines play ball: each has to wait for the
// other, since testing.AllocsPerRun runs them on one processor.
func TestAllocationsWaiting(t *testing.T) {
	kinds := map[string]func(t testing.TB) (a, b *socket.Socket){
		"TCP":            tcpConns,
		"AF_UNIX stream": func(t testing.TB) (a, b *socket.Socket) { return streamPair(t) },
		"UDP": func(t testing.TB) (a, b *socket.Socket) {
			a, aAddr := udpSocket(t)
			b, bAddr := udpSocket(t)
			must(t, a.Connect(bAddr))
			must(t, b.Connect(aAddr))
			return a, b
		},
	}
	for name, kind := range kinds {
		for _, timeout := range []time.Duration{socket.NoTimeout, time.Minute} {
			t.Run(name+" "+timeout.String(), func(t *testing.T) {
				a, b := kind(t)
				must(t, a.SetTimeout(timeout))
				must(t, b.SetTimeout(timeout))
				ended := start(func() error {
					for buf := make([]byte, 64); ; {
						n, _, err := b.RecvFromInto(buf)
						if err != nil || n == 1 {
							return err
						}
						if err := b.SendAll(buf[:n]); err != nil {
							return err
						}
					}
				})
				buf := make([]byte, 64)
				n := testing.AllocsPerRun(500, func() {
					a.Send(buf)
					if _, err := a.RecvInto(buf); err != nil {
						t.Error(err)
					}
				})
				if n != 0 {
					t.Errorf("%v allocations for each round, want 0", n)
				}
				must(t, a.SendAll(buf[:1]))
				must(t, within(t, ended))
			})
		}
	}
}
