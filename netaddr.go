//go:build unix

package socket

import (
	"net"
	"net/netip"
	"strings"

	"example.com/socket/internal/sockaddr"
)

// Addresses of package net for those of this package, and back.

// ipprotoMPTCP is Linux's; the number means nothing else elsewhere.
const ipprotoMPTCP Proto = 262

// netKind is what package net calls a socket.
type netKind uint8

const (
	netOther netKind = iota // net has no type of address for it
	netTCP
	netUDP
	netIP
	netUnix
)

// netKind tells which of package net's types of address is s's.
func (s *Socket) netKind() netKind {
	switch {
	case s.family == AF_UNIX:
		return netUnix
	case s.family != AF_INET && s.family != AF_INET6:
		return netOther
	case s.kind == SOCK_RAW:
		return netIP
	case s.kind == SOCK_STREAM && (s.proto == 0 || s.proto == int32(IPPROTO_TCP) || s.proto == int32(ipprotoMPTCP)):
		return netTCP
	case s.kind == SOCK_DGRAM && (s.proto == 0 || s.proto == int32(IPPROTO_UDP)):
		return netUDP
	}
	return netOther
}

// unixNets are package net's names for the kinds of AF_UNIX sockets.
var unixNets = map[SocketKind]string{
	SOCK_STREAM:    "unix",
	SOCK_DGRAM:     "unixgram",
	SOCK_SEQPACKET: "unixpacket",
}

// netAddr returns addr, which came from the kernel, as package net's type if it
// has one for s. The result is nil if addr is.
func (s *Socket) netAddr(addr Address) net.Addr {
	if addr == nil {
		return nil
	}
	kind := s.netKind()
	if kind == netUnix {
		return &net.UnixAddr{Name: addr.String(), Net: unixNets[s.kind]}
	}
	ap, ok := AddrPort(addr)
	if !ok {
		return addr
	}
	switch kind {
	case netTCP:
		return net.TCPAddrFromAddrPort(ap)
	case netUDP:
		return net.UDPAddrFromAddrPort(ap)
	case netIP:
		return &net.IPAddr{IP: ap.Addr().AsSlice(), Zone: ap.Addr().Zone()}
	}
	return addr
}

// encodeNet writes addr, one of package net's types or an Address, for s.
func (s *Socket) encodeNet(op string, addr net.Addr, raw *sockaddr.Raw) error {
	switch a := addr.(type) {
	case Address:
		return s.encode(op, a, raw)
	case *net.UDPAddr:
		if a != nil {
			return s.encodeIP(op, a, a.IP, a.Zone, a.Port, raw)
		}
	case *net.TCPAddr:
		if a != nil {
			return s.encodeIP(op, a, a.IP, a.Zone, a.Port, raw)
		}
	case *net.IPAddr:
		if a != nil {
			return s.encodeIP(op, a, a.IP, a.Zone, 0, raw)
		}
	case *net.UnixAddr:
		if a != nil && s.family == AF_UNIX {
			return encodeUnix(op, unixAddr(a.Name), raw)
		}
	}
	return &ArgumentError{op, "address", addr, s.addressForm() + " or package net's type for it"}
}

// encodeIP writes an address of package net's, in which an IPv4 address may be
// in the form that is mapped into IPv6, and no address is any address.
func (s *Socket) encodeIP(op string, addr net.Addr, ip net.IP, zone string, port int, raw *sockaddr.Raw) error {
	if err := checkPort(op, port); err != nil {
		return err
	}
	a, ok := netip.AddrFromSlice(ip)
	switch {
	case len(ip) != 0 && !ok:
	case s.family == AF_INET6:
		b := netip.IPv6Unspecified().As16()
		if ok {
			b = a.As16()
		}
		raw.SetInet6(b, uint16(port), 0, zoneIndex(zone))
		return nil
	case s.family == AF_INET && (!ok || a.Unmap().Is4()):
		b := netip.IPv4Unspecified().As4()
		if ok {
			b = a.Unmap().As4()
		}
		raw.SetInet4(b, uint16(port))
		return nil
	}
	return &ArgumentError{op, "address", addr, "one of the socket's family, " + s.family.String()}
}

// unixAddr reads a name as package net writes it.
func unixAddr(name string) UnixAddr {
	if abstractMark != "" && strings.HasPrefix(name, abstractMark) {
		return UnixAddr("\x00" + name[1:])
	}
	return UnixAddr(name)
}
