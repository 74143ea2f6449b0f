//go:build unix

package socketserver_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"example.com/socket/socketserver"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience bounds what would otherwise hang a test that fails.
const patience = 20 * time.Second

// await waits for done to be closed, or for a value.
func await[T any](t *testing.T, done <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-done:
	case <-time.After(patience):
		t.Fatalf("waited in vain until %s", what)
	}
	return v
}

// start serves in a goroutine, and returns what tells of the end.
func start(serve func(...time.Duration) error, poll ...time.Duration) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- serve(poll...) }()
	return ended
}

// serving is a server that was started, and is closed when the test ends.
func serving(t *testing.T, s interface {
	ServeForever(...time.Duration) error
	Shutdown()
	ServerClose() error
}) {
	t.Helper()
	ended := start(s.ServeForever)
	t.Cleanup(func() {
		s.Shutdown()
		if err := await(t, ended, "the loop has ended"); err != nil {
			t.Errorf("ServeForever = %v", err)
		}
		if err := s.ServerClose(); err != nil {
			t.Errorf("ServerClose = %v", err)
		}
	})
}

var anyPort = socket.Addr("127.0.0.1", 0)

// ownAnyPort is port 0 of a loopback address that only this process uses, for tests
// that bind to a port again: on 127.0.0.1 the kernel may have given it to another
// process meanwhile. Where there is but one loopback address (BSD, macOS) it is that.
func ownAnyPort(t *testing.T) socket.Address {
	t.Helper()
	pid := os.Getpid()
	own := socket.Addr(fmt.Sprintf("127.%d.%d.%d", 1+pid>>16&0x7f, pid>>8&0xff, pid&0xff), 0)
	s, err := socket.New()
	must(t, err)
	defer s.Close()
	if err := s.Bind(own); err != nil {
		return anyPort
	}
	return own
}

// dial returns a connection, or a datagram socket that is connected.
func dial(t *testing.T, addr socket.Address, kind ...socket.Arg) *socket.Socket {
	t.Helper()
	s, err := socket.New(append(kind, addr.Family())...)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	must(t, s.SetTimeout(patience))
	if addr.Family() == socket.AF_UNIX && s.Kind() == socket.SOCK_DGRAM {
		must(t, s.Bind(socket.UnixAddr(t.TempDir()+"/client")))
	}
	must(t, s.Connect(addr))
	return s
}

// ask sends a message and returns the answer.
func ask(t *testing.T, s *socket.Socket, msg string) string {
	t.Helper()
	must(t, s.SendAll([]byte(msg)))
	data, err := s.Recv(1024)
	must(t, err)
	return string(data)
}

// rest returns what comes until the end of the stream, or a reset.
func rest(t *testing.T, s *socket.Socket) string {
	t.Helper()
	var all []byte
	for {
		data, err := s.Recv(1024)
		if len(data) == 0 {
			if err != nil && !strings.Contains(err.Error(), "Connection reset") {
				t.Errorf("Recv = %v", err)
			}
			return string(all)
		}
		all = append(all, data...)
	}
}

// echo is a handler that sends back what comes, until the end.
func echo(request socketserver.Request, _ socket.Address, _ socketserver.Server) error {
	if request.Packet != nil {
		panic("a datagram")
	}
	buf := make([]byte, 1024)
	for {
		n, err := request.RecvInto(buf)
		if err != nil || n == 0 {
			return err
		}
		if err := request.SendAll(buf[:n]); err != nil {
			return err
		}
	}
}

// stderr returns what f has printed to standard error.
func stderr(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	before := os.Stderr
	os.Stderr = w
	var text []byte
	var reading sync.WaitGroup
	reading.Go(func() { text, _ = io.ReadAll(r) })
	func() {
		defer w.Close()
		defer func() { os.Stderr = before }()
		f()
	}()
	reading.Wait()
	return string(text)
}

// python returns python3. pytest.Find looks for all others too, which takes
// longer than the rest of this package's tests.
func python(t *testing.T) pytest.Interpreter {
	t.Helper()
	p, ok := python3()
	if !ok {
		t.Skip("python3 not found: apt-get install python3")
	}
	return p
}

var python3 = sync.OnceValues(func() (pytest.Interpreter, bool) { return pytest.Probe("python3") })

// talk asks over a connection of its own.
func talk(t *testing.T, addr socket.Address, msg string, kind ...socket.Arg) string {
	t.Helper()
	s := dial(t, addr, kind...)
	defer s.Close()
	return ask(t, s, msg)
}
