//go:build unix

package socket

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
)

// An AddrInfo is what GetAddrInfo returns: the arguments of New and the address
// for Connect or Bind. It is Python's (family, type, proto, canonname, sockaddr).
type AddrInfo struct {
	Family    AddressFamily
	Kind      SocketKind
	Proto     Proto
	CanonName string  // in the first one only, and only with AI_CANONNAME
	Addr      Address // an InetAddr or an Inet6Addr
}

// GetAddrInfo looks up a host and a port: Python's socket.getaddrinfo(host, port,
// family, type, proto, flags) and getaddrinfo(3). It returns an AddrInfo for each
// way to reach them, the best address first (RFC 6724). The host is a name or an
// IP address in any spelling that InetAton takes; "" is Python's None: this
// machine, or any address with AI_PASSIVE. The port is a number or the name of a
// service; "" is None: port 0. A number is taken modulo 65536, as in glibc.
//
// An AddressFamily, a SocketKind and a Proto narrow the answer; without a kind and
// a protocol there are three for each address: SOCK_STREAM, SOCK_DGRAM, SOCK_RAW.
// AddressInfo holds the flags, or-ed with |: AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST,
// AI_NUMERICSERV, AI_V4MAPPED, AI_ALL, AI_ADDRCONFIG.
//
// The error is a *GAIError with glibc's codes: EAI_NONAME for an unknown host or
// neither host nor port, EAI_SERVICE for an unknown service or a negative port,
// EAI_FAMILY, EAI_SOCKTYPE, EAI_ADDRFAMILY for what doesn't fit, EAI_BADFLAGS,
// EAI_AGAIN if no name server answers.
//
// Names are looked up by net.DefaultResolver, which differs from glibc: the error
// is EAI_NONAME too, not EAI_NODATA, if the name is known but has no address of the
// family; an address that /etc/hosts gives twice comes once, and ::1 there is no
// IPv4 address as well; private IPv6 addresses (fc00::/7) come after IPv4 ones. A
// name that isn't ASCII has to be converted first.
func GetAddrInfo[P int | string](host string, port P, args ...Arg) ([]AddrInfo, error) {
	a, err := parseArgs("getaddrinfo", argFamily|argKindOf|argProto|argFlags, args)
	if err != nil {
		return nil, err
	}
	service := ""
	switch p := any(port).(type) {
	case int:
		service = strconv.Itoa(p)
	case string:
		service = p
	}
	q, err := newAddrQuery(a, host, service)
	if err != nil {
		return nil, err
	}
	return q.run()
}

// An addrQuery is what GetAddrInfo was asked. "" is no host, and no service.
type addrQuery struct {
	arguments
	host    string
	service string
	port    uint16 // the service, if it is a number
	numeric bool
}

// aiKnown are the flags that glibc takes, AI_IDN and its relatives (0x3C0) among
// them, which change nothing in an ASCII name.
const aiKnown = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | AI_NUMERICSERV | 0x3C0

// newAddrQuery checks the arguments, in glibc's order.
func newAddrQuery(a arguments, host, service string) (*addrQuery, error) {
	q := &addrQuery{arguments: a, host: star(host), service: star(service)}
	if err := q.checkArguments(); err != nil {
		return nil, err
	}
	var whole bool
	q.port, q.numeric, whole = parsePort(q.service)
	switch {
	case q.host == "" && q.service == "":
		return nil, q.fail(EAI_NONAME)
	case q.flags&^aiKnown != 0, q.host == "" && q.flags&AI_CANONNAME != 0:
		return nil, q.fail(EAI_BADFLAGS)
	case q.family != AF_UNSPEC && q.family != AF_INET && q.family != AF_INET6:
		return nil, q.fail(EAI_FAMILY)
	case q.flags&AI_ADDRCONFIG != 0 && !q.narrow():
		return nil, q.fail(EAI_NONAME)
	case q.flags&AI_NUMERICSERV != 0 && q.service != "" && !whole:
		return nil, q.failService(EAI_NONAME)
	}
	return q, nil
}

// star is glibc's: the host and the service "*" are none.
func star(s string) string {
	if s == "*" {
		return ""
	}
	return s
}

// checkArguments refuses what Python refuses before it asks glibc.
func (q *addrQuery) checkArguments() error {
	if strings.Contains(q.service, "\x00") {
		return &ArgumentError{q.op, "port", q.service, "a service name without a NUL byte"}
	}
	return checkName(q.op, q.host)
}

func (q *addrQuery) fail(code int) error { return gaiError(q.op, q.host, code, nil) }

func (q *addrQuery) failService(code int) error {
	return serviceError(q.op, q.host, q.service, code)
}

// narrow is AI_ADDRCONFIG: it leaves only the family of which this machine has an
// address, loopback apart. It is false if that isn't the one that was asked for.
func (q *addrQuery) narrow() bool {
	has4, has6 := configured()
	switch {
	case q.family == AF_INET:
		return has4
	case q.family == AF_INET6:
		return has6
	case q.family == AF_UNSPEC && has4 && !has6:
		q.family = AF_INET
	case q.family == AF_UNSPEC && has6 && !has4:
		q.family = AF_INET6
	}
	return true
}

// configured reports of which families an interface has an address. Of the
// loopback addresses glibc leaves out these two alone (__check_pf).
func configured() (has4, has6 bool) {
	ips, err := localIPs()
	if err != nil {
		return true, true
	}
	for _, ip := range ips {
		has4 = has4 || ip.Is4() && ip != netip.AddrFrom4([4]byte{127, 0, 0, 1})
		has6 = has6 || ip.Is6() && ip != netip.IPv6Loopback()
	}
	return has4, has6
}

// run answers the query: every endpoint at every address.
func (q *addrQuery) run() ([]AddrInfo, error) {
	ends, err := q.endpoints()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	ips, err := q.addresses(ctx)
	if err != nil {
		return nil, err
	}
	infos := make([]AddrInfo, 0, len(ips)*len(ends))
	for _, ip := range ips {
		for _, end := range ends {
			addr := AddrFromAddrPort(netip.AddrPortFrom(ip, end.port))
			infos = append(infos, AddrInfo{addr.Family(), end.kind, end.proto, "", addr})
		}
	}
	if q.flags&AI_CANONNAME != 0 {
		infos[0].CanonName = q.canonName(ctx, ips)
	}
	return infos, nil
}

// A transport is a kind of socket that getaddrinfo knows, with the name that it
// has in /etc/services. The lists in transport_*.go are the C libraries'.
type transport struct {
	kind  SocketKind
	proto Proto
	name  string
	usual bool // given to those who ask for no kind and no protocol
}

// raw reports whether t takes every protocol, and no ports.
func (t transport) raw() bool { return t.kind == SOCK_RAW }

// An endpoint is a transport and its port.
type endpoint struct {
	kind  SocketKind
	proto Proto
	port  uint16
}

// endpoints finds the transports that fit, and the port of each.
func (q *addrQuery) endpoints() ([]endpoint, error) {
	if q.kind == 0 && q.proto == 0 {
		return q.allEndpoints()
	}
	t, ok := q.transport()
	if !ok {
		return nil, q.fail(EAI_SOCKTYPE)
	}
	end := endpoint{t.kind, t.proto, q.port}
	if t.raw() {
		end.proto = q.proto
	}
	switch {
	case q.service == "":
		return []endpoint{end}, nil
	case t.raw():
		return nil, q.failService(EAI_SERVICE)
	case !q.numeric:
		s, ok := findService(readServices(), q.service, t.name)
		if !ok {
			return nil, q.failService(EAI_SERVICE)
		}
		end.port = s.port
	}
	return []endpoint{end}, nil
}

// transport is the first one that fits a kind or a protocol.
func (q *addrQuery) transport() (transport, bool) {
	for _, t := range transports {
		if (q.kind == 0 || q.kind == t.kind) && (q.proto == 0 || q.proto == t.proto || t.raw()) {
			return t, true
		}
	}
	return transport{}, false
}

// allEndpoints is for those who ask for no kind and no protocol: the usual
// transports for a number, every one that has the service for a name.
func (q *addrQuery) allEndpoints() ([]endpoint, error) {
	byName := q.service != "" && !q.numeric
	var known []service
	if byName {
		known = readServices()
	}
	var ends []endpoint
	for _, t := range transports {
		if !byName {
			if t.usual {
				ends = append(ends, endpoint{t.kind, t.proto, q.port})
			}
		} else if s, ok := findService(known, q.service, t.name); ok && !t.raw() {
			ends = append(ends, endpoint{t.kind, t.proto, s.port})
		}
	}
	if len(ends) == 0 {
		return nil, q.failService(EAI_SERVICE)
	}
	return ends, nil
}

// addresses finds the host's addresses.
func (q *addrQuery) addresses(ctx context.Context) ([]netip.Addr, error) {
	if q.host == "" {
		return q.ownAddresses(), nil
	}
	mapped := q.family == AF_INET6 && q.flags&AI_V4MAPPED != 0
	family := q.family
	if mapped {
		family = AF_UNSPEC
	}
	if q.flags&AI_NUMERICHOST != 0 {
		if _, ok, _ := numericIP(q.op, q.host, family); !ok {
			return nil, q.fail(EAI_NONAME)
		}
	}
	ips, err := lookupIP(ctx, q.op, q.host, family)
	if mapped {
		ips = mapAddresses(ips, q.flags&AI_ALL != 0)
	}
	return ips, err
}

// ownAddresses are those of no host: of this machine, or any with AI_PASSIVE. The
// order is what RFC 6724 makes of them: any IPv4 address before any IPv6 one,
// because the label of :: is not that of its source; but ::1 first, if it works.
func (q *addrQuery) ownAddresses() []netip.Addr {
	ip4, ip6 := netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()
	passive := q.flags&AI_PASSIVE != 0
	if passive {
		ip4, ip6 = netip.IPv4Unspecified(), netip.IPv6Unspecified()
	}
	switch {
	case q.family == AF_INET:
		return []netip.Addr{ip4}
	case q.family == AF_INET6:
		return []netip.Addr{ip6}
	case !passive && reachesLoopback6():
		return []netip.Addr{ip6, ip4}
	}
	return []netip.Addr{ip4, ip6}
}

// reachesLoopback6 reports whether ::1 has a route. Nothing is sent.
func reachesLoopback6() bool {
	s, err := New(AF_INET6, SOCK_DGRAM)
	if err != nil {
		return false
	}
	defer s.Close()
	return s.Connect(Addr("::1", 9)) == nil
}

// mapAddresses is AI_V4MAPPED: IPv4 addresses in IPv6's form (::ffff:192.0.2.1)
// take the place of IPv6 ones that are missing, or with all stand beside them.
func mapAddresses(ips []netip.Addr, all bool) []netip.Addr {
	var only6, mapped []netip.Addr
	for _, ip := range ips {
		if ip.Is4() {
			ip = netip.AddrFrom16(ip.As16())
		} else {
			only6 = append(only6, ip)
		}
		mapped = append(mapped, ip)
	}
	if all || len(only6) == 0 {
		return mapped
	}
	return only6
}

// canonName is the host's official name; of an address the address as it was
// given.
func (q *addrQuery) canonName(ctx context.Context, ips []netip.Addr) string {
	if _, ok, _ := numericIP(q.op, q.host, AF_UNSPEC); ok {
		return q.host
	}
	name, _ := officialName(ctx, q.host, q.family, ips)
	return name
}

// parsePort reads a port as glibc does where a long has 64 bits, with strtoul and a
// conversion to int: there may be blanks and a sign before it, and it counts modulo
// 65536. numeric is false for the name of a service, which a negative number is too;
// whole says whether strtoul would have read all of it.
func parsePort(s string) (port uint16, numeric, whole bool) {
	digits := strings.TrimLeft(s, " \t\n\v\f\r")
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err == nil && negative {
		n = -n
	}
	// Out of range is ULONG_MAX to strtoul, which is -1 as an int.
	if int32(n) < 0 {
		return 0, false, true
	}
	return uint16(n), true, true
}
