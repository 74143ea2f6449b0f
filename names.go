//go:build unix

package socket

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// GetHostByName returns the first IPv4 address of a host: Python's
// socket.gethostbyname(name). An address is returned in its usual spelling, "" as
// "0.0.0.0" and "<broadcast>" as "255.255.255.255". The error is a *GAIError:
// EAI_NONAME for an unknown name, EAI_ADDRFAMILY for an IPv6 address.
func GetHostByName(name string) (string, error) {
	ip, err := firstIP(context.Background(), "gethostbyname", name, AF_INET)
	if err != nil {
		return "", err
	}
	return ipText(ip), nil
}

// GetHostByNameEx returns the official name of a host, its aliases and its IPv4
// addresses: Python's socket.gethostbyname_ex(name). An address in numbers is its
// own name. Names and aliases are those of /etc/hosts if the address is from
// there; otherwise the name server tells the official name, and the aliases are
// the name that was asked for, if it is another one: of a chain of aliases Python
// returns every link.
//
// The error is a *GAIError for a name that isn't known, and a *HError for "",
// "<broadcast>" and what is an IPv4 address only to GetHostByName: "0x7f.1",
// "::ffff:192.0.2.1".
func GetHostByNameEx(name string) (official string, aliases, addrs []string, err error) {
	const op = "gethostbyname_ex"
	if err := checkName(op, name); err != nil {
		return "", nil, nil, err
	}
	switch name {
	case "":
		return "", nil, nil, hError(op, name, noRecovery, nil)
	case broadcastHost:
		return "", nil, nil, hError(op, name, hostNotFound, nil)
	}
	ctx := context.Background()
	ips, err := lookupIP(ctx, op, name, AF_INET)
	if err != nil {
		return "", nil, nil, err
	}
	official = name
	if _, numeric, _ := numericIP(op, name, AF_INET); !numeric {
		official, aliases = officialName(ctx, name, AF_INET, ips)
	} else if strings.Trim(name, "0123456789.") != "" {
		return "", nil, nil, hError(op, name, hostNotFound, nil)
	}
	for _, ip := range ips {
		addrs = append(addrs, ipText(ip))
	}
	return official, aliases, addrs, nil
}

// GetHostByAddr returns the official name of an IP address, its aliases and the
// address itself: Python's socket.gethostbyaddr(ip_address). A name is taken too,
// and looked up first. The names are those of /etc/hosts, else those of the name
// server. The error is a *HError, code 1, for an address without a name; a
// *GAIError for an unknown name; an *ArgumentError for "".
func GetHostByAddr(addr string) (official string, aliases, addrs []string, err error) {
	const op = "gethostbyaddr"
	if addr == "" {
		return "", nil, nil, &ArgumentError{op, "address", addr, "one address: wildcard resolved to multiple address"}
	}
	ctx := context.Background()
	ip, err := firstIP(ctx, op, addr, AF_UNSPEC)
	if err != nil {
		return "", nil, nil, err
	}
	names, err := namesOf(ctx, op, ip)
	if err != nil {
		return "", nil, nil, err
	}
	return names[0], names[1:], []string{ipText(ip.WithZone(""))}, nil
}

// firstIP is what CPython's setipaddr makes of a host: its first address.
func firstIP(ctx context.Context, op, host string, family AddressFamily) (netip.Addr, error) {
	if err := checkName(op, host); err != nil {
		return netip.Addr{}, err
	}
	if ip, ok, err := specialHost(op, host, family); ok {
		return ip, err
	}
	ips, err := lookupIP(ctx, op, host, family)
	if err != nil {
		return netip.Addr{}, err
	}
	return ips[0], nil
}

// GetFQDN returns the fully qualified name of a host, "" for this machine:
// Python's socket.getfqdn(name). GetHostName is the short way to this machine's
// name, without a look-up.
// It is the first of the names that GetHostByAddr
// finds that has a dot, else the official name. A name that isn't found is
// returned as it is, without blanks around it.
func GetFQDN(name string) string {
	name = strings.TrimSpace(name)
	if name == "" || name == "0.0.0.0" || name == "::" {
		name, _ = GetHostName()
	}
	official, aliases, _, err := GetHostByAddr(name)
	if err != nil {
		return name
	}
	for _, n := range append([]string{official}, aliases...) {
		if strings.Contains(n, ".") {
			return n
		}
	}
	return official
}

// GetHostName returns the name of this machine as it is set: Python's
// socket.gethostname() and gethostname(2). GetFQDN("") looks for its full name.
func GetHostName() (string, error) {
	name, err := os.Hostname()
	if err != nil {
		return "", failure("gethostname", nil, errnoIn(err))
	}
	return name, nil
}

// SetHostName sets the name of this machine: Python's socket.sethostname(name) and
// sethostname(2). It takes privileges: EPERM (ErrPermission) without them; EINVAL
// for a name that is too long. On the BSDs and macOS the error is ENOSYS: x/sys has
// no such call there.
func SetHostName(name string) error {
	const op = "sethostname"
	if err := checkText(op, "name", name); err != nil {
		return err
	}
	return failure(op, nil, sethostname(name))
}

// niKnown are the flags that glibc takes: the NI constants and two old ones.
const niKnown = 0xFF

// GetNameInfo returns the names of an address and of its port: Python's
// socket.getnameinfo(sockaddr, flags) and getnameinfo(3). The address is an
// InetAddr or an Inet6Addr whose host is in numbers. What has no name is returned
// in numbers, with a zone where there is one: "fe80::1%eth0".
//
// The flags are NI_NUMERICHOST and NI_NUMERICSERV (numbers in any case),
// NI_NAMEREQD (no numbers for the host), NI_NOFQDN (no domain if it is this
// machine's), NI_DGRAM (the port is UDP's).
//
// The error is a *GAIError: EAI_NONAME for a host that is a name, or that has none
// under NI_NAMEREQD, EAI_SERVICE for a negative port (others are taken modulo
// 65536), EAI_BADFLAGS. Unlike Python's it understands a zone in the host.
func GetNameInfo(addr Address, flags int) (host, service string, err error) {
	const op = "getnameinfo"
	ip, port, err := numericAddr(op, addr)
	if err != nil {
		return "", "", err
	}
	if flags&^niKnown != 0 {
		return "", "", gaiError(op, addr.Host(), EAI_BADFLAGS, nil)
	}
	host, err = hostInfo(op, ip, flags)
	if err != nil {
		return "", "", err
	}
	return host, serviceInfo(port, flags), nil
}

// numericAddr takes an address of GetNameInfo apart.
func numericAddr(op string, addr Address) (ip netip.Addr, port uint16, err error) {
	var six Inet6Addr
	switch a := addr.(type) {
	case InetAddr:
	case Inet6Addr:
		six = a
	default:
		return ip, 0, &ArgumentError{op, "address", addr, "Addr(host, port) or Addr6(host, port, flowInfo, scopeID)"}
	}
	if err := checkText(op, "host", addr.Host()); err != nil {
		return ip, 0, err
	}
	if err := checkFlowInfo(op, six.flowInfo); err != nil {
		return ip, 0, err
	}
	port, numeric, _ := parsePort(strconv.Itoa(addr.Port()))
	if !numeric {
		return ip, 0, serviceError(op, addr.Host(), strconv.Itoa(addr.Port()), EAI_SERVICE)
	}
	ip, ok, err := numericIP(op, addr.Host(), AF_UNSPEC)
	switch {
	case err != nil:
		return ip, 0, err
	case !ok:
		return ip, 0, gaiError(op, addr.Host(), EAI_NONAME, nil)
	case ip.Is4() && addr.Family() == AF_INET6:
		return ip, 0, &ArgumentError{op, "address", addr, "Addr(host, port) for an IPv4 address: IPv4 sockaddr must be 2 tuple"}
	case six.scopeID != 0:
		ip = ip.WithZone(strconv.FormatUint(uint64(six.scopeID), 10))
	}
	return ip, port, nil
}

// hostInfo is the name of an address, or its numbers.
func hostInfo(op string, ip netip.Addr, flags int) (string, error) {
	ctx := context.Background()
	if flags&NI_NUMERICHOST == 0 {
		names, err := namesOf(ctx, op, ip)
		if err == nil {
			if flags&NI_NOFQDN != 0 {
				return withoutDomain(ctx, names[0]), nil
			}
			return names[0], nil
		}
		var h *HError
		if errors.As(err, &h) && h.Code == tryAgain {
			return "", gaiError(op, ip.String(), EAI_AGAIN, h.cause)
		}
	}
	if flags&NI_NAMEREQD != 0 {
		return "", gaiError(op, ip.String(), EAI_NONAME, nil)
	}
	return zonedText(ip), nil
}

// zonedText writes an address with its zone: the interface's name if the address
// is link-local, else the number.
func zonedText(ip netip.Addr) string {
	text, zone := ipText(ip.WithZone("")), ip.Zone()
	if zone == "" {
		return text
	}
	if linkLocal(ip) {
		zone = zoneName(zoneIndex(zone))
	}
	return text + "%" + zone
}

// withoutDomain cuts this machine's domain off a name.
func withoutDomain(ctx context.Context, name string) string {
	domain := ownDomain(ctx)
	if short, ok := strings.CutSuffix(name, "."+domain); ok && domain != "" && short != "" {
		return short
	}
	return name
}

// ownDomain looks for this machine's domain where glibc does (nrl_domainname): in
// the official name of localhost, in the host's name, in its official name, and in
// the name of 127.0.0.1.
func ownDomain(ctx context.Context) string {
	host, _ := GetHostName()
	for _, find := range []func() string{
		func() string { return officialOf(ctx, "localhost") },
		func() string { return host },
		func() string { return officialOf(ctx, host) },
		func() string {
			names, _ := namesOf(ctx, "getnameinfo", netip.AddrFrom4([4]byte{127, 0, 0, 1}))
			return strings.Join(names[:min(1, len(names))], "")
		},
	} {
		if _, domain, ok := strings.Cut(find(), "."); ok {
			return domain
		}
	}
	return ""
}

// officialOf is the official name of a host that has an IPv4 address, else "".
func officialOf(ctx context.Context, host string) string {
	ips, err := lookupIP(ctx, "getnameinfo", host, AF_INET)
	if err != nil {
		return ""
	}
	name, _ := officialName(ctx, host, AF_INET, ips)
	return name
}

// serviceInfo is the name of a port, or its number.
func serviceInfo(port uint16, flags int) string {
	proto := "tcp"
	if flags&NI_DGRAM != 0 {
		proto = "udp"
	}
	if flags&NI_NUMERICSERV == 0 {
		if name, err := GetServByPort(int(port), proto); err == nil {
			return name
		}
	}
	return strconv.Itoa(int(port))
}
