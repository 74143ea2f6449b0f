//go:build linux

package socket_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// interopPatience bounds each wait.
const interopPatience = time.Minute

// Both sides make the same data; see interop.py.
const (
	interopSize    = 3<<20 + 7
	interopChunk   = 32 << 10
	interopLargest = 65507
)

// interopTransport is what a conversation is held over.
type interopTransport struct {
	name   string
	family socket.AddressFamily
	kind   socket.SocketKind
	addr   func(t *testing.T) socket.Address // to bind to
}

func inetTransport(name string, addr socket.Address, kind socket.SocketKind) interopTransport {
	return interopTransport{name, addr.Family(), kind, func(*testing.T) socket.Address { return addr }}
}

func pathTransport(name string, kind socket.SocketKind) interopTransport {
	return interopTransport{name, socket.AF_UNIX, kind, func(t *testing.T) socket.Address {
		return socket.UnixAddr(filepath.Join(shortDir(t), "插座"))
	}}
}

func abstractTransport(name string, kind socket.SocketKind) interopTransport {
	return interopTransport{name, socket.AF_UNIX, kind, func(t *testing.T) socket.Address {
		machine.Needs(t, machine.LinuxCalls) // x/sys ends a name at a second NUL
		return socket.UnixAddr("\x00" + filepath.Base(shortDir(t)) + "\x00\xff'\\")
	}}
}

var streams = []interopTransport{
	inetTransport("tcp4", socket.Addr("127.0.0.1", 0), socket.SOCK_STREAM),
	inetTransport("tcp6", socket.Addr6("::1", 0, 0, 0), socket.SOCK_STREAM),
	pathTransport("unix path", socket.SOCK_STREAM),
	abstractTransport("unix abstract", socket.SOCK_STREAM),
	pathTransport("seqpacket path", socket.SOCK_SEQPACKET),
	abstractTransport("seqpacket abstract", socket.SOCK_SEQPACKET),
}

var datagrams = []interopTransport{
	inetTransport("udp4", socket.Addr("127.0.0.1", 0), socket.SOCK_DGRAM),
	inetTransport("udp6", socket.Addr6("::1", 0, 0, 0), socket.SOCK_DGRAM),
	pathTransport("unix path", socket.SOCK_DGRAM),
	abstractTransport("unix abstract", socket.SOCK_DGRAM),
}

// shortDir is t.TempDir with a name that leaves room in an AF_UNIX path.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// need skips the test where there is no such transport.
func (tr interopTransport) need(t *testing.T) {
	t.Helper()
	if tr.family == socket.AF_INET6 {
		needIPv6(t)
	}
}

// socket returns a new socket of the interopTransport, closed at the end of the test.
func (tr interopTransport) socket(t *testing.T) *socket.Socket {
	t.Helper()
	s, err := socket.New(tr.family, tr.kind)
	return patient(t, s, err)
}

// patient gives a socket a timeout and closes it at the end of the test.
func patient(t *testing.T, s *socket.Socket, err error) *socket.Socket {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.SetTimeout(interopPatience); err != nil {
		t.Fatal(err)
	}
	return s
}

// serve binds a socket, makes a listener of it and starts Python in that role as
// its client. It returns the listener, or the datagram socket.
func (tr interopTransport) serve(t *testing.T, role string) (*socket.Socket, *pytest.Process) {
	t.Helper()
	tr.need(t)
	s := tr.socket(t)
	if err := s.Bind(tr.addr(t)); err != nil {
		t.Fatal(err)
	}
	if tr.kind != socket.SOCK_DGRAM {
		if err := s.Listen(); err != nil {
			t.Fatal(err)
		}
	}
	own, err := s.GetSockName()
	if err != nil {
		t.Fatal(err)
	}
	return s, tr.python(t, role, own)
}

// python starts Python in a role.
func (tr interopTransport) python(t *testing.T, role string, addr socket.Address) *pytest.Process {
	t.Helper()
	code := readFile(t, "testdata/interop.py")
	return pytest.Find(t).Start(t, code, role, tr.family.String(), tr.kind.String(), literal(addr))
}

// server starts Python in the role of a server, and returns the address that it
// says it is bound to.
func (tr interopTransport) server(t *testing.T, role string) (socket.Address, *pytest.Process) {
	t.Helper()
	tr.need(t)
	addr := tr.addr(t)
	p := tr.python(t, role, addr)
	line := p.Line()
	if tr.family == socket.AF_UNIX {
		if want := "('ready', " + literal(addr) + ")"; line != want {
			t.Fatalf("Python says %s, want %s", line, want)
		}
		return addr, p
	}
	var host string
	var port int
	var scope uint32
	fields := strings.NewReplacer("(", " ", ")", " ", ",", " ", "'", " ").Replace(line)
	if tr.family == socket.AF_INET {
		_, err := fmt.Sscanf(fields, " ready %s %d", &host, &port)
		if err != nil {
			t.Fatalf("Python says %s: %v", line, err)
		}
		return socket.Addr(host, port), p
	}
	if _, err := fmt.Sscanf(fields, " ready %s %d 0 %d", &host, &port, &scope); err != nil {
		t.Fatalf("Python says %s: %v", line, err)
	}
	return socket.Addr6(host, port, 0, scope), p
}

// connect connects to Python.
func (tr interopTransport) connect(t *testing.T, addr socket.Address) *socket.Socket {
	t.Helper()
	s := tr.socket(t)
	if err := s.Connect(addr); err != nil {
		t.Fatal(err)
	}
	return s
}

// accept takes Python's connection, and checks that the peer's address is what
// Python says its own is.
func accept(t *testing.T, listener *socket.Socket, p *pytest.Process) *socket.Socket {
	t.Helper()
	s, peer, err := listener.Accept()
	s = patient(t, s, err)
	if diff := cmp.Diff(p.Line(), literal(peer)); diff != "" {
		t.Errorf("Accept's address (-Python +Go):\n%s", diff)
	}
	return s
}

// literal writes an address as Python writes it.
func literal(addr socket.Address) string {
	switch a := addr.(type) {
	case socket.InetAddr:
		return fmt.Sprintf("('%s', %d)", a.Host(), a.Port())
	case socket.Inet6Addr:
		return fmt.Sprintf("('%s', %d, %d, %d)", a.Host(), a.Port(), a.FlowInfo(), a.ScopeID())
	case socket.UnixAddr:
		if strings.HasPrefix(string(a), "\x00") {
			return "b" + pythonQuote(string(a), func(c rune) bool { return c < 0x7f })
		}
		return pythonQuote(string(a), func(c rune) bool { return c >= ' ' })
	}
	return "None"
}

// interopLinkLocal returns the link-local address of lo.
func interopLinkLocal(t *testing.T) (addr socket.Address, ok bool) {
	t.Helper()
	index, err := socket.IfNameToIndex("lo")
	if err != nil {
		t.Skipf("no interface lo: %v", err)
	}
	lo := net.Interface{Index: index}
	addrs, err := lo.Addrs()
	for errors.Is(err, unix.EINTR) { // package net gives up then
		addrs, err = lo.Addrs()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if ip, _, err := net.ParseCIDR(a.String()); err == nil && ip.To4() == nil && ip.IsLinkLocalUnicast() {
			return socket.Addr6(ip.String(), 0, 0, uint32(lo.Index)), true
		}
	}
	return nil, false
}

// inNamespace runs the test again in a network namespace of its own, after a
// shell command that sets it up.
func inNamespace(t *testing.T, setUp string) {
	t.Helper()
	const mark = "SOCKET_TEST_NAMESPACE"
	if os.Getenv(mark) != "" {
		t.Fatalf("%s has not helped", setUp)
	}
	flags := "-n"
	if os.Geteuid() != 0 {
		flags = "-rn"
	}
	if out, err := exec.Command("unshare", flags, "sh", "-c", setUp).CombinedOutput(); err != nil {
		t.Skipf("no network namespace (%v %s): run as root with iproute2, or try: ip addr add fe80::1/64 dev lo", err, out)
	}
	self := machine.Command(os.Args[0], "-test.v", "-test.run", "^"+t.Name()+"$")
	cmd := exec.Command("unshare", append([]string{flags, "sh", "-c", setUp + ` && exec "$0" "$@"`}, self...)...)
	cmd.Env = append(os.Environ(), mark+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name()+"/tcp6")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// sendAll sends data; over packets, in one.
func sendAll(t *testing.T, s *socket.Socket, data []byte) {
	t.Helper()
	if err := s.SendAll(data); err != nil {
		t.Fatal(err)
	}
}

// receive receives n bytes.
func receive(t *testing.T, s *socket.Socket, n int) []byte {
	t.Helper()
	var data []byte
	for len(data) < n {
		more, err := s.Recv(n - len(data))
		if err != nil || len(more) == 0 {
			t.Fatalf("after %d of %d bytes: %v", len(data), n, err)
		}
		data = append(data, more...)
	}
	return data
}

// receiveAll receives until the end.
func receiveAll(t *testing.T, s *socket.Socket) []byte {
	t.Helper()
	var data []byte
	for {
		more, err := s.Recv(interopChunk)
		if err != nil {
			t.Fatalf("after %d bytes: %v", len(data), err)
		}
		if len(more) == 0 {
			return data
		}
		data = append(data, more...)
	}
}

// pattern is what both sides make of salt.
func pattern(salt string) []byte {
	block := sha256.Sum256([]byte(salt))
	var data []byte
	for i := uint32(0); len(data) < interopSize; i++ {
		binary.BigEndian.PutUint32(block[:], i)
		data = append(data, block[:]...)
	}
	return data[:interopSize]
}

func sendPattern(t *testing.T, s *socket.Socket, salt string) {
	t.Helper()
	data := pattern(salt)
	if s.Kind() == socket.SOCK_STREAM {
		sendAll(t, s, data)
		return
	}
	for len(data) > 0 {
		n := min(len(data), interopChunk)
		sendAll(t, s, data[:n])
		data = data[n:]
	}
}

func checkPattern(t *testing.T, salt string, got []byte) {
	t.Helper()
	if want := pattern(salt); !bytes.Equal(want, got) {
		t.Errorf("received %d bytes, hash %x, want %d, %x", len(got), sha256.Sum256(got), len(want), sha256.Sum256(want))
	}
}

// summary is what Python says of having received a pattern.
func summary(salt string) string {
	return fmt.Sprintf("(%d, '%x')\n", interopSize, sha256.Sum256(pattern(salt)))
}
