//go:build linux

package socket_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
)

var (
	// numericHosts are hosts that no name server is asked about. "" is None.
	numericHosts = []string{
		"", "*", "127.0.0.1", "127.1", "0x7f.1", "010.1.2.3", "2130706433", "0", "255.255.255.255", "192.0.2.1",
		"::", "::1", "::1.2.3.4", "2001:db8::1", "::ffff:1.2.3.4", "::ffff:1.2.3.4%1", "::ffff:1.2.3.4%lo",
		"::1%3", "::1%lo", "::1%0", "fe80::1", "fe80::1%lo", "fe80::1%1", "fe80::1%01", "fe80::1%0", "fe80::1%99", "fe80::1%4294967295",
		"fe80::1%4294967296", "fe80::1%nosuch0", "fe80::1%", "fe80::1%lo%lo", "fe80::1%+1", "fe80::1% 1", "fe80::1%1x", "ff02::1%lo", "ff12::1%lo", "ff05::1%lo",
		"::ffff:169.254.1.1%lo", "2001:db8::1%lo", "2001:db8::1%7",
	}
	queryPorts = []any{
		nil, "*", "0", "80", " 80", "\t\n80", "+80", "-80", "- 80", "+-80", "80 ", "80x", "0x50", "65535", "65536", "65616", "080",
		"2147483647", "2147483648", "4294967295", "4294967296", "4294967376", "-4294967216", "-2147483649", "18446744073709551615", "18446744073709551616", "99999999999999999999999",
		0, 1, 80, 65535, 65536, 131072, -1, -80, 2147483647, -2147483648,
		"http", "https", "www", "HTTP", "domain", "ntp", "nosuch", "h t", "é", "-", "+", " ",
	}
	queryFamilies = []int{0, 2, 10, 1, 16, -1, 45, 99}
	queryKinds    = []int{0, 1, 2, 3, 4, 5, 6, 7, 10, -1, 2049, 524289}
	queryProtos   = []int{0, 1, 6, 17, 33, 58, 132, 136, 255, 256, 262, -1}
	queryFlags    = []int{
		0, 1, 2, 4, 8, 16, 24, 1024, 1 | 4, 2 | 4, 1 | 1024, 4 | 1024, 8 | 2, 1 | 2 | 4 | 8 | 16 | 1024, 64, 128, 256, 512, 2048, 4096, 1 << 30, -1,
		32, 32 | 1, 32 | 8,
	}
)

// allPorts adds to queryPorts the numbers that only a 64-bit int can hold.
func allPorts() []any {
	ports := slices.Clone(queryPorts)
	for _, text := range []string{"2147483648", "4294967296", "4294967376", "-4294967216", "-9223372036854775808", "9223372036854775807"} {
		if n, err := strconv.Atoi(text); err == nil {
			ports = append(ports, n)
		}
	}
	return ports
}

// query makes a call's arguments; "" as the host is None in Python.
func query(host string, port any, family, kind, proto, flags int) []any {
	if host == "" {
		return []any{nil, port, family, kind, proto, flags}
	}
	return []any{host, port, family, kind, proto, flags}
}

// goGetAddrInfo calls GetAddrInfo with Python's arguments and returns Python's
// tuples.
func goGetAddrInfo(args []any) (any, error) {
	host, _ := args[0].(string)
	more := []socket.Arg{
		socket.AddressFamily(args[2].(int)), socket.SocketKind(args[3].(int)),
		socket.Proto(args[4].(int)), socket.AddressInfo(args[5].(int)),
	}
	var infos []socket.AddrInfo
	var err error
	if n, ok := args[1].(int); ok {
		infos, err = socket.GetAddrInfo(host, n, more...)
	} else {
		name, _ := args[1].(string)
		infos, err = socket.GetAddrInfo(host, name, more...)
	}
	list := []any{}
	for _, i := range infos {
		list = append(list, []any{int(i.Family), int(i.Kind), int(i.Proto), i.CanonName, addrTuple(i.Addr)})
	}
	return list, err
}

// addrTuple is Python's tuple of an address.
func addrTuple(addr socket.Address) []any {
	tuple := []any{addr.Host(), addr.Port()}
	if a, ok := addr.(socket.Inet6Addr); ok {
		tuple = append(tuple, a.FlowInfo(), a.ScopeID())
	}
	return tuple
}

func TestGetAddrInfoMatchesPython(t *testing.T) {
	var calls [][]any
	for _, host := range numericHosts {
		for _, family := range queryFamilies {
			for _, flags := range queryFlags {
				calls = append(calls, query(host, 80, family, 1, 0, flags))
			}
			calls = append(calls, query(host, nil, family, 0, 0, 0))
		}
	}
	for _, port := range allPorts() {
		for _, kind := range queryKinds {
			for _, proto := range queryProtos {
				calls = append(calls, query("127.0.0.1", port, 0, kind, proto, 0))
			}
		}
	}
	samePython(t, "getaddrinfo", calls, goGetAddrInfo)
}

// TestGetAddrInfoMixesMatchPython takes every argument at random, for the order in
// which they are checked.
func TestGetAddrInfoMixesMatchPython(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	ports := allPorts()
	var calls [][]any
	for range 5000 {
		calls = append(calls, query(pick(r, numericHosts), pick(r, ports), pick(r, queryFamilies),
			pick(r, queryKinds[:6]), pick(r, queryProtos[:7]), pick(r, queryFlags)|pick(r, queryFlags[:12])))
	}
	samePython(t, "getaddrinfo", calls, goGetAddrInfo)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// hostNames are those of testdata/etc/hosts, which is /etc/hosts where they are
// asked for.
var hostNames = strings.Fields(`localhost LOCALHOST loop loop.example.com localhost6 host host.example.com HOST.Example.Com h2 other six again
	UPPER upper upper.example.com bad line octal dup dup2 lead short only4 both only6 plain plain.example.net nosuch nosuch.invalid
	256.1.1.1 1.2.3.4.5 127.0.0.1x 1.2%lo a_b -a a- x*y a,b <broadcast>`)

func TestGetAddrInfoOfNamesMatchesPython(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	needRoute(t)
	names := append(slices.Clone(hostNames), "a..b", ".", ".a", "a.", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a", 63)+".b", strings.Repeat("a", 64)+".b")
	var calls [][]any
	for _, host := range names {
		for _, family := range []int{0, 2, 10} {
			for _, flags := range queryFlags {
				calls = append(calls, query(host, 80, family, 1, 0, flags))
			}
		}
	}
	for _, name := range serviceNames {
		for _, kind := range queryKinds {
			for _, proto := range queryProtos {
				calls = append(calls, query("127.0.0.1", name, 0, kind, proto, 0))
			}
		}
	}
	calls = slices.DeleteFunc(calls, asksForLoopback)
	want := askPython(t, "getaddrinfo", calls)
	for i, args := range calls {
		value, err := goGetAddrInfo(args)
		got := goOutcome(t, value, err, want[i].Text)
		if diff := cmp.Diff(once(want[i]), got); diff != "" {
			t.Errorf("getaddrinfo%s: %v (-Python +Go):\n%s", jsonText(t, args), err, diff)
		}
	}
}

// asksForLoopback leaves out what TestGetAddrInfoDiffers is about: the IPv4
// address of a name that is ::1 alone. With AI_ADDRCONFIG that is what is asked for on
// a machine whose only IPv6 address is ::1.
func asksForLoopback(args []any) bool {
	const mapAll = int(socket.AI_V4MAPPED | socket.AI_ALL)
	flags := args[5].(int)
	return args[0] == "localhost6" && (args[2] == 2 || args[2] == 10 && flags&mapAll == mapAll ||
		args[2] == 0 && flags&int(socket.AI_ADDRCONFIG) != 0)
}

// needRoute skips the test on a machine without a network. There no address can be
// reached, and glibc, which has IPv6 first, and net, which leaves the file's order,
// disagree on what the best is.
func needRoute(t *testing.T) {
	t.Helper()
	for _, host := range []string{"10.1.2.3", "2001:db8::5"} {
		addr := socket.Addr(host, 9)
		s, err := socket.New(addr.Family(), socket.SOCK_DGRAM)
		if err == nil {
			err = errors.Join(s.Connect(addr), s.Close()) // sends nothing
		}
		if err == nil {
			return
		}
	}
	t.Skip("no route to other machines: run it on one with a network")
}

// once takes out the addresses that Python returns a second time, because they
// stand in /etc/hosts twice.
func once(o outcome) outcome {
	list, ok := o.Value.([]any)
	if !ok {
		return o
	}
	seen := map[string]bool{}
	var left []any
	for _, item := range list {
		tuple := item.([]any)
		key := fmt.Sprint(tuple[:3], tuple[4])
		if !seen[key] {
			left = append(left, item)
		}
		seen[key] = true
	}
	o.Value = left
	return o
}

// TestGetAddrInfoDiffers is about the differences that the documentation names.
func TestGetAddrInfoDiffers(t *testing.T) {
	if !insideEtc(t) {
		return
	}
	_, err := socket.GetAddrInfo("localhost6", 80, socket.AF_INET)
	if got := errorKind(err); got != "gaierror -2" {
		t.Errorf("IPv4 addresses of a name that is ::1: %v", err)
	}
	infos, err := socket.GetAddrInfo("dup", 80, socket.SOCK_STREAM)
	if err != nil || len(infos) != 2 {
		t.Errorf("addresses of a name with two: %v, %v", infos, err)
	}
}

func TestGetAddrInfoArguments(t *testing.T) {
	ask := func(host, port string, args ...socket.Arg) error {
		_, err := socket.GetAddrInfo(host, port, args...)
		return err
	}
	_, connect := socket.CreateConnection(socket.Addr("a..b", 80))
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"an empty label to connect to", connect, `create_connection: host is "a..b", want labels of 1 to 63 characters between the dots`},
		{"a family twice", ask("127.0.0.1", "", socket.AF_INET, socket.AF_INET6), `getaddrinfo: address family is AF_INET6, want it given once, not twice`},
		{"a NUL in the host", ask("a\x00b", "80"), `getaddrinfo: host is "a\x00b", want a host name without a NUL byte`},
		{"a NUL in the port", ask("127.0.0.1", "80\x00"), `getaddrinfo: port is "80\x00", want a service name without a NUL byte`},
		{"a name for IDNA", ask("bücher.example", "80"), `getaddrinfo: host is "bücher.example", want an ASCII name: use ToASCII of golang.org/x/net/idna`},
		{"an empty label", ask("a..b", "80"), `getaddrinfo: host is "a..b", want labels of 1 to 63 characters between the dots`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, tt.err.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			var arg *socket.ArgumentError
			if !errors.As(tt.err, &arg) || !errors.Is(tt.err, os.ErrInvalid) {
				t.Errorf("%T is no ArgumentError", tt.err)
			}
		})
	}
}

// TestGetAddrInfoConnects uses what comes back as it is meant to be used.
func TestGetAddrInfoConnects(t *testing.T) {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	addr, err := server.GetSockName()
	if err != nil {
		t.Fatal(err)
	}
	infos, err := socket.GetAddrInfo("127.1", addr.Port(), socket.SOCK_STREAM)
	if err != nil {
		t.Fatal(err)
	}
	want := []socket.AddrInfo{{Family: socket.AF_INET, Kind: socket.SOCK_STREAM, Proto: socket.IPPROTO_TCP, Addr: addr}}
	if !slices.Equal(want, infos) {
		t.Fatalf("got %v, want %v", infos, want)
	}
	client, err := socket.New(infos[0].Family, infos[0].Kind, infos[0].Proto)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Connect(infos[0].Addr); err != nil {
		t.Fatal(err)
	}
}

// TestBindMapped: an IPv4 address in IPv6's form is good for an AF_INET socket.
func TestBindMapped(t *testing.T) {
	s, err := socket.New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Bind(socket.Addr("::ffff:127.0.0.1", 0)); err != nil {
		t.Fatal(err)
	}
	addr, err := s.GetSockName()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("127.0.0.1", addr.Host()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
