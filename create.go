//go:build unix

package socket

import (
	"context"
	"slices"
	"time"
)

// A ConnOption is an option of CreateConnection: Timeout, SourceAddress or
// AllErrors, each at most once.
type ConnOption interface {
	setConn(*connOptions) error
}

// once holds the names of the options that a call has been given.
type once []string

// add refuses an option that was given before, as a repeated keyword argument is
// in Python.
func (o *once) add(op, name string, value any) error {
	if slices.Contains(*o, name) {
		return &ArgumentError{op, name, value, "it given once, not twice"}
	}
	*o = append(*o, name)
	return nil
}

type connOptions struct {
	given      once
	timeout    time.Duration
	setTimeout bool
	source     Address
	allErrors  bool
}

type (
	timeoutOption   time.Duration
	sourceOption    struct{ addr Address }
	allErrorsOption bool
)

// Timeout is the timeout of each attempt to connect, and then of the socket:
// create_connection's timeout. Without it the default timeout holds.
func Timeout(d time.Duration) ConnOption { return timeoutOption(d) }

// SourceAddress is what the socket is bound to before it connects:
// create_connection's source_address.
func SourceAddress(addr Address) ConnOption { return sourceOption{addr} }

// AllErrors with true asks for the error of every address that was tried, not of
// the last one alone: create_connection's all_errors. The error that
// CreateConnection returns then has Unwrap() []error.
func AllErrors(all bool) ConnOption { return allErrorsOption(all) }

func (o timeoutOption) setConn(c *connOptions) error {
	c.timeout, c.setTimeout = time.Duration(o), true
	if err := checkTimeout("create_connection", c.timeout); err != nil {
		return err
	}
	return c.given.add("create_connection", "Timeout", c.timeout)
}

func (o sourceOption) setConn(c *connOptions) error {
	c.source = o.addr
	return c.given.add("create_connection", "SourceAddress", o.addr)
}

func (o allErrorsOption) setConn(c *connOptions) error {
	c.allErrors = bool(o)
	return c.given.add("create_connection", "AllErrors", bool(o))
}

// CreateConnection connects a stream to addr: Python's
// socket.create_connection(address, timeout, source_address, all_errors). A name
// is looked up in both internet families, and its addresses are tried one after
// the other, each with the whole timeout, until one connects. The socket keeps
// the timeout. No option is set.
//
// The error is that of the last address, or of all with AllErrors(true); a
// *GAIError if there was no address to try. An empty host is unknown here, as in
// Python.
func CreateConnection(addr Address, opts ...ConnOption) (*Socket, error) {
	const op = "create_connection"
	var o connOptions
	for _, opt := range opts {
		if opt == nil {
			return nil, &ArgumentError{op, "option", nil, "Timeout, SourceAddress or AllErrors"}
		}
		if err := opt.setConn(&o); err != nil {
			return nil, err
		}
	}
	targets, err := connTargets(op, addr)
	if err != nil {
		return nil, err
	}
	var errs connectErrors
	for _, target := range targets {
		s, err := o.connect(target)
		if err == nil {
			return s, nil
		}
		errs = append(errs, err)
	}
	if o.allErrors {
		return nil, errs
	}
	return nil, errs[len(errs)-1]
}

// connTargets looks up what there is to connect to.
func connTargets(op string, addr Address) ([]Address, error) {
	var like Inet6Addr
	switch a := addr.(type) {
	case InetAddr:
		like = Inet6Addr{port: a.port}
	case Inet6Addr:
		like = a
	default:
		return nil, &ArgumentError{op, "address", addr, "Addr(host, port)"}
	}
	if err := checkPort(op, like.port); err != nil {
		return nil, err
	}
	host := addr.Host()
	if host == "" {
		return nil, gaiError(op, host, EAI_NONAME, nil)
	}
	if err := checkName(op, host); err != nil {
		return nil, err
	}
	ips, err := lookupIP(context.Background(), op, host, AF_UNSPEC)
	if err != nil {
		return nil, err
	}
	targets := make([]Address, len(ips))
	for i, ip := range ips {
		if ip.Is4() {
			targets[i] = InetAddr{ip: ip, port: like.port}
			continue
		}
		scope := like.scopeID
		if scope == 0 {
			scope = zoneIndex(ip.Zone())
		}
		targets[i] = Inet6Addr{ip: ip.WithZone(""), port: like.port, flowInfo: like.flowInfo, scopeID: scope}
	}
	return targets, nil
}

// connect tries one address.
func (o *connOptions) connect(addr Address) (*Socket, error) {
	s, err := New(addr.Family(), SOCK_STREAM, IPPROTO_TCP)
	if err != nil {
		return nil, err
	}
	if o.setTimeout {
		err = s.SetTimeout(o.timeout)
	}
	if err == nil && o.source != nil {
		err = s.Bind(o.source)
	}
	if err == nil {
		err = s.Connect(addr)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// A ServerOption is an option of CreateServer: an AddressFamily, Backlog,
// ReusePort or DualStackIPv6, each at most once.
type ServerOption interface {
	setServer(*serverOptions) error
}

type serverOptions struct {
	family    AddressFamily
	given     once
	backlog   []int
	reusePort bool
	dualStack bool
}

type (
	backlogOption   int
	reusePortOption bool
	dualStackOption bool
)

// Backlog is how many connections may wait for Accept: create_server's backlog.
func Backlog(n int) ServerOption { return backlogOption(n) }

// ReusePort sets SO_REUSEPORT, so that several sockets can be bound to one port:
// create_server's reuse_port.
func ReusePort(on bool) ServerOption { return reusePortOption(on) }

// DualStackIPv6 makes an AF_INET6 server take IPv4 connections too:
// create_server's dualstack_ipv6. Their addresses look like ::ffff:192.0.2.1.
func DualStackIPv6(on bool) ServerOption { return dualStackOption(on) }

func (f AddressFamily) setServer(o *serverOptions) error {
	o.family = f
	return o.given.add("create_server", argNames[argFamily], f)
}

func (n backlogOption) setServer(o *serverOptions) error {
	o.backlog = []int{int(n)}
	return o.given.add("create_server", "Backlog", int(n))
}

func (on reusePortOption) setServer(o *serverOptions) error {
	o.reusePort = bool(on)
	return o.given.add("create_server", "ReusePort", bool(on))
}

func (on dualStackOption) setServer(o *serverOptions) error {
	o.dualStack = bool(on)
	return o.given.add("create_server", "DualStackIPv6", bool(on))
}

// CreateServer returns a stream that listens on addr: Python's
// socket.create_server(address, family, backlog, reuse_port, dualstack_ipv6).
// The family is AF_INET unless it is given. It sets what Python sets:
// SO_REUSEADDR; SO_REUSEPORT for ReusePort; and on AF_INET6 IPV6_V6ONLY, off for
// DualStackIPv6, else on. The error of a failed bind names the address.
func CreateServer(addr Address, opts ...ServerOption) (*Socket, error) {
	o := serverOptions{family: AF_INET}
	for _, opt := range opts {
		if opt == nil {
			return nil, &ArgumentError{"create_server", "option", nil, "an AddressFamily, Backlog, ReusePort or DualStackIPv6"}
		}
		if err := opt.setServer(&o); err != nil {
			return nil, err
		}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	s, err := New(o.family, SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	if err := o.setUp(s, addr); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// check refuses what can't be served, before there is a socket.
func (o *serverOptions) check() error {
	switch {
	case o.reusePort && soReusePort == 0:
		return &ArgumentError{"create_server", "ReusePort", true, "false: SO_REUSEPORT not supported on this platform"}
	case !o.dualStack:
		return nil
	case !HasDualStackIPv6():
		return &ArgumentError{"create_server", "DualStackIPv6", true, "false: dualstack_ipv6 not supported on this platform"}
	case o.family != AF_INET6:
		return &ArgumentError{"create_server", "DualStackIPv6", true, "AF_INET6 beside it: dualstack_ipv6 requires AF_INET6 family"}
	}
	return nil
}

// setUp makes s the server.
func (o *serverOptions) setUp(s *Socket, addr Address) error {
	s.SetSockOpt(SOL_SOCKET, SO_REUSEADDR, 1) // Python ignores a refusal too
	if o.reusePort && (o.family == AF_INET || o.family == AF_INET6) {
		if err := s.SetSockOpt(SOL_SOCKET, soReusePort, 1); err != nil {
			return err
		}
	}
	if o.family == AF_INET6 {
		only := 1
		if o.dualStack {
			only = 0
		}
		if err := s.SetSockOpt(IPPROTO_IPV6, IPV6_V6ONLY, only); err != nil {
			return err
		}
	}
	if err := s.Bind(addr); err != nil {
		return err
	}
	return s.Listen(o.backlog...)
}

// HasDualStackIPv6 reports whether an AF_INET6 stream can take IPv4 connections
// too: Python's socket.has_dualstack_ipv6().
func HasDualStackIPv6() bool {
	s, err := New(AF_INET6, SOCK_STREAM)
	if err != nil {
		return false
	}
	defer s.Close()
	return s.SetSockOpt(IPPROTO_IPV6, IPV6_V6ONLY, 0) == nil
}
