//go:build unix

package socketserver_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/socketserver"
	"golang.org/x/sys/unix"
)

func newEcho(t *testing.T, attributes ...func(*socketserver.ThreadingTCPServer)) *socketserver.ThreadingTCPServer {
	t.Helper()
	s, err := socketserver.NewThreadingTCPServer(anyPort, echo, attributes...)
	must(t, err)
	return s
}

// Shutdown that comes before the loop ends it at its beginning; the loop after
// that serves.
func TestShutdownBeforeServeForever(t *testing.T) {
	s := newEcho(t)
	s.Shutdown()
	must(t, s.ServeForever())
	serving(t, s)
	if got := talk(t, s.ServerAddress, "hello"); got != "hello" {
		t.Errorf("the answer is %q", got)
	}
}

// The same in Python, where Shutdown waits until there is a loop.
func TestShutdownBeforeServeForeverInPython(t *testing.T) {
	var served bool
	python(t).Eval(t, `
import json, socketserver, threading
with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
    early = threading.Thread(target=server.shutdown)
    early.start()
    early.join(0.1)
    server.serve_forever(0.01)
    early.join()
print(json.dumps(early.is_alive()))
`, &served)
	if served {
		t.Error("Python's shutdown goes on waiting after the loop has ended")
	}
}

// Shutdown returns when the loop has ended, which is when the handler that runs
// in it has.
func TestShutdownWaitsForLoop(t *testing.T) {
	running, goOn := make(chan bool), make(chan bool)
	var done atomic.Bool
	s, err := socketserver.NewTCPServer(anyPort, func(socketserver.Request, socket.Address, socketserver.Server) error {
		close(running)
		<-goOn
		done.Store(true)
		return nil
	})
	must(t, err)
	defer s.ServerClose()
	ended := start(s.ServeForever)
	dial(t, s.ServerAddress)
	await(t, running, "the handler runs")
	var several sync.WaitGroup
	for range 3 {
		several.Go(func() {
			s.Shutdown()
			if !done.Load() {
				t.Error("Shutdown has returned while the handler ran")
			}
		})
	}
	runtime.Gosched()
	close(goOn)
	several.Wait()
	must(t, await(t, ended, "the loop has ended"))
}

// A handler may call Shutdown: in the loop, where Python hangs, and in a goroutine.
func TestShutdownInHandler(t *testing.T) {
	handler := func(request socketserver.Request, _ socket.Address, server socketserver.Server) error {
		server.Shutdown()
		return request.SendAll([]byte("bye"))
	}
	sync, err := socketserver.NewTCPServer(anyPort, handler)
	must(t, err)
	threading, err := socketserver.NewThreadingTCPServer(anyPort, handler)
	must(t, err)
	for name, s := range map[string]interface {
		ServeForever(...time.Duration) error
		ServerClose() error
	}{"sync": sync, "threading": threading} {
		t.Run(name, func(t *testing.T) {
			ended := start(s.ServeForever)
			addr := sync.ServerAddress
			if name == "threading" {
				addr = threading.ServerAddress
			}
			if got := rest(t, dial(t, addr)); got != "bye" {
				t.Errorf("the client got %q", got)
			}
			must(t, await(t, ended, "the loop has ended"))
			must(t, s.ServerClose())
		})
	}
}

// Another server's loop is waited for, also by a handler that runs in a loop.
func TestShutdownOfAnotherServerInHandler(t *testing.T) {
	other := newEcho(t)
	defer other.ServerClose()
	otherEnded := start(other.ServeForever)
	if got := talk(t, other.ServerAddress, "x"); got != "x" {
		t.Fatalf("the answer is %q", got)
	}
	s, err := socketserver.NewTCPServer(anyPort, func(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
		other.Shutdown()
		return request.SendAll([]byte("ended"))
	})
	must(t, err)
	serving(t, s)
	if got := rest(t, dial(t, s.ServerAddress)); got != "ended" {
		t.Errorf("the client got %q", got)
	}
	must(t, await(t, otherEnded, "the other loop has ended"))
}

// Shutdown doesn't wait for the poll interval.
func TestShutdownIsPrompt(t *testing.T) {
	s := newEcho(t)
	defer s.ServerClose()
	ended := start(s.ServeForever, socket.NoTimeout)
	talk(t, s.ServerAddress, "it serves")
	s.Shutdown()
	must(t, await(t, ended, "the loop has ended"))
}

// What connects while nobody serves is served by the next loop.
func TestShutdownLosesNoConnection(t *testing.T) {
	s := newEcho(t, func(s *socketserver.ThreadingTCPServer) { s.RequestQueueSize = 128 })
	defer s.ServerClose()
	var clients sync.WaitGroup
	var stop atomic.Bool
	var asked atomic.Int64
	for range 8 {
		clients.Go(func() {
			for !stop.Load() {
				conn, err := socket.CreateConnection(s.ServerAddress, socket.Timeout(patience))
				if err != nil {
					t.Error(err)
					return
				}
				if err := conn.SendAll([]byte("hello")); err != nil {
					t.Error(err)
				}
				if data, err := conn.Recv(100); string(data) != "hello" {
					t.Errorf("the answer is %q, %v", data, err)
				}
				conn.Close()
				asked.Add(1)
			}
		})
	}
	for range 100 {
		ended := start(s.ServeForever)
		for before := asked.Load(); asked.Load() < before+3 && !t.Failed(); {
			runtime.Gosched()
		}
		s.Shutdown()
		must(t, await(t, ended, "the loop has ended"))
	}
	stop.Store(true)
	ended := start(s.ServeForever) // for those who wait
	clients.Wait()
	s.Shutdown()
	must(t, await(t, ended, "the loop has ended"))
}

// Several loops share the work, and Shutdown ends them all.
func TestSeveralLoops(t *testing.T) {
	s := newEcho(t)
	defer s.ServerClose()
	var loops []<-chan error
	for range 4 {
		loops = append(loops, start(s.ServeForever))
	}
	for range 100 {
		if got := talk(t, s.ServerAddress, "hello"); got != "hello" {
			t.Fatalf("the answer is %q", got)
		}
	}
	// Those that haven't begun yet find a Shutdown of their own.
	for len(loops) > 0 {
		s.Shutdown()
		select {
		case err := <-loops[0]:
			must(t, err)
			loops = loops[1:]
		default:
		}
	}
}

// ServerClose ends the loop with net.ErrClosed, and frees the port at once. So
// does closing the socket itself, after the poll interval.
func TestCloseWhileServing(t *testing.T) {
	for _, test := range []struct {
		name  string
		close func(*socketserver.ThreadingTCPServer) error
		poll  time.Duration
	}{
		{"ServerClose", (*socketserver.ThreadingTCPServer).ServerClose, socket.NoTimeout},
		{"Socket.Close", func(s *socketserver.ThreadingTCPServer) error { return s.Socket.Close() }, time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			leaktest.Check(t)
			// Connections inherit SO_REUSEADDR. One without it, that its handler is
			// about to close, would keep the port.
			s := newEcho(t, func(s *socketserver.ThreadingTCPServer) {
				s.ServerAddress, s.AllowReuseAddress = ownAnyPort(t), true
			})
			ended := start(s.ServeForever, test.poll)
			conn := dial(t, s.ServerAddress)
			ask(t, conn, "it serves")
			conn.Close()
			must(t, test.close(s))
			if err := await(t, ended, "the loop has ended"); !errors.Is(err, net.ErrClosed) {
				t.Errorf("ServeForever = %v, want net.ErrClosed", err)
			}
			if err := s.HandleRequest(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("HandleRequest = %v, want net.ErrClosed", err)
			}
			again, err := socketserver.NewTCPServer(s.ServerAddress, echo, func(s *socketserver.TCPServer) { s.AllowReuseAddress = true })
			must(t, err)
			must(t, again.ServerClose())
			must(t, s.ServerClose())
		})
	}
}

// When ServerClose returns the port is free, though the loop, which goes round and
// round here, looks at a duplicate of the socket.
func TestPortIsFree(t *testing.T) {
	leaktest.Check(t)
	addr := ownAnyPort(t)
	for range 100 {
		s := newEcho(t, func(s *socketserver.ThreadingTCPServer) {
			s.ServerAddress, s.AllowReuseAddress = addr, true
		})
		addr = s.ServerAddress
		ended := start(s.ServeForever, 0)
		talk(t, addr, "it serves")
		must(t, s.ServerClose())
		again, err := socketserver.NewTCPServer(addr, echo, func(s *socketserver.TCPServer) { s.AllowReuseAddress = true })
		must(t, err)
		must(t, again.ServerClose())
		if err := await(t, ended, "the loop has ended"); !errors.Is(err, net.ErrClosed) {
			t.Fatalf("ServeForever = %v, want net.ErrClosed", err)
		}
	}
}

// Serve ends with its context, whenever that is done, and can be called again.
func TestServeContext(t *testing.T) {
	s := newEcho(t)
	defer s.ServerClose()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, s.Serve(gone))
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := start(func(...time.Duration) error { return s.Serve(ctx, socket.NoTimeout) })
		talk(t, s.ServerAddress, "it serves")
		cancel()
		must(t, await(t, ended, "the loop has ended"))
	}
}

// countingServer tells of its hooks.
type countingServer struct {
	socketserver.TCPServer
	actions, timeouts atomic.Int64
	acted             chan bool
	get               func() error
	gets              atomic.Int64
}

func (s *countingServer) ServiceActions() {
	s.actions.Add(1)
	select {
	case s.acted <- true:
	default:
	}
}

func (s *countingServer) HandleTimeout() { s.timeouts.Add(1) }

func (s *countingServer) GetRequest() (socketserver.Request, socket.Address, error) {
	s.gets.Add(1)
	if s.get != nil {
		if err := s.get(); err != nil {
			return socketserver.Request{}, nil, err
		}
	}
	return s.TCPServer.GetRequest()
}

func newCounting(t *testing.T) *countingServer {
	t.Helper()
	s, err := socketserver.New(anyPort, echo, func(s *countingServer) { s.acted = make(chan bool, 1) })
	must(t, err)
	return s
}

// ServiceActions is called while nothing comes.
func TestServiceActions(t *testing.T) {
	for _, poll := range []time.Duration{time.Millisecond, 0} {
		s := newCounting(t)
		ended := start(s.ServeForever, poll)
		for range 5 {
			await(t, s.acted, "ServiceActions is called")
		}
		s.Shutdown()
		must(t, await(t, ended, "the loop has ended"))
		must(t, s.ServerClose())
		if s.gets.Load() != 0 {
			t.Errorf("GetRequest was called %d times without a request", s.gets.Load())
		}
	}
}

// The timeout of the server's own socket doesn't matter to the loop, not even 0.
func TestTimeoutOfServerSocket(t *testing.T) {
	for _, timeout := range []time.Duration{0, time.Microsecond} {
		s := newCounting(t)
		must(t, s.Socket.SetTimeout(timeout))
		ended := start(s.ServeForever, socket.NoTimeout)
		for range 3 {
			conn := dial(t, s.ServerAddress)
			if got := ask(t, conn, "hello"); got != "hello" {
				t.Errorf("the answer is %q", got)
			}
			conn.Close()
			await(t, s.acted, "the request is done")
		}
		s.Shutdown()
		must(t, await(t, ended, "the loop has ended"))
		must(t, s.ServerClose())
		if rounds := s.actions.Load(); rounds != 3 {
			t.Errorf("timeout %v: %d rounds for 3 requests", timeout, rounds)
		}
	}
}

// HandleRequest waits for the shorter of the two timeouts.
func TestHandleRequestTimeout(t *testing.T) {
	s := newCounting(t)
	defer s.ServerClose()
	for i, timeouts := range [][2]time.Duration{
		{time.Millisecond, socket.NoTimeout},
		{socket.NoTimeout, time.Millisecond},
		{time.Hour, time.Millisecond},
		{time.Millisecond, time.Hour},
		{0, socket.NoTimeout},
		{socket.NoTimeout, 0},
	} {
		s.Timeout = timeouts[0]
		must(t, s.Socket.SetTimeout(timeouts[1]))
		must(t, s.HandleRequest())
		if got := s.timeouts.Load(); got != int64(i)+1 {
			t.Fatalf("Timeout %v, the socket's %v: HandleTimeout was called %d times, want %d", timeouts[0], timeouts[1], got, i+1)
		}
	}
	// A request that is there is handled whatever the timeout.
	conn := dial(t, s.ServerAddress)
	must(t, conn.SendAll([]byte("hello")))
	must(t, conn.Shutdown(socket.SHUT_WR))
	fds := []unix.PollFd{{Fd: int32(s.Fileno()), Events: unix.POLLIN}}
	for n := 0; n == 0; { // over loopback it may take a moment
		n, _ = unix.Poll(fds, 1000)
	}
	must(t, s.HandleRequest())
	if got := rest(t, conn); got != "hello" || s.timeouts.Load() != 6 {
		t.Errorf("the answer is %q, after %d timeouts", got, s.timeouts.Load())
	}
}

// HandleRequest ends when the server is closed, and returns what GetRequest does.
func TestHandleRequestErrors(t *testing.T) {
	s := newCounting(t)
	boom := errors.New("boom")
	s.get = func() error { return boom }
	dial(t, s.ServerAddress)
	if err := s.HandleRequest(); err != boom {
		t.Errorf("HandleRequest = %v, want GetRequest's error", err)
	}
	idle := newCounting(t)
	ended := start(func(...time.Duration) error { return idle.HandleRequest() })
	idle.Shutdown() // which is not for it
	must(t, idle.ServerClose())
	if err := await(t, ended, "HandleRequest has ended"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("HandleRequest = %v, want net.ErrClosed", err)
	}
	must(t, s.ServerClose())
}

// Of several goroutines in HandleRequest one gets the connection; the others go on
// waiting, up to their timeout.
func TestHandleRequestOthersWereFaster(t *testing.T) {
	const workers, rounds = 4, 30
	s := newCounting(t)
	defer s.ServerClose()
	s.Timeout = 20 * time.Millisecond
	for range rounds {
		before := s.timeouts.Load()
		conn := dial(t, s.ServerAddress)
		must(t, conn.Close())
		ended := make(chan error, workers)
		for range workers {
			go func() { ended <- s.HandleRequest() }()
		}
		for range workers {
			must(t, await(t, ended, "HandleRequest has returned"))
		}
		if n := s.timeouts.Load() - before; n != workers-1 {
			t.Fatalf("HandleTimeout was called %d times, want %d", n, workers-1)
		}
	}
}

// Goroutines that call HandleRequest share what comes.
func TestHandleRequestFromSeveralGoroutines(t *testing.T) {
	const workers, requests = 8, 200
	s, err := socketserver.NewTCPServer(anyPort, echo, func(s *socketserver.TCPServer) {
		s.RequestQueueSize = 128
	})
	must(t, err)
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for {
				if err := s.HandleRequest(); err != nil {
					if !errors.Is(err, net.ErrClosed) {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	for range requests {
		conn := dial(t, s.ServerAddress)
		if got := ask(t, conn, "hello"); got != "hello" {
			t.Errorf("the answer is %q", got)
		}
		conn.Close()
	}
	must(t, s.ServerClose())
	working.Wait()
}

// When descriptors have run out the loop pauses, and goes on when there are some.
func TestScarcity(t *testing.T) {
	s := newCounting(t)
	began := time.Now()
	s.get = func() error {
		if s.gets.Load() <= 4 {
			return &socket.Error{Op: "accept", Errno: unix.EMFILE}
		}
		return nil
	}
	serving(t, s)
	if got := talk(t, s.ServerAddress, "hello"); got != "hello" {
		t.Errorf("the answer is %q", got)
	}
	if passed := time.Since(began); passed < 75*time.Millisecond {
		t.Errorf("4 pauses took %v, want 5+10+20+40 ms", passed)
	}
}

// Other errors are passed over at once.
func TestErrorsOfGetRequestArePassedOver(t *testing.T) {
	s := newCounting(t)
	s.get = func() error {
		if s.gets.Load() <= 1000 {
			return unix.ECONNABORTED
		}
		return nil
	}
	serving(t, s)
	if got := talk(t, s.ServerAddress, "hello"); got != "hello" {
		t.Errorf("the answer is %q", got)
	}
}

// A server that was bound but not activated is told so.
func TestServeWithoutListening(t *testing.T) {
	s, err := socketserver.NewTCPServer(anyPort, echo, func(s *socketserver.TCPServer) { s.BindAndActivate = false })
	must(t, err)
	must(t, s.ServerBind())
	if err := await(t, start(s.ServeForever), "the loop has ended"); !errors.Is(err, unix.EINVAL) {
		t.Errorf("ServeForever = %v, want EINVAL", err)
	}
	must(t, s.ServerClose())
}

// stealingServer loses each connection before it can accept it.
type stealingServer struct {
	socketserver.TCPServer
	stolen chan bool
}

func (s *stealingServer) GetRequest() (socketserver.Request, socket.Address, error) {
	conn, _, err := s.Socket.Accept()
	if err != nil {
		return socketserver.Request{}, nil, err
	}
	conn.Close()
	close(s.stolen)
	return s.TCPServer.GetRequest()
}

// Shutdown ends a GetRequest that waits because another process has taken the
// connection; the socket can be used again.
func TestShutdownEndsGetRequest(t *testing.T) {
	s, err := socketserver.New(anyPort, echo, func(s *stealingServer) { s.stolen = make(chan bool) })
	must(t, err)
	defer s.ServerClose()
	ended := start(s.ServeForever)
	dial(t, s.ServerAddress)
	await(t, s.stolen, "the connection is gone")
	s.Shutdown()
	must(t, await(t, ended, "the loop has ended"))
	dial(t, s.ServerAddress)
	conn, _, err := s.Socket.Accept()
	must(t, err)
	conn.Close()
}

// A panic in VerifyRequest ends the loop, but leaves nothing open.
type panickingServer struct{ socketserver.TCPServer }

func (s *panickingServer) VerifyRequest(socketserver.Request, socket.Address) bool { panic("no") }

func TestHookPanics(t *testing.T) {
	leaktest.Check(t)
	s, err := socketserver.New[panickingServer](anyPort, echo)
	must(t, err)
	defer s.ServerClose()
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		s.ServeForever()
	}()
	conn := dial(t, s.ServerAddress)
	if v := await(t, ended, "the loop has panicked"); v != "no" {
		t.Errorf("it panicked with %v", v)
	}
	rest(t, conn) // the connection was closed
	s.Shutdown()  // nobody waits
}

// A handler that calls runtime.Goexit ends its goroutine, and its request.
func TestGoexitInHandler(t *testing.T) {
	handler := func(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
		runtime.Goexit()
		return nil
	}
	s, err := socketserver.NewThreadingTCPServer(anyPort, handler)
	must(t, err)
	serving(t, s)
	if got := rest(t, dial(t, s.ServerAddress)); got != "" {
		t.Errorf("the client got %q", got)
	}
}

// What HandleError prints, for an error and for a panic.
func TestHandleErrorPrints(t *testing.T) {
	handler := func(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
		data, err := request.Recv(100)
		if string(data) == "panic" {
			panic(errors.New("something broke"))
		}
		return errors.Join(err, errors.New("something failed"))
	}
	s, err := socketserver.NewTCPServer(anyPort, handler)
	must(t, err)
	defer s.ServerClose()
	line := strings.Repeat("-", 40) + "\n"
	for _, test := range []struct{ send, want string }{
		{"error", "something failed\n"},
		{"panic", "panic: something broke\ngoroutine "},
	} {
		conn := dial(t, s.ServerAddress)
		own, err := conn.GetSockName()
		must(t, err)
		must(t, conn.SendAll([]byte(test.send)))
		text := stderr(t, func() { must(t, s.HandleRequest()) })
		want := line + "Exception occurred during processing of request from " + own.String() + "\n" + test.want
		if !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "\n"+line) {
			t.Errorf("HandleError printed %q, want it to begin with %q", text, want)
		}
		if stack := strings.Contains(text, "life_test.go:"); stack != (test.send == "panic") {
			t.Errorf("%s: a stack is printed: %v\n%s", test.send, stack, text)
		}
	}
}
