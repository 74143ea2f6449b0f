//go:build unix

package socket

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// net's resolver reads /etc/hosts but doesn't tell which names stand on a line
// together: the official one and its aliases. That is what is read here.

// A hostLine is a line of /etc/hosts.
type hostLine struct {
	ip    netip.Addr
	names []string
}

// hostsFile is replaced by the tests.
var hostsFile = "/etc/hosts"

// readHosts reads /etc/hosts.
func readHosts() []hostLine {
	var lines []hostLine
	for fields := range entries(readFile(hostsFile, "")) {
		if ip, err := netip.ParseAddr(fields[0]); err == nil && ip.Zone() == "" {
			lines = append(lines, hostLine{ip, fields[1:]})
		}
	}
	return lines
}

// in returns the line's address as one of the family, AF_UNSPEC for any. To glibc
// the IPv6 addresses that stand for IPv4 ones are both, and ::1 is 127.0.0.1.
func (l *hostLine) in(family AddressFamily) (netip.Addr, bool) {
	switch {
	case family == AF_INET && l.ip == netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	case family == AF_INET:
		ip := l.ip.Unmap()
		return ip, ip.Is4()
	case family == AF_INET6:
		return l.ip, l.ip.Is6()
	}
	return l.ip, true
}

// has reports whether a name stands on the line.
func (l *hostLine) has(host string) bool {
	return slices.ContainsFunc(l.names, func(name string) bool { return strings.EqualFold(name, host) })
}

// hostsByName returns the official name that /etc/hosts gives to a host, its
// aliases and its addresses. As in glibc with "multi on", which is the rule since
// 2.22, all lines with the host count, and the first names it.
func hostsByName(host string, family AddressFamily) (name string, aliases []string, ips []netip.Addr) {
	for _, line := range readHosts() {
		ip, ok := line.in(family)
		if !ok || !line.has(host) {
			continue
		}
		ips = append(ips, ip)
		aliases = append(aliases, line.names[1:]...)
		if name == "" {
			name = line.names[0]
		} else if name != line.names[0] {
			aliases = append(aliases, line.names[0])
		}
	}
	return name, aliases, ips
}

// hostsByAddr returns the names on the first line of /etc/hosts with an address.
func hostsByAddr(ip netip.Addr) []string {
	family := AF_INET6
	if ip.Is4() {
		family = AF_INET
	}
	for _, line := range readHosts() {
		if lineIP, ok := line.in(family); ok && lineIP == ip {
			return line.names
		}
	}
	return nil
}

// officialName returns the official name of a host that has these addresses, and
// its aliases. It is /etc/hosts that says so if the first address is from there,
// else the name server: there the host itself is the one alias that is known.
func officialName(ctx context.Context, host string, family AddressFamily, ips []netip.Addr) (string, []string) {
	first := ips[0]
	if first.Is4In6() {
		first, family = first.Unmap(), AF_INET // by AI_V4MAPPED
	}
	name, aliases, known := hostsByName(host, family)
	if slices.Contains(known, first) {
		return name, aliases
	}
	cname, err := net.DefaultResolver.LookupCNAME(ctx, host)
	cname = strings.TrimSuffix(cname, ".")
	if err != nil || cname == "" {
		return host, nil
	}
	if strings.EqualFold(cname, strings.TrimSuffix(host, ".")) {
		return cname, nil
	}
	return cname, []string{host}
}

// namesOf returns the names of an address, the official one first: those of
// /etc/hosts, else those of the name server. An error is an HError.
func namesOf(ctx context.Context, op string, ip netip.Addr) ([]string, error) {
	ip = ip.WithZone("")
	if names := hostsByAddr(ip); names != nil {
		return names, nil
	}
	names, err := net.DefaultResolver.LookupAddr(ctx, ip.String())
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, ".")
	}
	if len(names) > 0 {
		return names, nil
	}
	return nil, hError(op, ip.String(), hCode(err), err)
}

// hCode is the h_errno for an error of net's resolver.
func hCode(err error) int {
	if err == nil {
		return hostNotFound
	}
	switch gaiCode(err) {
	case EAI_NONAME:
		return hostNotFound
	case EAI_AGAIN:
		return tryAgain
	}
	return noRecovery
}

// The numbers of netdb.h, which Python has no names for.
const (
	hostNotFound = 1
	tryAgain     = 2
	noRecovery   = 3
)
