//go:build unix && !aix

package socket_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// Package net's own interfaces, which its users assert.
var (
	_ net.Conn     = (*socket.Socket)(nil)
	_ syscall.Conn = (*socket.Socket)(nil)
	_ net.Error    = (*socket.Error)(nil)
)

func TestReadEnd(t *testing.T) {
	tests := []struct {
		name string
		args []socket.Arg
		want error // after the peer has closed
	}{
		{"stream", nil, io.EOF},
		{"packets in order", []socket.Arg{socket.SOCK_SEQPACKET}, io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := streamPair(t, tt.args...)
			if n, err := a.Write([]byte("data")); n != 4 || err != nil {
				t.Fatalf("Write = %d, %v", n, err)
			}
			must(t, a.Close())
			if n, err := b.Read(nil); n != 0 || err != nil {
				t.Errorf("Read(nil) = %d, %v; want 0, nil", n, err)
			}
			buf := make([]byte, 10)
			if n, err := b.Read(buf); string(buf[:n]) != "data" || err != nil {
				t.Errorf("Read = %q, %v", buf[:n], err)
			}
			for range 2 {
				if n, err := b.Read(buf); n != 0 || err != tt.want {
					t.Errorf("Read at the end = %d, %v; want %v", n, err, tt.want)
				}
			}
			if n, err := b.Read(nil); n != 0 || err != nil {
				t.Errorf("Read(nil) at the end = %d, %v; want 0, nil", n, err)
			}
		})
	}
}

// An empty datagram is data, and one Write is one datagram.
func TestReadWriteDatagrams(t *testing.T) {
	a, b := streamPair(t, socket.SOCK_DGRAM)
	for _, text := range []string{"one", "", "three"} {
		if n, err := a.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("Write(%q) = %d, %v", text, n, err)
		}
	}
	for _, want := range []string{"one", "", "three"} {
		buf := make([]byte, 10)
		if n, err := b.Read(buf); string(buf[:n]) != want || err != nil {
			t.Errorf("Read = %q, %v; want %q", buf[:n], err, want)
		}
	}
}

// Write sends all, however much that is, and says how much went if it can't.
func TestWriteAll(t *testing.T) {
	a, b := tcpConns(t)
	data := make([]byte, 8<<20)
	done := start(func() error {
		n, err := a.Write(data)
		if n != len(data) {
			err = fmt.Errorf("Write = %d, %v", n, err)
		}
		return errors.Join(err, a.Close())
	})
	got, err := io.Copy(io.Discard, b)
	if got != int64(len(data)) || err != nil {
		t.Errorf("received %d bytes, %v", got, err)
	}
	must(t, within(t, done))
}

func TestWriteTimeoutCount(t *testing.T) {
	a, b := streamPair(t)
	must(t, a.SetWriteDeadline(time.Now().Add(20*time.Millisecond)))
	n, err := a.Write(make([]byte, 64<<20))
	wantError(t, err, os.ErrDeadlineExceeded)
	must(t, a.Close())
	if got, _ := io.Copy(io.Discard, b); got != int64(n) {
		t.Errorf("Write = %d, but %d bytes arrived", n, got)
	}
}

func TestReadWriteErrors(t *testing.T) {
	a, _ := streamPair(t)
	buf := make([]byte, 1)
	must(t, a.SetTimeout(0))
	_, err := a.Read(buf)
	wantError(t, err, socket.ErrBlockingIO)
	must(t, a.SetTimeout(time.Millisecond))
	_, err = a.Read(buf)
	wantError(t, err, socket.ErrTimeout)
	var netErr net.Error
	if !errors.As(err, &netErr) || !netErr.Timeout() {
		t.Errorf("%v is no net.Error with Timeout", err)
	}
	must(t, a.Close())
	_, err = a.Read(buf)
	wantError(t, err, net.ErrClosed)
	wantError(t, err, unix.EBADF)
	_, err = a.Read(nil)
	wantError(t, err, net.ErrClosed)
	_, err = a.Write(buf)
	wantError(t, err, net.ErrClosed)
	wantError(t, a.SetDeadline(time.Time{}), net.ErrClosed)
}

// A deadline that has passed fails every call, the zero Time none.
func TestDeadline(t *testing.T) {
	a, b := streamPair(t)
	past := time.Unix(1, 0)
	buf := make([]byte, 1)
	_, err := b.Write([]byte("xyz"))
	must(t, err)
	tests := []struct {
		name        string
		set         func(time.Time) error
		read, write bool
	}{
		{"both", a.SetDeadline, true, true},
		{"reading", a.SetReadDeadline, true, false},
		{"writing", a.SetWriteDeadline, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check := func(op string, err error, late bool) {
				t.Helper()
				if late != errors.Is(err, os.ErrDeadlineExceeded) || !late && err != nil {
					t.Errorf("%s: %v; late: %v", op, err, late)
				}
			}
			must(t, tt.set(past))
			_, err := a.Read(buf)
			check("Read", err, tt.read)
			_, err = a.Write(buf)
			check("Write", err, tt.write)
			if !tt.read { // took one byte
				_, err = b.Write([]byte("x"))
				must(t, err)
			}
			must(t, tt.set(time.Time{}))
			_, err = a.Read(buf)
			check("Read", err, false)
			_, err = a.Write(buf)
			check("Write", err, false)
		})
	}
}

// The earlier of the timeout and the deadline ends a call.
func TestDeadlineAndTimeout(t *testing.T) {
	long := time.Hour
	short := 20 * time.Millisecond
	for _, tt := range []struct {
		name              string
		timeout, deadline time.Duration
	}{
		{"timeout first", short, long},
		{"deadline first", long, short},
		{"deadline alone", socket.NoTimeout, short},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := streamPair(t)
			must(t, a.SetTimeout(tt.timeout))
			must(t, a.SetDeadline(time.Now().Add(tt.deadline)))
			_, err := a.Read(make([]byte, 1))
			wantError(t, err, os.ErrDeadlineExceeded)
			_, err = a.Recv(1)
			wantError(t, err, socket.ErrTimeout)
		})
	}
}

// LocalAddr and RemoteAddr are what package net's connection says of the same
// descriptor, type included.
func TestNetAddrs(t *testing.T) {
	tests := []struct {
		name string
		dial func(t *testing.T) (syscall.Conn, net.Addr, net.Addr)
	}{
		{"tcp", func(t *testing.T) (syscall.Conn, net.Addr, net.Addr) { return dialNet(t, "tcp", "127.0.0.1:0") }},
		{"tcp6", func(t *testing.T) (syscall.Conn, net.Addr, net.Addr) { return dialNet(t, "tcp6", "[::1]:0") }},
		{"unix", func(t *testing.T) (syscall.Conn, net.Addr, net.Addr) {
			return dialNet(t, "unix", filepath.Join(t.TempDir(), "s"))
		}},
		{"udp", func(t *testing.T) (syscall.Conn, net.Addr, net.Addr) {
			_, addr := udpSocket(t)
			c, err := net.Dial("udp", addr.String())
			must(t, err)
			t.Cleanup(func() { c.Close() })
			return c.(*net.UDPConn), c.LocalAddr(), c.RemoteAddr()
		}},
		{"unixgram without a peer", func(t *testing.T) (syscall.Conn, net.Addr, net.Addr) {
			c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(t.TempDir(), "s"), Net: "unixgram"})
			must(t, err)
			t.Cleanup(func() { c.Close() })
			return c, c.LocalAddr(), nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, local, remote := tt.dial(t)
			s, err := socket.FromConn(c)
			must(t, err)
			defer s.Close()
			if u, ok := local.(*net.UnixAddr); ok && u.Name == "@" {
				local = &net.UnixAddr{Net: u.Net} // has no name
			}
			if diff := cmp.Diff([]net.Addr{local, remote}, []net.Addr{s.LocalAddr(), s.RemoteAddr()}, sameIP); diff != "" {
				t.Errorf("LocalAddr and RemoteAddr (-net +socket):\n%s", diff)
			}
		})
	}
}

// sameIP compares addresses by what they mean: net has IPv4 ones in 4 or 16 bytes.
var sameIP = cmp.Comparer(func(a, b net.IP) bool { return a.Equal(b) })

func dialNet(t *testing.T, network, addr string) (syscall.Conn, net.Addr, net.Addr) {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil && strings.HasPrefix(addr, "[::1]") {
		t.Skip("no IPv6: try sysctl net.ipv6.conf.lo.disable_ipv6=0")
	}
	must(t, err)
	defer l.Close()
	c, err := net.Dial(network, l.Addr().String())
	must(t, err)
	t.Cleanup(func() { c.Close() })
	peer, err := l.Accept()
	must(t, err)
	t.Cleanup(func() { peer.Close() })
	return c.(syscall.Conn), c.LocalAddr(), c.RemoteAddr()
}

// There is no address, not a nil pointer in an interface, where there is none.
func TestNetAddrNil(t *testing.T) {
	for _, args := range [][]socket.Arg{{}, {socket.SOCK_DGRAM}, {socket.AF_UNIX}} {
		s := sock(t, args...)
		if addr := s.RemoteAddr(); addr != nil {
			t.Errorf("%v: RemoteAddr of an unconnected socket = %v", s, addr)
		}
		must(t, s.Close())
		if addr := s.LocalAddr(); addr != nil {
			t.Errorf("%v: LocalAddr after Close = %v", s, addr)
		}
	}
}

// A stream keeps its peer's address when the kernel has forgotten it: a peer
// can't make a server fail by resetting the connection.
func TestRemoteAddrAfterReset(t *testing.T) {
	client, server := tcpConns(t)
	clientAddr, serverAddr := client.LocalAddr(), client.RemoteAddr()
	// struct linger: on, for 0 seconds. Close then resets the connection.
	linger := binary.NativeEndian.AppendUint32(nil, 1)
	linger = binary.NativeEndian.AppendUint32(linger, 0)
	must(t, client.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, linger))
	must(t, client.Close())
	_, err := server.Read(make([]byte, 1))
	wantError(t, err, socket.ErrConnectionReset)
	if diff := cmp.Diff(clientAddr, server.RemoteAddr(), sameIP); diff != "" {
		t.Errorf("the server's RemoteAddr after the reset (-want +got):\n%s", diff)
	}
	must(t, server.Close())
	for name, got := range map[string][2]net.Addr{
		"server": {clientAddr, server.RemoteAddr()},
		"client": {serverAddr, client.RemoteAddr()},
	} {
		if diff := cmp.Diff(got[0], got[1], sameIP); diff != "" {
			t.Errorf("the %s's RemoteAddr after Close (-want +got):\n%s", name, diff)
		}
	}
}

func TestSyscallConn(t *testing.T) {
	a, b := streamPair(t)
	raw, err := a.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) {
		if int(fd) != a.Fileno() {
			t.Errorf("Control's descriptor is %d, Fileno %d", fd, a.Fileno())
		}
	}))
	_, writeErr := b.Write([]byte("x"))
	must(t, writeErr)
	calls := 0
	must(t, raw.Write(func(uintptr) bool { calls++; return true }))
	buf := make([]byte, 4)
	n, recvErr := 0, error(nil)
	must(t, raw.Read(func(fd uintptr) bool {
		calls++
		n, recvErr = unix.Read(int(fd), buf)
		return recvErr != unix.EAGAIN
	}))
	if n != 1 || recvErr != nil || calls != 2 {
		t.Errorf("read %d, %v in %d calls", n, recvErr, calls)
	}
}

// RawConn's Read waits: for data, the timeout, the deadline, Close.
func TestSyscallConnWait(t *testing.T) {
	newRead := func(t *testing.T) (_, _ *socket.Socket, begun chan struct{}, done <-chan error) {
		a, b := streamPair(t)
		begun = make(chan struct{})
		var once sync.Once
		return a, b, begun, start(func() error {
			raw, err := a.SyscallConn()
			if err != nil {
				return err
			}
			return raw.Read(func(fd uintptr) bool {
				once.Do(func() { close(begun) })
				_, err := unix.Read(int(fd), make([]byte, 1))
				return err != unix.EAGAIN
			})
		})
	}
	t.Run("data", func(t *testing.T) {
		_, b, begun, done := newRead(t)
		within(t, begun)
		must(t, b.SendAll([]byte("x")))
		must(t, within(t, done))
	})
	t.Run("deadline", func(t *testing.T) {
		a, _, begun, done := newRead(t)
		within(t, begun)
		must(t, a.SetReadDeadline(time.Unix(1, 0)))
		wantError(t, within(t, done), os.ErrDeadlineExceeded)
	})
	t.Run("close", func(t *testing.T) {
		a, _, begun, done := newRead(t)
		within(t, begun)
		must(t, a.Close())
		wantError(t, within(t, done), net.ErrClosed)
	})
	never := func(uintptr) bool { return false }
	t.Run("timeout", func(t *testing.T) {
		a, _ := streamPair(t)
		must(t, a.SetTimeout(10*time.Millisecond))
		raw, err := a.SyscallConn()
		must(t, err)
		wantError(t, raw.Read(never), socket.ErrTimeout)
		must(t, a.SetTimeout(0))
		wantError(t, raw.Read(never), socket.ErrBlockingIO)
	})
	t.Run("closed", func(t *testing.T) {
		a, _ := streamPair(t)
		raw, err := a.SyscallConn()
		must(t, err)
		must(t, a.Close())
		wantError(t, raw.Read(never), net.ErrClosed)
		wantError(t, raw.Write(never), net.ErrClosed)
		wantError(t, raw.Control(func(uintptr) {}), net.ErrClosed)
		_, err = a.SyscallConn()
		wantError(t, err, net.ErrClosed)
	})
}

// Close in RawConn's functions doesn't deadlock; the descriptor outlives the
// function.
func TestSyscallConnCloseInside(t *testing.T) {
	for _, method := range []string{"Control", "Read", "Write", "Read after waiting"} {
		t.Run(method, func(t *testing.T) {
			a, b := streamPair(t)
			raw, err := a.SyscallConn()
			must(t, err)
			closeIt := func(fd uintptr) bool {
				if err := a.Close(); err != nil {
					t.Error(err)
				}
				if _, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
					t.Errorf("the descriptor while the function runs: %v", err)
				}
				return true
			}
			switch method {
			case "Control":
				err = raw.Control(func(fd uintptr) { closeIt(fd) })
			case "Read":
				err = raw.Read(closeIt)
			case "Write":
				err = raw.Write(closeIt)
			default:
				calls := 0
				err = raw.Read(func(fd uintptr) bool {
					if calls++; calls == 1 {
						must(t, b.SendAll([]byte("x")))
						return false
					}
					return closeIt(fd)
				})
			}
			must(t, err)
			// The end shows that the descriptor has been closed.
			if data, err := b.Recv(1); len(data) != 0 || err != nil && !errors.Is(err, socket.ErrConnectionReset) {
				t.Errorf("the peer received %q, %v", data, err)
			}
		})
	}
}

// A panic in a function leaves the socket usable.
func TestSyscallConnPanic(t *testing.T) {
	for _, waits := range []bool{false, true} {
		a, b := streamPair(t)
		raw, err := a.SyscallConn()
		must(t, err)
		calls := 0
		func() {
			defer func() {
				if r := recover(); r != "on purpose" {
					t.Errorf("recovered %v", r)
				}
			}()
			raw.Read(func(uintptr) bool {
				if calls++; waits && calls == 1 {
					must(t, b.SendAll([]byte("x")))
					return false
				}
				panic("on purpose")
			})
		}()
		if !waits {
			must(t, b.SendAll([]byte("x")))
		}
		if data, err := a.Recv(1); string(data) != "x" || err != nil {
			t.Errorf("Recv = %q, %v", data, err)
		}
		must(t, a.SetTimeout(time.Millisecond))
		_, err = a.Recv(1)
		wantError(t, err, socket.ErrTimeout)
		must(t, within(t, start(a.Close)))
	}
}

// FromConn's socket and net's connection both go on, each with its own deadline.
func TestFromConn(t *testing.T) {
	a, b := tcpConns(t)
	file := os.NewFile(uintptr(mustDetach(t, a)), "a")
	conn, err := net.FileConn(file)
	must(t, err)
	defer conn.Close()
	must(t, file.Close())
	s, err := socket.FromConn(conn.(*net.TCPConn))
	must(t, err)
	defer s.Close()
	if s.Family() != socket.AF_INET || s.Kind() != socket.SOCK_STREAM {
		t.Errorf("FromConn gave %v", s)
	}
	must(t, s.SetDeadline(time.Unix(1, 0)))
	must(t, b.SendAll([]byte("for net")))
	buf := make([]byte, 10)
	n, err := conn.Read(buf)
	if string(buf[:n]) != "for net" || err != nil {
		t.Errorf("net's Read = %q, %v", buf[:n], err)
	}
	must(t, s.SetDeadline(time.Time{}))
	must(t, conn.SetDeadline(time.Unix(1, 0)))
	waiting := start(func() error {
		data, err := s.Recv(10)
		if err == nil && string(data) != "for us" {
			err = fmt.Errorf("Recv = %q", data)
		}
		return err
	})
	must(t, b.SendAll([]byte("for us")))
	must(t, within(t, waiting))
	must(t, conn.Close())
	must(t, s.SendAll([]byte("still open")))
}

func mustDetach(t *testing.T, s *socket.Socket) int {
	t.Helper()
	n, err := s.Detach()
	must(t, err)
	return n
}

func TestFromConnRefused(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	defer w.Close()
	closed, _ := streamPair(t)
	must(t, closed.Close())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	var none *net.TCPConn
	for _, tt := range []struct {
		name string
		conn syscall.Conn
		want error
	}{
		{"nil", nil, os.ErrInvalid},
		{"a nil connection", none, os.ErrInvalid},
		{"a pipe", r, unix.ENOTSOCK},
		{"a closed socket", closed, net.ErrClosed},
		{"a closed listener", l.(*net.TCPListener), net.ErrClosed},
	} {
		if s, err := socket.FromConn(tt.conn); s != nil || !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.name, s, err, tt.want)
		}
	}
}

func TestNetListener(t *testing.T) {
	server, addr := listener(t)
	l := server.NetListener()
	if l.Addr().String() != addr.String() || l.Addr().Network() != "tcp" {
		t.Errorf("Addr = %s %v, want tcp %v", l.Addr().Network(), l.Addr(), addr)
	}
	c, err := net.Dial(l.Addr().Network(), l.Addr().String())
	must(t, err)
	defer c.Close()
	conn, err := l.Accept()
	must(t, err)
	defer conn.Close()
	if _, ok := conn.(*socket.Socket); !ok {
		t.Errorf("Accept gave a %T", conn)
	}
	if conn.RemoteAddr().String() != c.LocalAddr().String() {
		t.Errorf("RemoteAddr = %v, want %v", conn.RemoteAddr(), c.LocalAddr())
	}
	must(t, l.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Unix(1, 0)))
	conn2, err := l.Accept()
	wantError(t, err, os.ErrDeadlineExceeded)
	if conn2 != nil {
		t.Errorf("Accept gave %v beside an error", conn2)
	}
	must(t, l.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Time{}))
	accepting := start(func() error { _, err := l.Accept(); return err })
	waitParked(t, 1)
	must(t, l.Close())
	wantError(t, within(t, accepting), net.ErrClosed)
	if l.Addr().String() != addr.String() {
		t.Errorf("Addr after Close = %v", l.Addr())
	}
}

func TestNetPacketConn(t *testing.T) {
	s, addr := udpSocket(t)
	pc := s.NetPacketConn()
	peer, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	defer peer.Close()
	peerAddr := peer.LocalAddr().(*net.UDPAddr)
	ap := peerAddr.AddrPort()

	// WriteTo takes net's address, in either form of IPv4, and the package's.
	for _, to := range []net.Addr{
		peerAddr,
		&net.UDPAddr{IP: peerAddr.IP.To4(), Port: peerAddr.Port},
		&net.UDPAddr{IP: peerAddr.IP.To16(), Port: peerAddr.Port},
		socket.AddrFromAddrPort(netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())),
		socket.Addr("localhost", peerAddr.Port),
		&net.UDPAddr{Port: peerAddr.Port}, // any address: Linux and BSD take loopback
	} {
		if n, err := pc.WriteTo([]byte("hello"), to); n != 5 || err != nil {
			t.Fatalf("WriteTo(%v) = %d, %v", to, n, err)
		}
		buf := make([]byte, 10)
		n, from, err := peer.ReadFrom(buf)
		if string(buf[:n]) != "hello" || err != nil || from.String() != addr.String() {
			t.Errorf("the peer received %q, %v, %v", buf[:n], from, err)
		}
	}
	for _, text := range []string{"answer", ""} {
		_, err = peer.WriteTo([]byte(text), pc.LocalAddr())
		must(t, err)
		buf := make([]byte, 10)
		n, from, err := pc.ReadFrom(buf)
		if string(buf[:n]) != text || err != nil {
			t.Errorf("ReadFrom = %q, %v, want %q", buf[:n], err, text)
		}
		if diff := cmp.Diff(net.Addr(peerAddr), from, sameIP); diff != "" {
			t.Errorf("ReadFrom's address (-want +got):\n%s", diff)
		}
	}
	full := pc.(interface {
		net.PacketConn
		syscall.Conn
		SetReadBuffer(int) error
		SetWriteBuffer(int) error
	})
	must(t, full.SetReadBuffer(32<<10))
	must(t, full.SetWriteBuffer(16<<10))
	for opt, least := range map[int]int{socket.SO_RCVBUF: 32 << 10, socket.SO_SNDBUF: 16 << 10} {
		if got, err := s.GetSockOpt(socket.SOL_SOCKET, opt); got < least || got > 4*least || err != nil {
			t.Errorf("option %d = %d, %v; set to %d", opt, got, err, least)
		}
	}
	must(t, pc.SetReadDeadline(time.Unix(1, 0)))
	n, from, err := pc.ReadFrom(make([]byte, 1))
	wantError(t, err, os.ErrDeadlineExceeded)
	if n != 0 || from != nil {
		t.Errorf("ReadFrom gave %d, %v beside an error", n, from)
	}
	must(t, pc.Close())
	_, err = pc.WriteTo([]byte("x"), peerAddr)
	wantError(t, err, net.ErrClosed)
}

func TestNetPacketConnRefused(t *testing.T) {
	s, _ := udpSocket(t)
	pc := s.NetPacketConn()
	var none *net.UDPAddr
	for _, to := range []net.Addr{
		nil,
		none,
		&net.UDPAddr{IP: net.IPv6loopback, Port: 9},
		&net.UDPAddr{IP: net.IP{1, 2, 3}, Port: 9},
		&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 70000},
		&net.UnixAddr{Name: "/x"},
		socket.UnixAddr("/x"),
	} {
		var wrong *socket.ArgumentError
		if n, err := pc.WriteTo([]byte("x"), to); n != 0 || !errors.As(err, &wrong) {
			t.Errorf("WriteTo(%v) = %d, %v; want an ArgumentError", to, n, err)
		} else if err.Error() == "" {
			t.Error("an error without a text")
		}
	}
}

// An AF_INET6 socket sends to IPv4 addresses as well, as net's do.
func TestNetPacketConnDual(t *testing.T) {
	needIPv6(t)
	s := sock(t, socket.AF_INET6, socket.SOCK_DGRAM)
	must(t, s.SetSockOpt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0))
	must(t, s.Bind(socket.Addr6("::", 0, 0, 0)))
	peer, addr := udpSocket(t)
	pc := s.NetPacketConn()
	_, err := pc.WriteTo([]byte("x"), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1).To4(), Port: addr.Port()})
	must(t, err)
	_, from, err := peer.RecvFrom(1)
	must(t, err)
	_, err = peer.SendTo([]byte("y"), from)
	must(t, err)
	_, source, err := pc.ReadFrom(make([]byte, 1))
	must(t, err)
	if source.String() != addr.String() {
		t.Errorf("ReadFrom's address is %v, want %v", source, addr)
	}
}

func TestNetPacketConnUnix(t *testing.T) {
	dir := t.TempDir()
	a, b := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM), sock(t, socket.AF_UNIX, socket.SOCK_DGRAM)
	name := filepath.Join(dir, "a")
	must(t, a.Bind(socket.UnixAddr(name)))
	must(t, b.Bind(socket.UnixAddr(filepath.Join(dir, "b"))))
	pa, pb := a.NetPacketConn(), b.NetPacketConn()
	_, err := pa.WriteTo([]byte("x"), pb.LocalAddr())
	must(t, err)
	_, from, err := pb.ReadFrom(make([]byte, 1))
	must(t, err)
	if diff := cmp.Diff(net.Addr(&net.UnixAddr{Name: name, Net: "unixgram"}), from); diff != "" {
		t.Errorf("ReadFrom's address (-want +got):\n%s", diff)
	}
	anonymous := sock(t, socket.AF_UNIX, socket.SOCK_DGRAM).NetPacketConn()
	_, err = anonymous.WriteTo([]byte("x"), pb.LocalAddr())
	must(t, err)
	if _, from, err = pb.ReadFrom(make([]byte, 1)); from != nil || err != nil {
		t.Errorf("ReadFrom's address is %v, %v; want nil", from, err)
	}
}
