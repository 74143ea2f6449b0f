//go:build unix

package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"example.com/socket/internal/fd"
)

// resolve turns the host of an address into an IP address of the family, as
// CPython's setipaddr does; of a name the first address counts. Close ends a
// look-up that is under way.
func (s *Socket) resolve(op, host string, family AddressFamily) (netip.Addr, error) {
	if ip, ok, err := specialHost(op, host, family); ok {
		return ip, err
	}
	ctx, cancel := s.untilClosed()
	defer cancel()
	ips, err := lookupIP(ctx, op, host, family)
	if err != nil {
		if s.fd.Closed() {
			return netip.Addr{}, failure(op, nil, fd.ErrClosed)
		}
		return netip.Addr{}, err
	}
	return ips[0], nil
}

// specialHost knows the two hosts that are neither addresses nor names: "" is
// any address, "<broadcast>" the broadcast one.
func specialHost(op, host string, family AddressFamily) (ip netip.Addr, ok bool, err error) {
	switch {
	case host == "" && family == AF_INET6:
		return netip.IPv6Unspecified(), true, nil
	case host == "":
		return netip.IPv4Unspecified(), true, nil
	case host == broadcastHost && family == AF_INET6:
		return ip, true, &ArgumentError{op, "host", host, "an IPv6 address: IPv6 has no broadcast"}
	case host == broadcastHost:
		return netip.AddrFrom4([4]byte{255, 255, 255, 255}), true, nil
	}
	return ip, false, nil
}

const broadcastHost = "<broadcast>"

// untilClosed returns a context that Close cancels.
func (s *Socket) untilClosed() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	gone := s.fd.Gone()
	if gone == nil {
		cancel()
		return ctx, cancel
	}
	go func() {
		select {
		case <-gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// lookupIP returns the IP addresses of host in the family, AF_UNSPEC for both;
// at least one if there is no error, and each once. Numeric forms are not looked up.
func lookupIP(ctx context.Context, op, host string, family AddressFamily) ([]netip.Addr, error) {
	if err := checkHost(op, host); err != nil {
		return nil, err
	}
	if ip, ok, err := numericIP(op, host, family); ok {
		return []netip.Addr{ip}, err
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, lookupNetwork(family), host)
	if err != nil {
		return nil, gaiError(op, host, gaiCode(err), err)
	}
	var once []netip.Addr
	for _, ip := range ips {
		if family != AF_INET6 {
			ip = ip.Unmap()
		}
		if !slices.Contains(once, ip) {
			once = append(once, ip)
		}
	}
	return once, nil
}

// numericIP reads a host in numbers as glibc's getaddrinfo does: ok is false if
// it is a name, else err says what is wrong with the numbers. An IPv6 address
// that stands for an IPv4 one is good for both families. A zone comes back as
// the interface's index.
func numericIP(op, host string, family AddressFamily) (ip netip.Addr, ok bool, err error) {
	if b, ok := parseAton(host); ok {
		if family == AF_INET6 {
			return ip, true, gaiError(op, host, EAI_ADDRFAMILY, nil)
		}
		return netip.AddrFrom4(b), true, nil
	}
	text, zone, zoned := strings.Cut(host, "%")
	ip, err = netip.ParseAddr(text)
	if err != nil || !ip.Is6() {
		return netip.Addr{}, false, nil
	}
	if family == AF_INET && !ip.Is4In6() {
		return netip.Addr{}, true, gaiError(op, host, EAI_ADDRFAMILY, nil)
	}
	if zoned {
		if ip, ok = withZone(ip, zone); !ok {
			return netip.Addr{}, true, gaiError(op, host, EAI_NONAME, nil)
		}
	}
	if family == AF_INET {
		ip = ip.Unmap()
	}
	return ip, true, nil
}

// withZone adds a zone, which may be any number, or the name of an interface if
// the address is link-local (glibc's __inet6_scopeid_pton). It is false if there
// is no such interface.
func withZone(ip netip.Addr, zone string) (netip.Addr, bool) {
	if linkLocal(ip) {
		if index := interfaceIndex(zone); index != 0 {
			return ip.WithZone(strconv.Itoa(index)), true
		}
	}
	n, err := strconv.ParseUint(zone, 10, 32)
	if err != nil {
		return ip, false
	}
	if n == 0 {
		return ip, true
	}
	return ip.WithZone(strconv.FormatUint(n, 10)), true
}

// linkLocal reports whether an IPv6 address is one whose zone is a link.
func linkLocal(ip netip.Addr) bool {
	return !ip.Is4In6() && (ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast())
}

// parseIP parses an address in numbers, in any form that Python's look-ups
// take: those of netip, and for IPv4 those of inet_aton (127.1, 0x7f.1).
func parseIP(host string) (netip.Addr, bool) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip, true
	}
	if b, ok := parseAton(host); ok {
		return netip.AddrFrom4(b), true
	}
	return netip.Addr{}, false
}

// parseAton parses inet_aton's forms: one to four numbers, each decimal, octal
// (0…) or hexadecimal (0x…), of which the last fills the rest of the address.
func parseAton(s string) (b [4]byte, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return b, false
	}
	var addr uint64
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		n, ok := parseAtonPart(part, bits)
		if !ok {
			return b, false
		}
		addr = addr<<bits | n
	}
	return [4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}, true
}

// parseAtonPart parses one number of at most that many bits.
func parseAtonPart(s string, bits int) (uint64, bool) {
	base := 10
	switch {
	case strings.HasPrefix(s, "0x"), strings.HasPrefix(s, "0X"):
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	if s == "" || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, base, bits)
	return n, err == nil
}

// checkHost refuses names that can't be looked up.
func checkHost(op, host string) error {
	for i := 0; i < len(host); i++ {
		if host[i] == 0 {
			return &ArgumentError{op, "host", host, "a host name without a NUL byte"}
		}
		if host[i] >= 0x80 {
			return &ArgumentError{op, "host", host, "an ASCII name: use ToASCII of golang.org/x/net/idna"}
		}
	}
	return nil
}

// checkName is checkHost for the calls that Python gives an IDNA name, in which
// every label is checked: the last one may be empty, the others not.
func checkName(op, host string) error {
	if err := checkHost(op, host); err != nil {
		return err
	}
	for rest, more := host, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if len(label) > 63 || more && label == "" {
			return &ArgumentError{op, "host", host, "labels of 1 to 63 characters between the dots"}
		}
	}
	return nil
}

// lookupNetwork is the resolver's name for a family.
func lookupNetwork(family AddressFamily) string {
	switch family {
	case AF_INET:
		return "ip4"
	case AF_INET6:
		return "ip6"
	}
	return "ip"
}

// gaiCode is the EAI code for an error of net's resolver.
func gaiCode(err error) int {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		// A name that no address of the family belongs to is a *net.AddrError.
		return EAI_NONAME
	}
	switch {
	case dns.IsNotFound:
		return EAI_NONAME
	case dns.IsTimeout, dns.IsTemporary:
		return EAI_AGAIN
	}
	return EAI_FAIL
}
