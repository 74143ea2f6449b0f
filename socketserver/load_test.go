//go:build unix

package socketserver_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/socketserver"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// enoughFiles raises the limit of open files to n and a few, or skips the test.
func enoughFiles(t *testing.T, n uint64) {
	t.Helper()
	n += 100
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	if uint64(limit.Cur) >= n {
		return
	}
	was := limit
	limit.Cur = limit.Max
	if uint64(limit.Max) < n {
		t.Skipf("%d descriptors are too few, %d are needed: ulimit -n %d", limit.Max, n, n)
	}
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &limit))
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &was) })
}

// A thousand connections are open at once, and each gets back what it sent.
func TestThousandConnections(t *testing.T) {
	leaktest.Check(t)
	const connections, size = 1000, 3000
	enoughFiles(t, 2*connections)
	var handled atomic.Int64
	all := make(chan bool)
	handler := func(request socketserver.Request, client socket.Address, server socketserver.Server) error {
		if handled.Add(1) == connections {
			close(all)
		}
		return echo(request, client, server)
	}
	s, err := socketserver.NewThreadingTCPServer(anyPort, handler, func(s *socketserver.ThreadingTCPServer) {
		s.RequestQueueSize = connections
	})
	must(t, err)
	ended := start(s.ServeForever)
	var clients sync.WaitGroup
	for i := range connections {
		clients.Go(func() {
			if err := exchange(s.ServerAddress, i, size, all); err != nil {
				t.Errorf("connection %d: %v", i, err)
			}
		})
	}
	clients.Wait()
	s.Shutdown()
	must(t, await(t, ended, "the loop has ended"))
	must(t, s.ServerClose())
	if n := handled.Load(); n != connections {
		t.Errorf("%d requests were handled, want %d", n, connections)
	}
}

// exchange sends data that only connection i sends, once all are connected, and
// compares what comes back.
func exchange(addr socket.Address, i, size int, all <-chan bool) error {
	conn, err := socket.CreateConnection(addr, socket.Timeout(patience))
	if err != nil {
		return err
	}
	defer conn.Close()
	<-all
	data := bytes.Repeat(binary.BigEndian.AppendUint32(nil, uint32(i)), size/4)
	if err := conn.SendAll(data); err != nil {
		return err
	}
	if err := conn.Shutdown(socket.SHUT_WR); err != nil {
		return err
	}
	var back []byte
	for {
		piece, err := conn.Recv(4096)
		if err != nil {
			return err
		}
		if len(piece) == 0 {
			break
		}
		back = append(back, piece...)
	}
	if !bytes.Equal(data, back) {
		return fmt.Errorf("%d bytes came back, or others, of %d", len(back), len(data))
	}
	return nil
}

// Shutdown and ServerClose wait for a hundred requests that are being handled,
// and then nothing is left of them; without BlockOnClose, or with DaemonThreads,
// they don't wait.
func TestCloseWithRequestsInFlight(t *testing.T) {
	const requests = 100
	enoughFiles(t, 2*requests)
	for _, test := range []struct {
		name          string
		block, daemon bool
		waits         bool
	}{
		{"BlockOnClose", true, false, true},
		{"no BlockOnClose", false, false, false},
		{"DaemonThreads", true, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			leaktest.Check(t)
			goOn, all := make(chan bool), make(chan bool)
			var begun, done atomic.Int64
			handler := func(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
				if begun.Add(1) == requests {
					close(all)
				}
				<-goOn
				err := request.SendAll([]byte("done"))
				done.Add(1)
				return err
			}
			s, err := socketserver.NewThreadingTCPServer(anyPort, handler, func(s *socketserver.ThreadingTCPServer) {
				s.RequestQueueSize = requests
				s.BlockOnClose, s.DaemonThreads = test.block, test.daemon
			})
			must(t, err)
			ended := start(s.ServeForever)
			var answers sync.WaitGroup
			for range requests {
				conn := dial(t, s.ServerAddress)
				answers.Go(func() {
					if got := rest(t, conn); got != "done" {
						t.Errorf("the client got %q", got)
					}
				})
			}
			await(t, all, "all requests are being handled")
			s.Shutdown() // doesn't wait for them
			must(t, await(t, ended, "the loop has ended"))
			if !test.waits {
				must(t, s.ServerClose())
				if n := done.Load(); n != 0 {
					t.Errorf("%d of the requests were done when ServerClose returned", n)
				}
				close(goOn)
				answers.Wait()
				return
			}
			closed := make(chan error)
			go func() { closed <- s.ServerClose() }()
			// The listener is closed while the handlers run.
			for connect(s.ServerAddress) == nil {
			}
			select {
			case <-closed:
				t.Error("ServerClose has returned while the handlers ran")
			default:
			}
			close(goOn)
			must(t, await(t, closed, "ServerClose has returned"))
			if n := done.Load(); n != requests {
				t.Errorf("%d of %d requests were done when ServerClose returned", n, requests)
			}
			answers.Wait()
		})
	}
}

// connect returns why there is no connection.
func connect(addr socket.Address) error {
	conn, err := socket.CreateConnection(addr, socket.Timeout(patience))
	if err == nil {
		conn.Close()
	}
	return err
}

// A handler that panics, or fails, is told of and closed, and hurts nobody else.
func TestFailingHandlersAmongOthers(t *testing.T) {
	leaktest.Check(t)
	const clients = 60
	handler := func(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
		data, err := request.Recv(100)
		if err != nil {
			return err
		}
		switch string(data) {
		case "panic":
			var none []int
			none[len(data)]++
		case "fail":
			return errors.New("failed")
		}
		return request.SendAll(data)
	}
	s, err := socketserver.New(anyPort, handler, func(s *quietServer) {
		s.failures = make(map[string]int)
		s.RequestQueueSize = clients
	})
	must(t, err)
	ended := start(s.ServeForever)
	var asking sync.WaitGroup
	for i := range clients {
		asking.Go(func() {
			conn := dial(t, s.ServerAddress)
			send := []string{"panic", "fail", "fine"}[i%3]
			if err := conn.SendAll([]byte(send)); err != nil {
				t.Error(err)
			}
			want := ""
			if send == "fine" {
				want = send
			}
			if got := rest(t, conn); got != want {
				t.Errorf("%s: the client got %q", send, got)
			}
		})
	}
	asking.Wait()
	s.Shutdown()
	must(t, await(t, ended, "the loop has ended"))
	must(t, s.ServerClose())
	want := map[string]int{"panic: runtime error: index out of range [5] with length 0": clients / 3, "failed": clients / 3}
	if diff := cmp.Diff(want, s.failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

// quietServer counts failures instead of printing them.
type quietServer struct {
	socketserver.ThreadingTCPServer
	mu       sync.Mutex
	failures map[string]int
}

func (s *quietServer) HandleError(_ socketserver.Request, client socket.Address, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[err.Error()]++
	var p *socketserver.PanicError
	if errors.As(err, &p) {
		if !bytes.Contains(p.Stack, []byte("TestFailingHandlersAmongOthers")) || errors.Unwrap(p) == nil || client == nil {
			s.failures["without a stack, a cause or a client"]++
		}
	}
}
