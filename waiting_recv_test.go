//go:build unix && !aix

package socket_test

import (
	"sync"
	"testing"
	"time"

	"example.com/socket"
)

// SO_RCVLOWAT makes poll(2) wait for more than what the call asks for. The call
// doesn't.
func TestRecvUnderTheLowWaterMark(t *testing.T) {
	a, b := tcpConns(t)
	must(t, b.SetTimeout(time.Minute))
	must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 100))
	for range 3 {
		go func() { a.SendAll(make([]byte, 150)) }()
		for _, size := range []int{120, 30} {
			if p, err := b.Recv(size); len(p) != size || err != nil {
				t.Fatalf("Recv(%d) = %d bytes, %v", size, len(p), err)
			}
		}
	}
}

// Several goroutines receive from one stream: each byte goes to one of them, and none
// waits while there are some.
func TestManyReceiveFromOneStream(t *testing.T) {
	const receivers, bytes = 8, 4000
	a, b := tcpConns(t)
	must(t, b.SetTimeout(time.Minute))
	var done sync.WaitGroup
	var mu sync.Mutex
	got := 0
	for range receivers {
		done.Go(func() {
			for {
				p, err := b.Recv(3)
				if err != nil {
					t.Error(err)
				}
				if len(p) == 0 {
					return
				}
				mu.Lock()
				got += len(p)
				mu.Unlock()
			}
		})
	}
	for range bytes {
		must(t, a.SendAll([]byte("x")))
	}
	must(t, a.Shutdown(socket.SHUT_WR))
	done.Wait()
	if got != bytes {
		t.Errorf("%d bytes arrived, want %d", got, bytes)
	}
}
