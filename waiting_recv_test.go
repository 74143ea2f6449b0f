//go:build unix && !aix

package socket_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
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

// A listener has nothing to receive and says so, also when poll(2) would be asked
// first because the call before had to wait.
func TestRecvFromAListener(t *testing.T) {
	tcp, _ := listener(t)
	local := sock(t, socket.AF_UNIX)
	must(t, local.Bind(socket.UnixAddr(t.TempDir()+"/s")))
	must(t, local.Listen())
	for _, tt := range []struct {
		name string
		l    *socket.Socket
		want unix.Errno
	}{{"TCP", tcp, unix.ENOTCONN}, {"AF_UNIX", local, unix.EINVAL}} {
		t.Run(tt.name, func(t *testing.T) {
			must(t, tt.l.SetTimeout(time.Millisecond))
			if _, _, err := tt.l.Accept(); !errors.Is(err, socket.ErrTimeout) {
				t.Fatalf("Accept answers %v, want a timeout", err)
			}
			must(t, tt.l.SetTimeout(time.Minute))
			if _, err := tt.l.Recv(1); !errors.Is(err, tt.want) {
				t.Errorf("Recv answers %v, want %v", err, tt.want)
			}
		})
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
