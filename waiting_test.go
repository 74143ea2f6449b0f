//go:build unix && !aix

package socket_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The helpers of the tests that are about waiting.

// patience bounds what a test waits for that must come; it is never waited out
// unless something is broken.
const patience = time.Minute

// must fails the test if err isn't nil.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// needIPv6 skips the test on a machine without IPv6, as containers often are.
func needIPv6(t testing.TB) {
	t.Helper()
	s, err := socket.New(socket.AF_INET6, socket.SOCK_DGRAM)
	if err == nil {
		err = errors.Join(s.Bind(socket.Addr6("::1", 0, 0, 0)), s.Close())
	}
	if err != nil {
		t.Skipf("no IPv6 (%v): try sysctl net.ipv6.conf.lo.disable_ipv6=0", err)
	}
}

// sock returns a new socket that is closed when the test ends.
func sock(t testing.TB, args ...socket.Arg) *socket.Socket {
	t.Helper()
	s, err := socket.New(args...)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// streamPair returns two connected AF_UNIX streams.
func streamPair(t testing.TB, args ...socket.Arg) (a, b *socket.Socket) {
	t.Helper()
	a, b, err := socket.SocketPair(args...)
	must(t, err)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// listener returns a TCP listener on loopback and its address.
func listener(t testing.TB) (*socket.Socket, socket.Address) {
	t.Helper()
	l, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	must(t, err)
	t.Cleanup(func() { l.Close() })
	addr, err := l.GetSockName()
	must(t, err)
	return l, addr
}

// tcpConns returns the two ends of a TCP connection.
func tcpConns(t testing.TB) (client, server *socket.Socket) {
	t.Helper()
	l, addr := listener(t)
	client = sock(t)
	must(t, client.Connect(addr))
	server, _, err := l.Accept()
	must(t, err)
	t.Cleanup(func() { server.Close() })
	return client, server
}

// udpSocket returns a datagram socket bound to loopback and its address.
func udpSocket(t testing.TB) (*socket.Socket, socket.Address) {
	t.Helper()
	s := sock(t, socket.SOCK_DGRAM)
	must(t, s.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err := s.GetSockName()
	must(t, err)
	return s, addr
}

// unusedPort returns the address of a TCP port that refuses connections. The
// socket stays bound, so that nobody else gets the port.
func unusedPort(t testing.TB) socket.Address {
	t.Helper()
	s := sock(t)
	must(t, s.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err := s.GetSockName()
	must(t, err)
	return addr
}

// waitFor returns when poll(2) finds one of events on s, or an error. What a call
// has sent over loopback may come a moment later: under load a kernel before Linux 6.5
// leaves it to a thread, ksoftirqd.
func waitFor(t testing.TB, s *socket.Socket, events int16) {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(s.Fileno()), Events: events}}
	n, err := unix.Poll(fds, int(patience.Milliseconds()))
	for err == unix.EINTR {
		n, err = unix.Poll(fds, int(patience.Milliseconds()))
	}
	if n != 1 || err != nil {
		t.Fatalf("poll of %v: %d, %v", s, n, err)
	}
}

// fileOf returns an open file with the data, its position at the beginning.
func fileOf(t testing.TB, data []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, data, 0o600))
	file, err := os.Open(path)
	must(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

// fill sends until nothing more fits.
func fill(t testing.TB, s *socket.Socket) (n int) {
	t.Helper()
	for chunk := make([]byte, 64<<10); len(chunk) > 0; {
		m, err := s.Send(chunk, socket.MSG_DONTWAIT)
		n += m
		if errors.Is(err, socket.ErrBlockingIO) {
			chunk = chunk[:len(chunk)/2]
			continue
		}
		must(t, err)
	}
	return n
}

// parked counts the goroutines whose stack goes through the function named.
func parked(function string) (n int) {
	var b bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&b, 1)
	for _, stack := range strings.Split(b.String(), "\n\n") {
		if strings.Contains(stack, function) {
			count := 0
			fmt.Sscanf(stack[strings.LastIndex(stack[:strings.Index(stack, " @")], "\n")+1:], "%d", &count)
			n += count
		}
	}
	return n
}

// waitParked returns when n goroutines are inside an engine's call that waits.
func waitParked(t testing.TB, n int) {
	t.Helper()
	end := time.Now().Add(patience)
	for parked("internal/fd.(*FD).wait+") < n {
		if time.Now().After(end) {
			t.Fatalf("only %d of %d goroutines wait", parked("internal/fd.(*FD).wait+"), n)
		}
		time.Sleep(time.Millisecond)
	}
}

// within returns what comes out of ch, and fails if nothing comes.
func within[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
		t.Fatalf("nothing after %v", patience)
		panic("unreachable")
	}
}

// start runs f in a goroutine and returns where its error will be.
func start(f func() error) <-chan error {
	ch := make(chan error, 1)
	go func() { ch <- f() }()
	return ch
}

// wantClosed checks the error of a call that Close ended.
func wantClosed(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("got error %v, want one that is net.ErrClosed", err)
	}
}
