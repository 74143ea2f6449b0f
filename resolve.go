//go:build unix

package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"example.com/socket/internal/fd"
)

// resolve turns the host of an address into an IP address of the family, as
// CPython's setipaddr does: "" is any address, "<broadcast>" the broadcast one,
// and of a name the first address counts. Close ends a look-up that is under way.
func (s *Socket) resolve(op, host string, family AddressFamily) (netip.Addr, error) {
	switch host {
	case "":
		if family == AF_INET6 {
			return netip.IPv6Unspecified(), nil
		}
		return netip.IPv4Unspecified(), nil
	case "<broadcast>":
		if family == AF_INET6 {
			return netip.Addr{}, &ArgumentError{op, "host", host, "an IPv6 address: IPv6 has no broadcast"}
		}
		return netip.AddrFrom4([4]byte{255, 255, 255, 255}), nil
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
// at least one if there is no error. Numeric forms are not looked up.
func lookupIP(ctx context.Context, op, host string, family AddressFamily) ([]netip.Addr, error) {
	if err := checkHost(op, host); err != nil {
		return nil, err
	}
	if ip, ok := parseIP(host); ok {
		return numericIP(op, host, ip, family)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, lookupNetwork(family), host)
	if err != nil {
		return nil, gaiError(op, host, gaiCode(err), err)
	}
	for i, ip := range ips {
		if family != AF_INET6 {
			ip = ip.Unmap()
		}
		ips[i] = ip
	}
	return ips, nil
}

// numericIP checks an address that was given in numbers.
func numericIP(op, host string, ip netip.Addr, family AddressFamily) ([]netip.Addr, error) {
	if family == AF_INET && !ip.Is4() || family == AF_INET6 && !ip.Is6() {
		return nil, gaiError(op, host, EAI_ADDRFAMILY, nil)
	}
	// As glibc: a zone names an interface that exists, and only a link-local
	// address may have one.
	if zone := ip.Zone(); zone != "" && (zoneIndex(zone) == 0 || !ip.IsLinkLocalUnicast() && !ip.IsLinkLocalMulticast()) {
		return nil, gaiError(op, host, EAI_NONAME, nil)
	}
	return []netip.Addr{ip}, nil
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
