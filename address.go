//go:build unix

package socket

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"example.com/socket/internal/fd"
	"example.com/socket/internal/sockaddr"
)

// An Address is where a socket is or connects to: an InetAddr, an Inet6Addr, a
// UnixAddr or, on Linux, one of the other families' types. It is a comparable
// value, so it can be a map's key as Python's tuples can. A nil Address stands
// for Python's None: no address.
type Address interface {
	net.Addr
	// Family returns the family that the address belongs to.
	Family() AddressFamily
	// Host returns the first item of Python's tuple, the path or the name.
	Host() string
	// Port returns the second item of Python's tuple, 0 in a family without ports.
	Port() int
}

// An InetAddr is Python's (host, port), the address of an AF_INET socket; an
// AF_INET6 socket takes it too. Addr makes one.
type InetAddr struct {
	name string     // the host, if it isn't an address in its usual spelling
	ip   netip.Addr // else the address
	port int
}

// Addr returns the address (host, port). The host may be "" (any address), an
// IP address, "<broadcast>" or a name, which is looked up each time the address
// is used. Errors show then, not here: a port outside 0 to 65535, an unknown name.
//
// Over AF_INET an IP address in its usual spelling compares equal to the one that
// the kernel returns: Addr("127.0.0.1", 80) is what GetPeerName answers. What the
// kernel returns over AF_INET6 is an Inet6Addr, and equal to what Addr6 makes.
//
// A variable that is to take addresses of calls as well needs the interface's
// type: var addr socket.Address = socket.Addr(host, port).
func Addr(host string, port int) InetAddr {
	if ip, ok := usualIP(host); ok {
		return InetAddr{ip: ip, port: port}
	}
	return InetAddr{name: host, port: port}
}

// Family returns AF_INET6 for an IPv6 address, AF_INET for everything else.
func (a InetAddr) Family() AddressFamily {
	if ipOf(a.name, a.ip, netip.Addr{}).Is6() {
		return AF_INET6
	}
	return AF_INET
}

// Host returns the host as it was given, or the IP address.
func (a InetAddr) Host() string { return hostText(a.name, a.ip) }

// Port returns the port.
func (a InetAddr) Port() int { return a.port }

// Network returns "ip".
func (a InetAddr) Network() string { return "ip" }

// String returns host:port, as net writes it.
func (a InetAddr) String() string { return net.JoinHostPort(a.Host(), strconv.Itoa(a.port)) }

// An Inet6Addr is Python's (host, port, flowinfo, scope_id), the address of an
// AF_INET6 socket. Addr6 makes one.
type Inet6Addr struct {
	name     string
	ip       netip.Addr
	port     int
	flowInfo uint32
	scopeID  uint32
}

// Addr6 returns the address (host, port, flowInfo, scopeID). The host is as for
// Addr. flowInfo is 0 to 0xFFFFF; scopeID is the index of an interface, which
// link-local addresses need. The zone in "fe80::1%eth0" is understood too, which
// Python drops; a scopeID other than 0 wins over it.
func Addr6(host string, port int, flowInfo, scopeID uint32) Inet6Addr {
	a := Inet6Addr{port: port, flowInfo: flowInfo, scopeID: scopeID}
	if ip, ok := usualIP(host); ok {
		a.ip = ip
	} else {
		a.name = host
	}
	return a
}

// Family returns AF_INET6.
func (a Inet6Addr) Family() AddressFamily { return AF_INET6 }

// Host returns the host as it was given, or the IP address, without a zone.
func (a Inet6Addr) Host() string { return hostText(a.name, a.ip) }

// Port returns the port.
func (a Inet6Addr) Port() int { return a.port }

// FlowInfo returns the third item of Python's tuple.
func (a Inet6Addr) FlowInfo() uint32 { return a.flowInfo }

// ScopeID returns the fourth item of Python's tuple: an interface's index.
func (a Inet6Addr) ScopeID() uint32 { return a.scopeID }

// Network returns "ip".
func (a Inet6Addr) Network() string { return "ip" }

// String returns [host%zone]:port, as net writes it.
func (a Inet6Addr) String() string {
	host := a.Host()
	if a.scopeID != 0 && !strings.Contains(host, "%") {
		host += "%" + zoneName(a.scopeID)
	}
	return net.JoinHostPort(host, strconv.Itoa(a.port))
}

// A UnixAddr is the address of an AF_UNIX socket: a path, or on Linux an
// abstract name, which begins with a NUL byte: UnixAddr("\x00name"). The empty
// UnixAddr is a socket without a name; to bind to it on Linux is to get an
// abstract name of the kernel's choice. Python returns a path as str and an
// abstract name as bytes; here both are a UnixAddr.
//
// UnixAddr("@name") is a path, unlike in package net: only String writes an
// abstract name with an @. A variable that is to take addresses of calls as well
// needs the interface's type: var addr socket.Address = socket.UnixAddr(path).
type UnixAddr string

// Family returns AF_UNIX.
func (a UnixAddr) Family() AddressFamily { return AF_UNIX }

// Host returns the path or the name.
func (a UnixAddr) Host() string { return string(a) }

// Port returns 0.
func (a UnixAddr) Port() int { return 0 }

// Network returns "unix".
func (a UnixAddr) Network() string { return "unix" }

// String returns the path, or an abstract name as net writes it: @name.
func (a UnixAddr) String() string {
	if strings.HasPrefix(string(a), "\x00") {
		return "@" + string(a[1:])
	}
	return string(a)
}

// AddrFromAddrPort returns ap as an InetAddr if it is an IPv4 address, else as
// an Inet6Addr. An address that isn't valid gives the InetAddr of any host.
func AddrFromAddrPort(ap netip.AddrPort) Address {
	ip := ap.Addr()
	if !ip.IsValid() || ip.Is4() {
		return InetAddr{ip: ip, port: int(ap.Port())}
	}
	return Inet6Addr{ip: ip.WithZone(""), port: int(ap.Port()), scopeID: zoneIndex(ip.Zone())}
}

// AddrPort returns a as a netip.AddrPort. It is false if a isn't an internet
// address, if its host is a name, which would have to be looked up, or if its
// port is out of range. An empty host is 0.0.0.0 or, of an Inet6Addr, ::.
func AddrPort(a Address) (netip.AddrPort, bool) {
	var ip netip.Addr
	switch a := a.(type) {
	case InetAddr:
		ip = ipOf(a.name, a.ip, netip.IPv4Unspecified())
	case Inet6Addr:
		ip = ipOf(a.name, a.ip, netip.IPv6Unspecified())
		if a.scopeID != 0 && ip.Is6() {
			ip = ip.WithZone(zoneName(a.scopeID))
		}
	default:
		return netip.AddrPort{}, false
	}
	if !ip.IsValid() || a.Port() < 0 || a.Port() > 0xFFFF {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(ip, uint16(a.Port())), true
}

// ipOf returns the IP address of a host, wildcard for none, invalid for a name.
func ipOf(name string, ip, wildcard netip.Addr) netip.Addr {
	switch {
	case ip.IsValid():
		return ip
	case name == "":
		return wildcard
	}
	ip, _ = parseIP(name)
	return ip
}

// usualIP parses host if it is an IP address as hostText would write it.
func usualIP(host string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(host)
	return ip, err == nil && (ip.Is4() || ip.Zone() == "" && ipText(ip) == host)
}

func hostText(name string, ip netip.Addr) string {
	if ip.IsValid() {
		return ipText(ip)
	}
	return name
}

// ipText writes an address as glibc's inet_ntop does. netip differs for the old
// IPv4-compatible ones: ::102:304 for ::1.2.3.4.
func ipText(ip netip.Addr) string {
	if ip.Is6() && !ip.Is4In6() {
		b := ip.As16()
		if [12]byte(b[:12]) == [12]byte{} && b[12]|b[13] != 0 {
			return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
		}
	}
	return ip.String()
}

// zoneName returns an interface's name, or its index in decimal.
func zoneName(index uint32) string {
	if all, err := listInterfaces(); err == nil {
		if name := nameIn(all, int(index)); name != "" {
			return name
		}
	}
	return strconv.FormatUint(uint64(index), 10)
}

// zoneIndex returns the index of an interface given by name or number, 0 if
// there is none.
func zoneIndex(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	return uint32(interfaceIndex(zone))
}

// encode writes addr for s, as the argument of op. raw lies on the caller's
// stack: it must go to no method of an interface.
func (s *Socket) encode(op string, addr Address, raw *sockaddr.Raw) error {
	switch a := addr.(type) {
	case nil:
		return &ArgumentError{op, "address", nil, s.addressForm()}
	case InetAddr:
		if s.family == AF_INET || s.family == afRDS {
			return s.encode4(op, a, raw)
		}
		if s.family == AF_INET6 {
			return s.encode6(op, Inet6Addr{name: a.name, ip: a.ip, port: a.port}, raw)
		}
	case Inet6Addr:
		if s.family == AF_INET6 {
			return s.encode6(op, a, raw)
		}
	case UnixAddr:
		if s.family == AF_UNIX {
			return encodeUnix(op, a, raw)
		}
	default:
		return s.encodeOther(op, addr, raw)
	}
	return wrongAddress(op, s, addr)
}

func (s *Socket) encode4(op string, a InetAddr, raw *sockaddr.Raw) error {
	if err := checkPort(op, a.port); err != nil {
		return err
	}
	ip := a.ip
	if !ip.Is4() {
		var err error
		if ip, err = s.resolve(op, a.Host(), AF_INET); err != nil {
			return err
		}
	}
	raw.SetInet4(ip.As4(), uint16(a.port))
	return nil
}

func (s *Socket) encode6(op string, a Inet6Addr, raw *sockaddr.Raw) error {
	if err := checkPort(op, a.port); err != nil {
		return err
	}
	if err := checkFlowInfo(op, a.flowInfo); err != nil {
		return err
	}
	ip, scope := a.ip, a.scopeID
	if !ip.Is6() {
		var err error
		if ip, err = s.resolve(op, a.Host(), AF_INET6); err != nil {
			return err
		}
		if scope == 0 {
			scope = zoneIndex(ip.Zone())
		}
	}
	raw.SetInet6(ip.As16(), uint16(a.port), a.flowInfo, scope)
	return nil
}

func encodeUnix(op string, a UnixAddr, raw *sockaddr.Raw) error {
	if raw.SetUnix(string(a)) {
		return nil
	}
	return &ArgumentError{op, "AF_UNIX path", string(a),
		"at most " + strconv.Itoa(sockaddr.UnixPathMax-1) + " bytes: AF_UNIX path too long"}
}

func checkPort(op string, port int) error {
	if port < 0 || port > 0xFFFF {
		return &ArgumentError{op, "port", port, "0 to 65535"}
	}
	return nil
}

func checkFlowInfo(op string, flowInfo uint32) error {
	if flowInfo > 0xFFFFF {
		return &ArgumentError{op, "flowinfo", flowInfo, "0 to 1048575"}
	}
	return nil
}

// wrongAddress says what address a socket of s's family takes. The zero Socket
// has no family.
func wrongAddress(op string, s *Socket, a Address) error {
	if s.fd == nil {
		return failure(op, a, fd.ErrClosed)
	}
	return &ArgumentError{op, "address", a, s.addressForm() + ": the socket is " + s.family.String()}
}

// addressForm names the Go type of the addresses that s takes.
func (s *Socket) addressForm() string {
	switch s.family {
	case AF_INET, afRDS:
		return "Addr(host, port)"
	case AF_INET6:
		return "Addr6(host, port, flowInfo, scopeID) or Addr(host, port)"
	case AF_UNIX:
		return "a UnixAddr"
	}
	return s.otherForm()
}

// decode returns the address in raw, nil if there is none.
func (s *Socket) decode(raw *sockaddr.Raw) Address {
	if raw.Len == 0 {
		return nil
	}
	switch AddressFamily(raw.Family()) {
	case AF_INET:
		if ip, port, ok := raw.Inet4(); ok {
			return InetAddr{ip: netip.AddrFrom4(ip), port: int(port)}
		}
	case AF_INET6:
		if ip, port, flow, scope, ok := raw.Inet6(); ok {
			return Inet6Addr{ip: netip.AddrFrom16(ip), port: int(port), flowInfo: flow, scopeID: scope}
		}
	case AF_UNIX:
		return UnixAddr(raw.Unix())
	}
	return s.decodeOther(raw)
}

// A seenPeer is the last address that came with data, and its bytes: the next
// datagram is likely to come from there too, and then allocates nothing.
type seenPeer struct {
	raw  sockaddr.Raw
	addr Address
}

// source returns the address in raw, from memory if it is the last one again.
func (s *Socket) source(raw *sockaddr.Raw) Address {
	if raw.Len == 0 {
		return nil
	}
	if seen := s.seen.Load(); seen != nil && seen.raw.Equal(raw) {
		return seen.addr
	}
	addr := s.decode(raw)
	if addr != nil && !s.namesChange() {
		s.seen.Store(&seenPeer{*raw, addr})
	}
	return addr
}
