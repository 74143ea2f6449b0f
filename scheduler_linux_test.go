package socket_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"example.com/socket"
)

// slowKernel is how long a call takes in TestUnderSlowKernel.
const slowKernel = 300 * time.Millisecond

// TestSlowKernelStopsNobody: what is sent to AF_NETLINK is carried out before the call
// returns, and may have to wait for others who change the network's configuration.
// The other goroutines go on meanwhile, on one processor too. strace makes the kernel
// slow.
func TestSlowKernelStopsNobody(t *testing.T) {
	strace(t, "TestUnderSlowKernel", "-e", "trace=sendto,sendmsg", "-e", "inject=sendto,sendmsg:delay_enter="+strconv.FormatInt(slowKernel.Microseconds(), 10))
}

// TestUnderSlowKernel does what TestSlowKernelStopsNobody has run.
func TestUnderSlowKernel(t *testing.T) {
	if os.Getenv(underStrace) == "" {
		t.Skip("not under strace: TestSlowKernelStopsNobody runs this one")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	done := make([]byte, 20) // NLMSG_DONE, which the kernel ignores
	done[0], done[4] = 20, 3
	for name, send := range map[string]func(s *socket.Socket) error{
		"Send":    func(s *socket.Socket) error { _, err := s.Send(done); return err },
		"SendMsg": func(s *socket.Socket) error { _, err := s.SendMsg([][]byte{done}, nil, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			s := sock(t, socket.AF_NETLINK, socket.SOCK_RAW)
			for range 5 { // one of them meets a machine that isn't too busy
				ran := make(chan time.Time, 1)
				begin := time.Now()
				go func() { ran <- time.Now() }() // which the processor comes to when it is free
				must(t, send(s))
				if within(t, ran).Sub(begin) < slowKernel/2 {
					return
				}
			}
			t.Error("the other goroutine stood still until the message was sent")
		})
	}
}
