//go:build unix

package socket

import (
	"io"
	"net"
	"reflect"
	"syscall"
	"time"

	"example.com/socket/internal/fd"
	"example.com/socket/internal/sockaddr"
)

// A Socket is a net.Conn, for package net's users: crypto/tls, net/http, bufio.

var (
	_ net.Conn     = (*Socket)(nil)
	_ syscall.Conn = (*Socket)(nil)
)

// Read receives into b with recv(2), as net.Conn's Read: the end of a stream is
// io.EOF, where RecvInto returns 0. An empty datagram is 0 and no error. The
// socket's timeout holds, and the deadline; the earlier of the two counts. Python
// has no counterpart.
//
// Errors: ErrTimeout, which is os.ErrDeadlineExceeded and a net.Error whose
// Timeout is true; ErrBlockingIO with the timeout 0; net.ErrClosed.
func (s *Socket) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, s.checkOpen("read")
	}
	n, err := s.fd.Recv(b, 0, s.GetTimeout())
	switch {
	case err != nil:
		return 0, failure("read", nil, err)
	case n == 0 && s.hasEnd():
		return 0, io.EOF
	}
	return n, nil
}

// hasEnd reports whether receiving nothing is the end.
func (s *Socket) hasEnd() bool { return s.kind == SOCK_STREAM || s.kind == SOCK_SEQPACKET }

// Write sends all of b with send(2), as net.Conn's Write: SendAll that says how
// much went. On a datagram socket b is one datagram. The timeout is for the
// whole; of it and the deadline the earlier counts. Errors are those of SendAll.
func (s *Socket) Write(b []byte) (int, error) {
	n, err := s.fd.SendAll(b, 0, s.GetTimeout())
	return n, failure("write", nil, err)
}

// SetDeadline sets until when calls must be done, those that wait already
// included: net.Conn's SetDeadline. It is a point in time for all calls from now
// on, where SetTimeout, Python's way, is a length of time for each; a call ends
// at the earlier of the two. It holds for whatever receives or sends, Accept and
// Connect included. Once it has passed every call fails at once with ErrTimeout,
// also one that needn't wait. The zero Time takes it away.
func (s *Socket) SetDeadline(t time.Time) error {
	return failure("set deadline", nil, s.fd.SetDeadline(t, true, true))
}

// SetReadDeadline is SetDeadline for calls that receive, and for Accept.
func (s *Socket) SetReadDeadline(t time.Time) error {
	return failure("set deadline", nil, s.fd.SetDeadline(t, true, false))
}

// SetWriteDeadline is SetDeadline for calls that send, and for Connect.
func (s *Socket) SetWriteDeadline(t time.Time) error {
	return failure("set deadline", nil, s.fd.SetDeadline(t, false, true))
}

// LocalAddr returns the socket's own address as package net's type:
// *net.TCPAddr, *net.UDPAddr, *net.IPAddr for SOCK_RAW, *net.UnixAddr (whose Name
// is "" for a socket without one, where package net has "@" on Linux); any other
// socket's is an Address. It is nil if it can't be had, as after Close.
// GetSockName returns an Address always, and the error.
func (s *Socket) LocalAddr() net.Addr {
	addr, _ := s.GetSockName()
	return s.netAddr(addr)
}

// RemoteAddr returns the peer's address as LocalAddr returns the own one, nil if
// the socket isn't connected. A stream that has been connected keeps it when the
// peer has reset the connection, and after Close; so does one whose connect with
// the timeout 0 has begun. GetPeerName asks the kernel, which forgets it then.
func (s *Socket) RemoteAddr() net.Addr {
	if addr, err := s.GetPeerName(); err == nil {
		return s.netAddr(addr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.netAddr(s.peer)
}

// remember keeps whom a stream is connected to, for RemoteAddr. A peer can reset
// a connection before anyone asks, and callers of net.Conn's RemoteAddr don't
// look whether it is nil. raw is what addr came to.
func (s *Socket) remember(addr Address, raw *sockaddr.Raw) {
	if s.kind == SOCK_STREAM {
		peer := addr
		if a, ok := addr.(InetAddr); !ok || s.family != AF_INET || !a.ip.Is4() {
			peer = s.decode(raw) // the host was a name, or the form another one
		}
		s.mu.Lock()
		s.peer = peer
		s.mu.Unlock()
	}
}

// SyscallConn gives access to the descriptor, as package net's connections do:
// net.Conn's SyscallConn. Control runs a function with it. Read and Write run one
// until it returns true, waiting each time until the descriptor is ready, up to
// the timeout or the deadline. The function must not block: the descriptor may be
// in blocking mode if others share it (SetInheritable, Dup).
//
// The function may call Close: the descriptor is closed when the function has
// returned. In Read it must not call a method that waits to receive, nor in Write
// one that waits to send, nor Detach in any: they would wait for the function.
func (s *Socket) SyscallConn() (syscall.RawConn, error) {
	if s.fd.Closed() {
		return nil, failure("syscallconn", nil, fd.ErrClosed)
	}
	return rawConn{s}, nil
}

// rawConn is a Socket's syscall.RawConn.
type rawConn struct{ s *Socket }

func (c rawConn) Control(f func(fd uintptr)) error {
	return failure("raw control", nil, c.s.fd.Control(f))
}

func (c rawConn) Read(f func(fd uintptr) (done bool)) error {
	return failure("raw read", nil, c.s.fd.ForeignRead(f, c.s.GetTimeout()))
}

func (c rawConn) Write(f func(fd uintptr) (done bool)) error {
	return failure("raw write", nil, c.s.fd.ForeignWrite(f, c.s.GetTimeout()))
}

// FromConn creates a socket from a duplicate of package net's connection or
// listener, of an *os.File, or of anything else with a descriptor that is a
// socket's. conn stays the caller's and goes on working; both share the open
// file, which is non-blocking, but not timeouts and deadlines. Family, kind and
// protocol are asked of the descriptor. It is FromFd for Go's own types; Python
// has no counterpart.
//
// Errors: ENOTSOCK for an *os.File that is none, and what conn answers if it is
// closed.
func FromConn(conn syscall.Conn) (*Socket, error) {
	const op = "fromconn"
	// A nil *net.TCPConn would panic when asked.
	if v := reflect.ValueOf(conn); conn == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, &ArgumentError{op, "conn", nil, "a connection of package net, or another syscall.Conn"}
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, failure(op, nil, err)
	}
	dup, refused := -1, error(nil)
	err = raw.Control(func(sysfd uintptr) { dup, refused = fd.DupSysfd(int(sysfd)) })
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, failure(op, nil, err)
	}
	return adoptDup(&arguments{op: op}, dup)
}
