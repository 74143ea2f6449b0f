//go:build linux

package socket_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// moreHosts are hosts that aren't names, for the look-ups by name and address.
var moreHosts = []string{
	"", "<broadcast>", "255.255.255.255", "127.0.0.1", "127.1", "0x7f.1", "0X7F.1", "010.1.2.3", "127.0.0.2", "0.0.0.0", "0", "10.1.2.3", "10.1.2.4", "10.1.2.5",
	"8.1.2.6", "10.1.2.7", "10.1.2.8", "10.1.2.9", "10.1.2.10", "::", "::1", "::2", "2001:db8::5", "2001:db8::6", "2001:DB8::7", "fe80::1", "fe80::1%lo", "fe80::1%nosuch0",
	"::1%3", "::1%lo", "::ffff:1.2.3.4", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1", "*", "a..b", ".", "a.", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1 x", "127.0.0.1.", "a\x00b", "\x00",
	strings.Repeat("a", 64),
}

func TestHostsMatchPython(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	needRoute(t)
	triple := func(name string, aliases, addrs []string, err error) (any, error) {
		return []any{name, append([]string{}, aliases...), addrs}, err
	}
	functions := map[string]func(string) (any, error){
		"gethostbyname":    func(h string) (any, error) { return socket.GetHostByName(h) },
		"gethostbyname_ex": func(h string) (any, error) { return triple(socket.GetHostByNameEx(h)) },
		"gethostbyaddr":    func(h string) (any, error) { return triple(socket.GetHostByAddr(h)) },
	}
	calls := callsWith(append(slices.Clone(hostNames), moreHosts...))
	for name, f := range functions {
		t.Run(name, func(t *testing.T) {
			// glibc takes ::1 in /etc/hosts for 127.0.0.1 as well, net doesn't.
			calls := slices.DeleteFunc(slices.Clone(calls), func(args []any) bool {
				return args[0] == "localhost6" && name != "gethostbyaddr" || args[0] == "" && name == "gethostbyname_ex"
			})
			samePython(t, name, calls, func(args []any) (any, error) { return f(args[0].(string)) })
		})
	}
	t.Run("getfqdn", func(t *testing.T) {
		// Python raises what GetFQDN can't return.
		calls := slices.DeleteFunc(slices.Clone(calls), func(args []any) bool {
			host := args[0].(string)
			return strings.Contains(host, "\x00") || strings.Contains(host, "..") || host == "." || len(host) > 63
		})
		samePython(t, "getfqdn", calls, func(args []any) (any, error) { return socket.GetFQDN(args[0].(string)), nil })
	})
}

// TestHostByNothing: the code is what glibc answers if it asks a name server.
func TestHostByNothing(t *testing.T) {
	_, _, _, err := socket.GetHostByNameEx("")
	if diff := cmp.Diff(`gethostbyname_ex "": [Errno 3] Unknown server error`, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// infoAddrs are addresses for GetNameInfo, as Python's tuples.
var infoAddrs = [][]any{
	{"127.0.0.1", 80}, {"127.1", 80}, {"localhost", 80}, {"", 80}, {"<broadcast>", 80}, {"nosuch.invalid", 80}, {"10.1.2.3", 80}, {"10.1.2.4", 100},
	{"10.1.2.5", 88}, {"192.0.2.1", 512}, {"192.0.2.2", 512}, {"192.0.2.2", 0}, {"192.0.2.2", 65535}, {"192.0.2.2", 70000}, {"192.0.2.2", 65616}, {"192.0.2.2", -1}, {"nosuch.invalid", -1},
	{"::1", 80}, {"::1", 80, 0, 0}, {"::1", 80, 0, 1}, {"::1", 80, 0, 99}, {"2001:db8::5", 80}, {"2001:db8::1", 80, 0, 1}, {"fe80::1", 80, 0, 0}, {"fe80::1", 80, 0, 1}, {"fe80::1", 80, 0, 99},
	{"ff02::1", 80, 0, 1}, {"::ffff:127.0.0.1", 80, 0, 0}, {"::ffff:10.1.2.3", 80, 0, 1}, {"::127.0.0.1", 80}, {"::1", 80, 0xFFFFF, 0}, {"::1", 80, 0x100000, 0}, {"127.0.0.1", 80, 0, 0},
	{"fe80::1%nosuch0", 80, 0, 0}, {"1.2%lo", 80}, {"::1%lo", 80, 0, 0}, {"0.0.0.0", 99}, {"::", 99, 0, 0},
}

func TestGetNameInfoMatchesPython(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	var calls [][]any
	for _, addr := range infoAddrs {
		for _, flags := range []int{0, 1, 2, 3, 4, 8, 9, 11, 12, 16, 18, 19, 32, 64, 128, 255, 256, 1 << 20, -1} {
			calls = append(calls, []any{addr, flags})
		}
	}
	samePython(t, "getnameinfo", calls, func(args []any) (any, error) {
		host, service, err := socket.GetNameInfo(tupleAddr(args[0].([]any)), args[1].(int))
		return []any{host, service}, err
	})
}

// tupleAddr is the address for one of Python's tuples.
func tupleAddr(tuple []any) socket.Address {
	host, port := tuple[0].(string), tuple[1].(int)
	if len(tuple) == 2 {
		return socket.Addr(host, port)
	}
	return socket.Addr6(host, port, uint32(tuple[2].(int)), uint32(tuple[3].(int)))
}

// TestGetNameInfoNoFQDN gives the machine a domain, in a namespace of its own.
func TestGetNameInfoNoFQDN(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	// The thread ends with the test: it is never unlocked.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWUTS); err != nil {
		t.Skipf("no UTS namespace (%v): run as root", err)
	}
	var calls [][]any
	for _, addr := range infoAddrs {
		calls = append(calls, []any{addr, socket.NI_NOFQDN})
	}
	for _, name := range []string{"box.example.com", "box.com", "loop", "host", "com", "nosuch", "box.example.net"} {
		t.Run(name, func(t *testing.T) {
			runtime.LockOSThread()
			if err := unix.Unshare(unix.CLONE_NEWUTS); err != nil {
				t.Fatal(err)
			}
			if err := socket.SetHostName(name); err != nil {
				t.Fatal(err)
			}
			samePython(t, "getnameinfo", calls, func(args []any) (any, error) {
				host, service, err := socket.GetNameInfo(tupleAddr(args[0].([]any)), args[1].(int))
				return []any{host, service}, err
			})
		})
	}
}

func TestGetNameInfoArguments(t *testing.T) {
	tests := []struct {
		name string
		addr socket.Address
		want string
	}{
		{"none", nil, "getnameinfo: address is <nil>, want Addr(host, port) or Addr6(host, port, flowInfo, scopeID)"},
		{"a path", socket.UnixAddr("/x"), `getnameinfo: address is socket.UnixAddr "/x", want Addr(host, port) or Addr6(host, port, flowInfo, scopeID)`},
		{"NUL", socket.Addr("127.0.0.1\x00", 80), `getnameinfo: host is "127.0.0.1\x00", want text without a NUL byte`},
		{"flowinfo", socket.Addr6("::1", 80, 1<<20, 0), "getnameinfo: flowinfo is 1048576, want 0 to 1048575"},
		{"IPv4", socket.Addr6("127.0.0.1", 80, 0, 0), "getnameinfo: address is socket.Inet6Addr 127.0.0.1:80, want Addr(host, port) for an IPv4 address: IPv4 sockaddr must be 2 tuple"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := socket.GetNameInfo(tt.addr, 0)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGetNameInfoZone: the zone in a host is understood, which Python drops.
func TestGetNameInfoZone(t *testing.T) {
	machine.Needs(t, machine.Netlink)
	for _, addr := range []socket.Address{socket.Addr("fe80::1%lo", 80), socket.Addr6("fe80::1%lo", 80, 0, 0), socket.Addr6("fe80::1%99", 80, 0, 1)} {
		host, service, err := socket.GetNameInfo(addr, socket.NI_NUMERICHOST|socket.NI_NUMERICSERV)
		if host != "fe80::1%lo" || service != "80" || err != nil {
			t.Errorf("GetNameInfo(%v) = %q, %q, %v", addr, host, service, err)
		}
	}
}

// serviceNames are those of testdata/etc/services.
var serviceNames = strings.Fields(`http www w3 w3#c lead bad bad2 noproto emptyproto bad5 wraps bad7 bad8 hex bada Up UP slash al dup semi comma plus x/y emp
	#com com zz a b c udponly nousual exec biff comsat HTTP 80 - nosuch`)

func TestServicesMatchPython(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	serviceCalls(t, append(serviceNames, "", "a\x00b", "ht tp", "é"))
}

// TestSystemServicesMatchPython asks for everything in the machine's own file.
func TestSystemServicesMatchPython(t *testing.T) {
	serviceCalls(t, namesIn(t, "/etc/services"))
}

// serviceCalls asks for each name and for every port, with every protocol.
func serviceCalls(t *testing.T, names []string) {
	t.Helper()
	protos := [][]any{{}, {"tcp"}, {"udp"}, {"sctp"}, {"TCP"}, {""}, {"tcp/x"}, {"t\x00"}}
	var byName, byPort [][]any
	for _, proto := range protos {
		for _, name := range names {
			byName = append(byName, append([]any{name}, proto...))
		}
	}
	for port := -2; port < 1100; port++ {
		byPort = append(byPort, []any{port}, []any{port, "tcp"}, []any{port, "udp"}, []any{port, "sctp"}, []any{port, ""})
	}
	for port := 1100; port < 65540; port += 13 {
		byPort = append(byPort, []any{port})
	}
	byPort = append(byPort, []any{4464}, []any{65535}, []any{65536})
	samePython(t, "getservbyname", byName, func(args []any) (any, error) {
		return socket.GetServByName(args[0].(string), texts(args[1:])...)
	})
	samePython(t, "getservbyport", byPort, func(args []any) (any, error) {
		return socket.GetServByPort(args[0].(int), texts(args[1:])...)
	})
}

func texts(args []any) []string {
	var list []string
	for _, a := range args {
		list = append(list, a.(string))
	}
	return list
}

// namesIn returns the names and aliases in a file of /etc, some in the wrong case.
func namesIn(t *testing.T, path string) []string {
	t.Helper()
	text, err := readIfThere(path)
	if err != nil {
		t.Skipf("%v: apt-get install netbase", err)
	}
	names := []string{"nosuch"}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) >= 2 {
			names = append(append(names, f[0], strings.ToUpper(f[0]), strings.ToLower(f[0])), f[2:]...)
		}
	}
	return names
}

func TestProtocolsMatchPython(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	protocolCalls(t, strings.Fields(`ip IP icmp ICMP a2 a2#x lead bad bad2 bad3 bad4 big hex oct dup TCP tcp Tcp 6 nosuch`), "", "\x00", "t cp")
}

func TestSystemProtocolsMatchPython(t *testing.T) {
	protocolCalls(t, namesIn(t, "/etc/protocols"))
}

func protocolCalls(t *testing.T, names []string, more ...string) {
	t.Helper()
	samePython(t, "getprotobyname", callsWith(append(names, more...)), func(args []any) (any, error) {
		p, err := socket.GetProtoByName(args[0].(string))
		return int(p), err
	})
}

// TestWithoutFiles is about machines that have neither /etc/services nor
// /etc/protocols, which Python has no answers for.
func TestWithoutFiles(t *testing.T) {
	socket.MoveServiceFiles(t, t.TempDir())
	type answers struct {
		HTTP, NTP int
		Name      string
		UDP       socket.Proto
	}
	var got answers
	var errs [4]error
	got.HTTP, errs[0] = socket.GetServByName("http")
	got.NTP, errs[1] = socket.GetServByName("ntp", "udp")
	got.Name, errs[2] = socket.GetServByPort(443, "tcp")
	got.UDP, errs[3] = socket.GetProtoByName("UDP")
	if err := errors.Join(errs[:]...); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(answers{80, 123, "https", socket.IPPROTO_UDP}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	infos, err := socket.GetAddrInfo("127.0.0.1", "http")
	if err != nil || len(infos) != 1 || infos[0].Addr != socket.Address(socket.Addr("127.0.0.1", 80)) {
		t.Errorf("GetAddrInfo: %v, %v", infos, err)
	}
}

func TestUnknownServiceErrors(t *testing.T) {
	_, name := socket.GetServByName("nosuch", "tcp")
	_, port := socket.GetServByPort(64999)
	_, proto := socket.GetProtoByName("nosuch")
	tests := []struct {
		err  error
		want string
	}{
		{name, `getservbyname "nosuch/tcp": service/proto not found`},
		{port, `getservbyport "64999": port/proto not found`},
		{proto, `getprotobyname "nosuch": protocol not found`},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, fmt.Sprint(tt.err)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			var dns *net.DNSError
			if !errors.As(tt.err, &dns) || !dns.IsNotFound {
				t.Errorf("%#v is no DNSError with IsNotFound", tt.err)
			}
		})
	}
	if _, err := socket.GetServByName("http", "tcp", "udp"); errorKind(err) != "refused" {
		t.Errorf("two protocols: %v", err)
	}
}

func TestHostName(t *testing.T) {
	want := askPython(t, "gethostname", [][]any{{}})
	got, err := socket.GetHostName()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[0].Value, any(got)); diff != "" {
		t.Errorf("(-Python +Go):\n%s", diff)
	}
}

func TestSetHostName(t *testing.T) {
	// The thread has a host name of its own and ends with the test.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWUTS); err != nil {
		t.Skipf("no UTS namespace (%v): run as root", err)
	}
	for _, name := range []string{"box", "box.example.com", strings.Repeat("x", 64)} {
		if err := socket.SetHostName(name); err != nil {
			t.Fatal(err)
		}
		if got, err := socket.GetHostName(); got != name || err != nil {
			t.Errorf("GetHostName() = %q, %v, want %q", got, err, name)
		}
		if diff := cmp.Diff(any(name), askPython(t, "gethostname", [][]any{{}})[0].Value); diff != "" {
			t.Errorf("Python's name (-want +got):\n%s", diff)
		}
	}
	if err := socket.SetHostName(strings.Repeat("x", 65)); !errors.Is(err, unix.EINVAL) {
		t.Errorf("a long name: %v, want EINVAL", err)
	}
	if err := socket.SetHostName("a\x00b"); errorKind(err) != "refused" {
		t.Errorf("a NUL: %v", err)
	}
}

// readIfThere returns the text of a file.
func readIfThere(path string) (string, error) {
	text, err := os.ReadFile(path)
	return string(text), err
}
