//go:build unix

package socketserver_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/socketserver"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// attributesPy prints the attributes of Python's classes.
const attributesPy = `
import json, socketserver
result = {}
for name in dir(socketserver):
    c = getattr(socketserver, name)
    if name.endswith("Server") and name not in ("BaseServer",) and not name.startswith("Forking"):
        result[name] = {a: getattr(c, a) for a in ("address_family", "socket_type", "request_queue_size",
            "allow_reuse_address", "allow_reuse_port", "timeout", "max_packet_size",
            "daemon_threads", "block_on_close") if hasattr(c, a)}
print(json.dumps(result))
`

// attributesOf returns those of a Go server in Python's terms.
func attributesOf(s *socketserver.TCPServer, packet int, threads *socketserver.ThreadingMixIn) map[string]any {
	a := map[string]any{
		"address_family":      float64(s.AddressFamily),
		"socket_type":         float64(s.SocketType),
		"request_queue_size":  float64(s.RequestQueueSize),
		"allow_reuse_address": s.AllowReuseAddress,
		"allow_reuse_port":    s.AllowReusePort,
		"timeout":             any(s.Timeout),
	}
	if s.Timeout == socket.NoTimeout {
		a["timeout"] = nil
	}
	if packet > 0 {
		a["max_packet_size"] = float64(packet)
	}
	if threads != nil {
		a["daemon_threads"], a["block_on_close"] = threads.DaemonThreads, threads.BlockOnClose
	}
	return a
}

func TestAttributesArePythons(t *testing.T) {
	var want map[string]map[string]any
	python(t).Eval(t, attributesPy, &want)
	for _, attributes := range want {
		for name, value := range attributes {
			if n, ok := value.(interface{ Float64() (float64, error) }); ok {
				attributes[name], _ = n.Float64()
			}
		}
	}
	where := func(name string) socket.Address {
		if strings.Contains(name, "Unix") {
			return socket.UnixAddr(filepath.Join(t.TempDir(), name))
		}
		return anyPort
	}
	got := map[string]map[string]any{}
	note := func(name string, server socketserver.Server, err error) {
		t.Helper()
		must(t, err)
		defer server.ServerClose()
		switch s := server.(type) {
		case *socketserver.TCPServer:
			got[name] = attributesOf(s, 0, nil)
		case *socketserver.UnixStreamServer:
			got[name] = attributesOf(&s.TCPServer, 0, nil)
		case *socketserver.UDPServer:
			got[name] = attributesOf(&s.TCPServer, s.MaxPacketSize, nil)
		case *socketserver.UnixDatagramServer:
			got[name] = attributesOf(&s.TCPServer, s.MaxPacketSize, nil)
		case *socketserver.ThreadingTCPServer:
			got[name] = attributesOf(&s.TCPServer, 0, &s.ThreadingMixIn)
		case *socketserver.ThreadingUnixStreamServer:
			got[name] = attributesOf(&s.TCPServer, 0, &s.ThreadingMixIn)
		case *socketserver.ThreadingUDPServer:
			got[name] = attributesOf(&s.TCPServer, s.MaxPacketSize, &s.ThreadingMixIn)
		case *socketserver.ThreadingUnixDatagramServer:
			got[name] = attributesOf(&s.TCPServer, s.MaxPacketSize, &s.ThreadingMixIn)
		default:
			t.Fatalf("%s is a %T", name, s)
		}
	}
	h := socketserver.RequestHandlerClass(echo)
	tcp, err := socketserver.NewTCPServer(where("TCPServer"), h)
	note("TCPServer", tcp, err)
	udp, err := socketserver.NewUDPServer(where("UDPServer"), h)
	note("UDPServer", udp, err)
	us, err := socketserver.NewUnixStreamServer(where("UnixStreamServer"), h)
	note("UnixStreamServer", us, err)
	ud, err := socketserver.NewUnixDatagramServer(where("UnixDatagramServer"), h)
	note("UnixDatagramServer", ud, err)
	ttcp, err := socketserver.NewThreadingTCPServer(where("ThreadingTCPServer"), h)
	note("ThreadingTCPServer", ttcp, err)
	tudp, err := socketserver.NewThreadingUDPServer(where("ThreadingUDPServer"), h)
	note("ThreadingUDPServer", tudp, err)
	tus, err := socketserver.NewThreadingUnixStreamServer(where("ThreadingUnixStreamServer"), h)
	note("ThreadingUnixStreamServer", tus, err)
	tud, err := socketserver.NewThreadingUnixDatagramServer(where("ThreadingUnixDatagramServer"), h)
	note("ThreadingUnixDatagramServer", tud, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-Python +Go):\n%s", diff)
	}
}

// failingServer fails to activate.
type failingServer struct {
	socketserver.ThreadingTCPServer
	fail   func() error
	closed int
}

func (s *failingServer) ServerActivate() error { return s.fail() }

func (s *failingServer) ServerClose() error {
	s.closed++
	return s.ThreadingTCPServer.ServerClose()
}

// A constructor that fails leaves nothing open; the server's ServerClose has been
// called, also if a hook panics.
func TestConstructorFails(t *testing.T) {
	leaktest.Check(t)
	taken, err := socketserver.NewTCPServer(anyPort, echo)
	must(t, err)
	defer taken.ServerClose()
	var failing *failingServer
	boom := errors.New("boom")
	failingWith := func(fail func() error) error {
		_, err := socketserver.New(anyPort, echo, func(s *failingServer) { failing, s.fail = s, fail })
		return err
	}
	for _, test := range []struct {
		name string
		make func() error
		want error
	}{
		{"address in use", func() error { _, err := socketserver.NewTCPServer(taken.ServerAddress, echo); return err }, unix.EADDRINUSE},
		{"no such family", func() error {
			_, err := socketserver.NewTCPServer(anyPort, echo, func(s *socketserver.TCPServer) { s.AddressFamily = 99 })
			return err
		}, unix.EAFNOSUPPORT},
		{"no such directory", func() error {
			_, err := socketserver.NewUnixDatagramServer(socket.UnixAddr("/nowhere/at/all"), echo)
			return err
		}, unix.ENOENT},
		{"no address", func() error { _, err := socketserver.NewUDPServer(nil, echo); return err }, os.ErrInvalid},
		{"no handler", func() error { _, err := socketserver.NewUDPServer(anyPort, nil); return err }, os.ErrInvalid},
		{"an override", func() error { return failingWith(func() error { return boom }) }, boom},
		{"a panic", func() (err error) {
			defer func() { err = recover().(error) }()
			return failingWith(func() error { panic(boom) })
		}, boom},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.make(); !errors.Is(err, test.want) {
				t.Errorf("the error is %v, want %v", err, test.want)
			}
		})
	}
	if failing.closed != 1 || failing.Fileno() != -1 {
		t.Errorf("ServerClose was called %d times, the descriptor is %d", failing.closed, failing.Fileno())
	}
}

// A server that New didn't make answers errors.
func TestServerThatNewDidNotMake(t *testing.T) {
	var s socketserver.ThreadingTCPServer
	for name, err := range map[string]error{
		"ServeForever":   s.ServeForever(),
		"HandleRequest":  s.HandleRequest(),
		"ServerBind":     s.ServerBind(),
		"ServerActivate": s.ServerActivate(),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	s.Shutdown()
	must(t, s.ServerClose())
}

func TestWrongIntervals(t *testing.T) {
	s, err := socketserver.NewTCPServer(anyPort, echo)
	must(t, err)
	defer s.ServerClose()
	for _, interval := range [][]time.Duration{{-1}, {5}, {time.Second, time.Second}} {
		var wrong *socket.ArgumentError
		if err := s.ServeForever(interval...); !errors.As(err, &wrong) || wrong.Op != "serve_forever" {
			t.Errorf("ServeForever(%v) = %v", interval, err)
		}
	}
	s.Timeout = -1
	var wrong *socket.ArgumentError
	if err := s.HandleRequest(); !errors.As(err, &wrong) || wrong.Op != "handle_request" {
		t.Errorf("HandleRequest with a negative Timeout = %v", err)
	}
}

// A socket that was made elsewhere can be a server's.
func TestSocketOfOnesOwn(t *testing.T) {
	listener, err := socket.CreateServer(anyPort)
	must(t, err)
	s, err := socketserver.NewThreadingTCPServer(anyPort, echo, func(s *socketserver.ThreadingTCPServer) {
		s.Socket, s.BindAndActivate = listener, false
	})
	must(t, err)
	serving(t, s)
	addr, err := listener.GetSockName()
	must(t, err)
	if got := talk(t, addr, "hello"); got != "hello" {
		t.Errorf("the answer is %q", got)
	}
}

// The one-liners serve until their context is done, then wait for the handlers.
func TestListenAndServe(t *testing.T) {
	leaktest.Check(t)
	stream := func(conn *socket.Socket, client socket.Address) error {
		return echo(socketserver.Request{Socket: conn}, client, nil)
	}
	packet := func(packet []byte, client socket.Address, server *socket.Socket) error {
		_, err := server.SendTo(packet, client)
		return err
	}
	path := filepath.Join(t.TempDir(), "s")
	for _, test := range []struct {
		name string
		addr socket.Address
		kind socket.SocketKind
	}{
		{"stream", freePort(t, socket.SOCK_STREAM), socket.SOCK_STREAM},
		{"unix stream", socket.UnixAddr(path), socket.SOCK_STREAM},
		{"datagram", freePort(t, socket.SOCK_DGRAM), socket.SOCK_DGRAM},
		{"unix datagram", socket.UnixAddr(path + "d"), socket.SOCK_DGRAM},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				if test.kind == socket.SOCK_STREAM {
					ended <- socketserver.ListenAndServe(ctx, test.addr, stream)
				} else {
					ended <- socketserver.ListenAndServePacket(ctx, test.addr, packet)
				}
			}()
			conn := connectWhenThere(t, test.addr, test.kind)
			big := strings.Repeat("x", 20000)
			if test.kind == socket.SOCK_STREAM {
				big = "hello"
			}
			must(t, conn.SendAll([]byte(big)))
			data, err := conn.Recv(65536)
			must(t, err)
			if string(data) != big {
				t.Errorf("%d bytes came back of %d", len(data), len(big))
			}
			cancel()
			conn.Close() // a handler is waited for
			if err := await(t, ended, "it has ended"); err != nil {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// freePort returns an address that was free a moment ago, and that nobody else takes.
func freePort(t *testing.T, kind socket.SocketKind) socket.Address {
	t.Helper()
	s, err := socket.New(kind)
	must(t, err)
	defer s.Close()
	must(t, s.Bind(ownAnyPort(t)))
	addr, err := s.GetSockName()
	must(t, err)
	return addr
}

// connectWhenThere connects to a server that is about to start, and asks it once
// so that it is known to serve.
func connectWhenThere(t *testing.T, addr socket.Address, kind socket.SocketKind) *socket.Socket {
	t.Helper()
	s, err := socket.New(addr.Family(), kind)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	if addr.Family() == socket.AF_UNIX && kind == socket.SOCK_DGRAM {
		must(t, s.Bind(socket.UnixAddr(filepath.Join(t.TempDir(), "c"))))
	}
	for until := time.Now().Add(patience); ; {
		err := s.Connect(addr)
		if err == nil && kind == socket.SOCK_DGRAM {
			// A datagram that nobody receives is refused in the next call.
			must(t, s.SetTimeout(time.Second))
			if _, err = s.Send([]byte("there?")); err == nil {
				_, err = s.Recv(100)
			}
		}
		if err == nil {
			must(t, s.SetTimeout(patience))
			return s
		}
		if time.Now().After(until) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// Serve and ServePacket take over a socket that is there.
func TestServeSocket(t *testing.T) {
	leaktest.Check(t)
	bound, err := socket.New(socket.SOCK_DGRAM)
	must(t, err)
	must(t, bound.Bind(anyPort))
	addr, err := bound.GetSockName()
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- socketserver.ServePacket(ctx, bound, func(packet []byte, client socket.Address, server *socket.Socket) error {
			_, err := server.SendTo(append(packet, '!'), client)
			return err
		})
	}()
	if got := talk(t, addr, "hello", socket.SOCK_DGRAM); got != "hello!" {
		t.Errorf("the answer is %q", got)
	}
	cancel()
	must(t, await(t, ended, "it has ended"))
	if bound.Fileno() != -1 {
		t.Error("the socket is still open")
	}
}

func TestServeWithWrongArguments(t *testing.T) {
	leaktest.Check(t)
	ctx := t.Context()
	s, err := socket.CreateServer(anyPort)
	must(t, err)
	closed, err := socket.New()
	must(t, err)
	must(t, closed.Close())
	for name, err := range map[string]error{
		"Serve(nil)":       socketserver.Serve(ctx, nil, func(*socket.Socket, socket.Address) error { return nil }),
		"Serve no handler": socketserver.Serve(ctx, s, nil),
		"ServePacket(nil)": socketserver.ServePacket(ctx, nil, nil),
		"ListenAndServe":   socketserver.ListenAndServe(ctx, anyPort, nil),
		"no address":       socketserver.ListenAndServe(ctx, nil, func(*socket.Socket, socket.Address) error { return nil }),
		"packet":           socketserver.ListenAndServePacket(ctx, nil, nil),
	} {
		if !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: %v, want an ArgumentError", name, err)
		}
	}
	if err := socketserver.Serve(ctx, closed, func(*socket.Socket, socket.Address) error { return nil }); !errors.Is(err, unix.EBADF) {
		t.Errorf("Serve of a closed socket: %v", err)
	}
	if s.Fileno() < 0 {
		t.Error("a wrong argument has closed the socket")
	}
	must(t, s.Close())
}
