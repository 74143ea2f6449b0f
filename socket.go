//go:build unix

package socket

import (
	"sync"
	"sync/atomic"
	"time"

	"example.com/socket/internal/fd"
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// A Socket is one end of a communication channel: Python's socket.socket. Its
// methods may be called from any goroutine, several at a time; those that wait
// park their goroutine, not a thread, and Close ends them.
//
// New and the other functions that return a Socket make one. The zero Socket is a
// closed one: its calls answer EBADF, which is net.ErrClosed.
type Socket struct {
	fd          *fd.FD       // nil in the zero Socket, which the engine takes for closed
	timeout     atomic.Int64 // a Duration: NoTimeout, 0 for non-blocking, or a timeout
	seen        atomic.Pointer[seenPeer]
	family      AddressFamily
	kind        SocketKind
	proto       int32       // a Proto
	inheritable atomic.Bool // others get the open file: its mode follows the timeout

	mu     sync.Mutex
	files  int32   // open Files of MakeFile, which keep the descriptor open
	closed bool    // Close or Detach was called
	peer   Address // whom a stream is connected to, for RemoteAddr
}

// New creates a socket: Python's socket.socket(family=AF_INET, type=SOCK_STREAM,
// proto=0, fileno=None) and socket(2). What is left out has these defaults; an
// AddressFamily, a SocketKind, a Proto and a Fileno may stand in any order.
//
//	New()                     // socket.socket()
//	New(AF_INET6, SOCK_DGRAM) // socket.socket(AF_INET6, SOCK_DGRAM)
//	New(Fileno(3))            // socket.socket(fileno=3)
//
// With a Fileno the socket takes over that descriptor, which must be a socket's;
// what is left out is asked of the descriptor. Closing it is the Socket's business
// from then on. The descriptor becomes non-blocking, or stays blocking without a
// timeout if programs that are started inherit it.
//
// The socket is not inherited by programs that are started (PEP 446), and has
// the default timeout; SOCK_NONBLOCK in the kind gives it the timeout 0. No
// option is set. A kernel's refusal is an *Error: EAFNOSUPPORT, EPROTONOSUPPORT,
// EPERM for SOCK_RAW without privileges, EMFILE; EBADF or ENOTSOCK for a wrong
// Fileno.
func New(args ...Arg) (*Socket, error) {
	a, err := parseArgs("socket", argFamily|argKindOf|argProto|argFileno, args)
	if err != nil {
		return nil, err
	}
	if a.has(argFileno) {
		return adopt(&a)
	}
	a.defaults(AF_INET, SOCK_STREAM)
	kind, timeout := splitKind(a.kind)
	f, err := fd.Socket(int(a.family), int(kind), int(a.proto))
	if err != nil {
		return nil, failure("socket", nil, err)
	}
	return wrap(f, a.family, kind, a.proto, timeout), nil
}

// adopt makes a Socket of a descriptor that exists.
func adopt(a *arguments) (*Socket, error) {
	if err := checkFileno(a.op, "Fileno", int(a.fileno)); err != nil {
		return nil, err
	}
	if err := a.detect(); err != nil {
		return nil, err
	}
	kind, timeout := splitKind(a.kind)
	f, err := fd.Adopt(int(a.fileno), int(a.family), int(kind), int(a.proto))
	if err != nil {
		return nil, failure(a.op, nil, err)
	}
	s := wrap(f, a.family, kind, a.proto, timeout)
	if inheritable, err := s.GetInheritable(); err == nil && inheritable {
		s.SetInheritable(true) // sees to the mode that programs find
	}
	return s, nil
}

// checkFileno refuses what can't be a descriptor. The kernel looks at the lower 32
// bits alone: a larger number would name some other descriptor.
func checkFileno(op, name string, fileno int) error {
	if fileno < 0 || fileno != int(int32(fileno)) {
		return &ArgumentError{op, name, fileno, "a descriptor's number, 0 to 2147483647"}
	}
	return nil
}

// splitKind takes the flags out of a kind. SOCK_NONBLOCK gives the timeout 0.
func splitKind(kind SocketKind) (SocketKind, time.Duration) {
	if kind&kindNonblock != 0 {
		return kind &^ kindFlags, 0
	}
	return kind &^ kindFlags, GetDefaultTimeout()
}

// wrap makes a Socket of an engine's descriptor.
func wrap(f *fd.FD, family AddressFamily, kind SocketKind, proto Proto, timeout time.Duration) *Socket {
	s := &Socket{fd: f, family: family, kind: kind, proto: int32(proto)}
	s.timeout.Store(int64(timeout))
	return s
}

// FromFd creates a socket from a duplicate of a descriptor, which stays the
// caller's: Python's socket.fromfd(fd, family, type, proto). Family, kind and
// protocol may be left out; they are asked of the descriptor. The open file is
// shared, and becomes non-blocking for both.
func FromFd(fileno int, args ...Arg) (*Socket, error) {
	a, err := parseArgs("fromfd", argFamily|argKindOf|argProto, args)
	if err != nil {
		return nil, err
	}
	if err := checkFileno("fromfd", "fd", fileno); err != nil {
		return nil, err
	}
	dup, err := fd.DupSysfd(fileno)
	if err != nil {
		return nil, failure("fromfd", nil, err)
	}
	return adoptDup(&a, dup)
}

// adoptDup is adopt for a duplicate, which is closed if it can't be one.
func adoptDup(a *arguments, dup int) (*Socket, error) {
	a.fileno = Fileno(dup)
	s, err := adopt(a)
	if err != nil {
		unix.Close(dup)
	}
	return s, err
}

// SocketPair creates two sockets that are connected to each other: Python's
// socket.socketpair(family, type, proto) and socketpair(2). They are AF_UNIX
// streams unless the arguments say otherwise, and have the default timeout.
func SocketPair(args ...Arg) (*Socket, *Socket, error) {
	a, err := parseArgs("socketpair", argFamily|argKindOf|argProto, args)
	if err != nil {
		return nil, nil, err
	}
	a.defaults(AF_UNIX, SOCK_STREAM)
	kind, timeout := splitKind(a.kind)
	f, g, err := fd.Pair(int(a.family), int(kind), int(a.proto))
	if err != nil {
		return nil, nil, failure("socketpair", nil, err)
	}
	return wrap(f, a.family, kind, a.proto, timeout), wrap(g, a.family, kind, a.proto, timeout), nil
}

// Family returns the address family: Python's socket.family.
func (s *Socket) Family() AddressFamily { return s.family }

// Kind returns the socket's type without flags: Python's socket.type.
func (s *Socket) Kind() SocketKind { return s.kind }

// Proto returns the protocol that the socket was made with: Python's
// socket.proto. It is 0 after New() and what the kernel says after
// New(Fileno(fd)); an accepted socket has the listener's.
func (s *Socket) Proto() Proto { return Proto(s.proto) }

// Fileno returns the descriptor's number, -1 once the socket is closed: Python's
// socket.fileno(). The descriptor stays the socket's; it is non-blocking
// whatever the timeout is. Use Dup or Detach to have one that is yours.
func (s *Socket) Fileno() int {
	s.fd.Share()
	return s.fd.Sysfd()
}

// Bind gives the socket its own address: Python's socket.bind(address) and
// bind(2). Port 0 lets the kernel choose a free one, which GetSockName tells.
//
// Errors: EADDRINUSE for a port that is taken, EADDRNOTAVAIL for an address that
// isn't this machine's, EACCES (ErrPermission) for a port below 1024 without
// privileges, EINVAL if it is bound already, a *GAIError for an unknown host.
func (s *Socket) Bind(addr Address) error {
	var raw sockaddr.Raw
	if err := s.encode("bind", addr, &raw); err != nil {
		return err
	}
	return failure("bind", addr, s.fd.Bind(&raw))
}

// Listen makes the socket a listener, from which Accept takes connections:
// Python's socket.listen([backlog]) and listen(2). The backlog is how many
// connections may wait for Accept; left out it is 128, or less where SOMAXCONN
// is; a negative one counts as 0. The kernel may cut it (net.core.somaxconn).
// Linux drops a client's attempt that comes when the queue is full, so that the
// client tries again; it doesn't refuse it.
func (s *Socket) Listen(backlog ...int) error {
	n := min(SOMAXCONN, 128)
	switch {
	case len(backlog) > 1:
		return &ArgumentError{"listen", "number of arguments", len(backlog), "at most one backlog"}
	case len(backlog) == 1:
		n = max(backlog[0], 0)
	}
	if n != int(int32(n)) {
		return &ArgumentError{"listen", "backlog", n, "a C int"}
	}
	return failure("listen", nil, s.fd.Listen(n))
}

// Accept waits for a connection and returns a socket for it and the peer's
// address: Python's socket.accept() and accept4(2). The new socket has the
// default timeout, not the listener's, and is not inherited by programs that are
// started. The peer of an AF_UNIX connection is UnixAddr("") if it has no name;
// that of an AF_ALG socket is nil.
//
// Errors: ErrTimeout after the timeout, ErrBlockingIO at once if it is 0, EINVAL
// if the socket doesn't listen, EMFILE if the process has no descriptor left
// (the connection stays in the queue).
func (s *Socket) Accept() (*Socket, Address, error) {
	var raw sockaddr.Raw
	from := &raw
	if s.peersNameless() {
		from = nil
	}
	f, err := s.fd.Accept(from, s.GetTimeout())
	if err != nil {
		return nil, nil, failure("accept", nil, err)
	}
	conn := wrap(f, s.family, s.kind, Proto(s.proto), GetDefaultTimeout())
	conn.peer = conn.decode(&raw)
	return conn, conn.peer, nil
}

// GetSockName returns the socket's own address: Python's socket.getsockname()
// and getsockname(2). An unbound AF_INET socket has 0.0.0.0 and port 0, an
// AF_UNIX one UnixAddr("").
func (s *Socket) GetSockName() (Address, error) {
	return s.name("getsockname", s.fd.LocalName)
}

// GetPeerName returns the address the socket is connected to: Python's
// socket.getpeername() and getpeername(2). The error is ENOTCONN if it isn't
// connected.
func (s *Socket) GetPeerName() (Address, error) {
	return s.name("getpeername", s.fd.PeerName)
}

func (s *Socket) name(op string, get func(*sockaddr.Raw) error) (Address, error) {
	raw := new(sockaddr.Raw)
	if err := get(raw); err != nil {
		return nil, failure(op, nil, err)
	}
	return s.decode(raw), nil
}

// Close closes the socket: Python's socket.close() and close(2). Every call that
// waits on it, in whatever goroutine, ends with an error that is net.ErrClosed
// (Python lets them wait on); so does every later call. A second Close does
// nothing. Files of MakeFile keep the descriptor open, and the socket's methods
// working, until the last of them is closed too, as in Python. A socket that
// nobody can reach any more is closed by the garbage collector, some time later.
func (s *Socket) Close() error {
	s.mu.Lock()
	s.closed = true
	last := s.files == 0
	s.mu.Unlock()
	if !last {
		return nil
	}
	return s.reallyClose()
}

// reallyClose closes the descriptor. Like Python it keeps quiet about a peer
// that had reset the connection.
func (s *Socket) reallyClose() error {
	err := s.fd.Close()
	if err == fd.ErrClosed || err == unix.ECONNRESET {
		return nil
	}
	return failure("close", nil, err)
}

// Detach gives up the descriptor without closing it and returns its number, -1
// if the socket is closed: Python's socket.detach(). The socket is closed from
// then on. The descriptor is left blocking if GetTimeout says NoTimeout, else
// non-blocking, as Python's would be. The number is what Fileno said, unless the
// socket has had to wait and another goroutine was given the number in the
// moment in which it left the runtime's poller. Leaving it takes a second
// descriptor for that moment: EMFILE if there is none, and nothing has changed.
func (s *Socket) Detach() (int, error) {
	n, err := s.fd.Detach(s.GetTimeout() == NoTimeout)
	if err != nil && err != fd.ErrClosed {
		return -1, failure("detach", nil, err)
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return n, nil
}

// Dup returns a second socket for the same open file: Python's socket.dup(). It
// has the same family, kind, protocol and timeout, and is not inherited by
// programs that are started.
func (s *Socket) Dup() (*Socket, error) {
	f, err := s.fd.Dup()
	if err != nil {
		return nil, failure("dup", nil, err)
	}
	return wrap(f, s.family, s.kind, Proto(s.proto), s.GetTimeout()), nil
}

// CloseFd closes a descriptor that isn't a Socket's, such as one that Detach
// returned: Python's socket.close(fd) and close(2).
func CloseFd(fileno int) error {
	if fileno != int(int32(fileno)) {
		return &ArgumentError{"close", "fd", fileno, "a C int"}
	}
	err := unix.Close(fileno)
	if err == unix.ECONNRESET {
		return nil
	}
	return failure("close", nil, err)
}

// String describes the socket, with its addresses where it has them: Python's
// repr().
//
//	<socket.Socket fd=4 family=AF_INET type=SOCK_STREAM proto=6 laddr=127.0.0.1:8080 raddr=127.0.0.1:51234>
//	<socket.Socket [closed] fd=-1 family=AF_INET type=SOCK_STREAM proto=0>
func (s *Socket) String() string {
	s.mu.Lock()
	closed := s.closed || s.fd == nil
	s.mu.Unlock()
	return s.describe(closed)
}
