//go:build unix

package socket

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// GetServByName returns the port of a service: Python's
// socket.getservbyname(name[, proto]) and getservbyname(3). The protocol is "tcp",
// "udp" …; without one the first entry of that name counts. Names and aliases are
// those of /etc/services, in their case. The file is read at each call; where there
// is none, a short list of common services stands for it, which Python lacks.
//
// The error for an unknown service is no *Error: in Python it has no errno.
// errors.As finds a *net.DNSError with IsNotFound in it.
func GetServByName(name string, proto ...string) (int, error) {
	const op = "getservbyname"
	if err := checkService(op, name, proto); err != nil {
		return 0, err
	}
	s, ok := findService(readServices(), name, proto...)
	if !ok {
		return 0, unknownName(op, strings.Join(append([]string{name}, proto...), "/"), "service/proto not found")
	}
	return int(s.port), nil
}

// GetServByPort returns the name of the service that a port is for: Python's
// socket.getservbyport(port[, proto]) and getservbyport(3). The port is 0 to
// 65535, in the machine's byte order. The rest is as for GetServByName.
func GetServByPort(port int, proto ...string) (string, error) {
	const op = "getservbyport"
	if err := checkPort(op, port); err != nil {
		return "", err
	}
	if err := checkService(op, "", proto); err != nil {
		return "", err
	}
	for _, s := range readServices() {
		if s.port == uint16(port) && s.speaks(proto) {
			return s.names[0], nil
		}
	}
	return "", unknownName(op, strings.Join(append([]string{strconv.Itoa(port)}, proto...), "/"), "port/proto not found")
}

// GetProtoByName returns the number of a protocol: Python's
// socket.getprotobyname(name) and getprotobyname(3). Names and aliases are those
// of /etc/protocols, in their case: "tcp" and "TCP" are there, "Tcp" isn't. The
// file is read at each call; where there is none, a short list stands for it,
// which Python lacks. The error for an unknown one is as for GetServByName.
func GetProtoByName(name string) (Proto, error) {
	const op = "getprotobyname"
	if err := checkText(op, "name", name); err != nil {
		return 0, err
	}
	for fields := range entries(readFile(protocolsFile, commonProtocols)) {
		names := slices.Concat(fields[:1], fields[2:])
		if n, err := strconv.ParseUint(fields[1], 10, 31); err == nil && slices.Contains(names, name) {
			return Proto(n), nil
		}
	}
	return 0, unknownName(op, name, "protocol not found")
}

// The files, which the tests replace.
var (
	servicesFile  = "/etc/services"
	protocolsFile = "/etc/protocols"
)

// commonServices and commonProtocols are for machines without the files: small
// containers. The numbers are IANA's.
const (
	commonServices = `
ftp 21/tcp
ssh 22/tcp
telnet 23/tcp
smtp 25/tcp
domain 53/tcp
domain 53/udp
gopher 70/tcp
http 80/tcp www
pop3 110/tcp
ntp 123/udp
imap2 143/tcp imap
https 443/tcp
https 443/udp
submissions 465/tcp
imaps 993/tcp
pop3s 995/tcp
`
	commonProtocols = `
ip 0 IP
icmp 1 ICMP
igmp 2 IGMP
tcp 6 TCP
udp 17 UDP
ipv6 41 IPv6
ipv6-icmp 58 IPv6-ICMP
sctp 132 SCTP
udplite 136 UDPLite
`
)

// A service is a line of /etc/services.
type service struct {
	names []string // the name and its aliases
	port  uint16
	proto string
}

// speaks reports whether s is for the protocol; any if there is none.
func (s *service) speaks(proto []string) bool {
	return len(proto) == 0 || proto[0] == s.proto
}

// findService finds a service by a name and, if there is one, a protocol.
func findService(known []service, name string, proto ...string) (service, bool) {
	for _, s := range known {
		if s.speaks(proto) && slices.Contains(s.names, name) {
			return s, true
		}
	}
	return service{}, false
}

// readServices reads /etc/services.
func readServices() []service {
	var known []service
	for fields := range entries(readFile(servicesFile, commonServices)) {
		port, proto, slash := strings.Cut(fields[1], "/")
		// As in glibc the number may be octal or hexadecimal, and is taken modulo
		// 65536; a line may end without a protocol.
		n, ok := parseAtonPart(strings.TrimPrefix(port, "+"), 32)
		if ok && (slash || len(fields) == 2) {
			known = append(known, service{slices.Concat(fields[:1], fields[2:]), uint16(n), proto})
		}
	}
	return known
}

// readFile returns a file's text, or instead if there is no such file.
func readFile(path, instead string) string {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return instead
	}
	return string(text)
}

// entries yields the fields of each line of a file of /etc that has at least two;
// a # begins a comment.
func entries(text string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(line, "#")
			if fields := strings.FieldsFunc(line, blank); len(fields) >= 2 && !yield(fields) {
				return
			}
		}
	}
}

// blank reports whether r is a blank to the C library: Unicode's others are not.
func blank(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) }

// checkService checks the arguments of the look-ups in /etc/services.
func checkService(op, name string, proto []string) error {
	if err := checkText(op, "name", name); err != nil {
		return err
	}
	switch len(proto) {
	case 0:
		return nil
	case 1:
		return checkText(op, "protocol", proto[0])
	}
	return &ArgumentError{op, "number of protocols", len(proto), "at most one"}
}

// checkText refuses what a C string can't hold.
func checkText(op, what, text string) error {
	if strings.Contains(text, "\x00") {
		return &ArgumentError{op, what, text, "text without a NUL byte"}
	}
	return nil
}
