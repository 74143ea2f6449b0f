//go:build unix && amd64 && !race && !socket_fallback

package socket_test

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
)

// A goroutine begins with 2 KiB of stack. One that waits in a receive keeps to them,
// if its own functions leave it some hundred bytes: on a server with many idle
// connections this is half of what a connection takes. (The race detector's stacks
// are larger, and what a frame takes is a matter of the processor.)
func TestStackOfAGoroutineThatWaits(t *testing.T) {
	if debug := "adaptivestackstart=0"; os.Getenv("GODEBUG") != debug {
		// In a process of its own: goroutines begin with more where others, as in
		// these tests, have needed more (Go 1.19's release notes, Runtime). With few
		// processors, for each of which the runtime keeps some stacks.
		self := machine.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=2m")
		cmd := exec.Command(self[0], self[1:]...)
		cmd.Env = append(os.Environ(), "GODEBUG="+debug, "GOMAXPROCS=2")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	const n = 300
	for name, receive := range map[string]func(s *socket.Socket, buf []byte) (int, error){
		"RecvInto": func(s *socket.Socket, buf []byte) (int, error) { return s.RecvInto(buf) },
		"Recv": func(s *socket.Socket, buf []byte) (int, error) {
			p, err := s.Recv(len(buf))
			return copy(buf, p), err
		},
		"Read": func(s *socket.Socket, buf []byte) (int, error) { return s.Read(buf) },
	} {
		t.Run(name, func(t *testing.T) {
			var done sync.WaitGroup
			var all, other []*socket.Socket
			for range n {
				a, b := streamPair(t, socket.SOCK_STREAM)
				all, other = append(all, a), append(other, b)
			}
			runtime.GC() // frees the stacks of goroutines that have ended
			before := stackInUse()
			for _, s := range all {
				done.Go(func() { sendBack(s, receive) })
			}
			for range 2 { // the second time each has waited before
				for _, s := range other {
					must(t, s.SendAll([]byte("x")))
				}
				for _, s := range other {
					_, err := s.Recv(1)
					must(t, err)
				}
				waitParked(t, n)
			}
			if each := (stackInUse() - before) / n; each > 3<<10 {
				t.Errorf("%d bytes of stack for each goroutine, want about 2048", each)
			}
			for _, s := range other {
				s.Close()
			}
			done.Wait()
		})
	}
}

// sendBack sends back what it receives until there is no more.
func sendBack(s *socket.Socket, receive func(*socket.Socket, []byte) (int, error)) {
	buf := make([]byte, 8)
	for {
		n, err := receive(s, buf)
		if n == 0 || err != nil {
			return
		}
		s.SendAll(buf[:n])
	}
}

func stackInUse() int {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.StackInuse)
}
