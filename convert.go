//go:build unix

package socket

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"
)

// Htons returns x in network byte order: Python's socket.htons(x).
func Htons(x uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], x)
	return binary.NativeEndian.Uint16(b[:])
}

// Htonl returns x in network byte order: Python's socket.htonl(x).
func Htonl(x uint32) uint32 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], x)
	return binary.NativeEndian.Uint32(b[:])
}

// Ntohs returns x, which is in network byte order, in the machine's: Python's
// socket.ntohs(x).
func Ntohs(x uint16) uint16 { return Htons(x) }

// Ntohl returns x, which is in network byte order, in the machine's: Python's
// socket.ntohl(x).
func Ntohl(x uint32) uint32 { return Htonl(x) }

// InetAton returns the four bytes of an IPv4 address: Python's
// socket.inet_aton(ip_string) and inet_aton(3). The address is one to four
// numbers with dots between them, each decimal, octal (0…) or hexadecimal (0x…);
// the last one fills the rest: "127.1" is 127.0.0.1. As in glibc whatever follows
// a blank is ignored. Anything else is an *ArgumentError.
func InetAton(s string) ([4]byte, error) {
	const op = "inet_aton"
	if err := checkText(op, "address", s); err != nil {
		return [4]byte{}, err
	}
	number := s
	if i := strings.IndexAny(s, " \t\n\v\f\r"); i >= 0 {
		number = s[:i]
	}
	b, ok := parseAton(number)
	if !ok {
		return [4]byte{}, &ArgumentError{op, "address", s, "an IPv4 address: illegal IP address string passed to inet_aton"}
	}
	return b, nil
}

// InetNtoa returns the usual spelling of an IPv4 address: Python's
// socket.inet_ntoa(packed_ip) and inet_ntoa(3).
func InetNtoa(b [4]byte) string { return netip.AddrFrom4(b).String() }

// InetPton returns the bytes of an address, 4 of an AF_INET, 16 of an AF_INET6
// one: Python's socket.inet_pton(family, ip_string) and inet_pton(3). Only the
// usual spellings are taken: no short forms, no octal, no zone; anything else is an
// *ArgumentError. Another family is EAFNOSUPPORT.
func InetPton(family AddressFamily, s string) ([]byte, error) {
	const op = "inet_pton"
	if family != AF_INET && family != AF_INET6 {
		return nil, failure(op, nil, unix.EAFNOSUPPORT)
	}
	ip, err := netip.ParseAddr(s)
	if err != nil || ip.Zone() != "" || ip.Is4() != (family == AF_INET) {
		return nil, &ArgumentError{op, "address", s, "an " + family.String() + " address: illegal IP address string passed to inet_pton"}
	}
	return ip.AsSlice(), nil
}

// InetNtop returns the usual spelling of an address of 4 (AF_INET) or 16 bytes
// (AF_INET6): Python's socket.inet_ntop(family, packed_ip) and inet_ntop(3). It is
// glibc's: ::ffff:1.2.3.4, and ::1.2.3.4 where net/netip writes ::102:304. Another
// length or family is an *ArgumentError.
func InetNtop(family AddressFamily, b []byte) (string, error) {
	const op = "inet_ntop"
	size := 4
	switch family {
	case AF_INET:
	case AF_INET6:
		size = 16
	default:
		return "", &ArgumentError{op, "address family", family, "AF_INET or AF_INET6: unknown address family"}
	}
	if len(b) != size {
		return "", &ArgumentError{op, "number of bytes", len(b), "4 of AF_INET, 16 of AF_INET6: invalid length of packed IP address string"}
	}
	ip, _ := netip.AddrFromSlice(b)
	return ipText(ip), nil
}
