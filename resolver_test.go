//go:build linux

package socket_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// useResolver has net.DefaultResolver ask through dial until the test ends.
func useResolver(t testing.TB, dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	t.Helper()
	old := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: dial}
	t.Cleanup(func() { net.DefaultResolver = old })
}

// TestCloseEndsLookup closes a socket while its call waits for a name server.
func TestCloseEndsLookup(t *testing.T) {
	host := socket.Addr("slow.invalid", 80)
	calls := map[string]func(*socket.Socket) error{
		"connect": func(s *socket.Socket) error { return s.Connect(host) },
		"bind":    func(s *socket.Socket) error { return s.Bind(host) },
		"sendto":  func(s *socket.Socket) error { _, err := s.SendTo([]byte("x"), host); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			asked := make(chan bool, 100)
			useResolver(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
				asked <- true
				<-ctx.Done()
				return nil, ctx.Err()
			})
			s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			ended := make(chan error, 1)
			go func() { ended <- call(s) }()
			<-asked
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if !errors.Is(err, net.ErrClosed) {
					t.Errorf("%v is not net.ErrClosed", err)
				}
			case <-time.After(time.Minute):
				t.Fatal("the look-up goes on")
			}
		})
	}
}

// TestResolverErrors: what a name server comes to that isn't there, and one that
// can't be asked at all. Python's answers to the first were measured with a
// resolv.conf that names a closed port.
func TestResolverErrors(t *testing.T) {
	tests := []struct {
		name string
		dial func(context.Context, string, string) (net.Conn, error)
		want []string
	}{
		{
			"refused",
			func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "udp", Err: unix.ECONNREFUSED}
			},
			[]string{"gaierror -3", "gaierror -3", "herror 2", "gaierror -3"},
		},
		{
			"no way to ask",
			func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("none in this test") },
			[]string{"gaierror -4", "gaierror -4", "herror 3", "<nil>"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			useResolver(t, tt.dial)
			_, info := socket.GetAddrInfo("name.invalid.", 80)
			_, byName := socket.GetHostByName("name.invalid.")
			_, _, _, byAddr := socket.GetHostByAddr("192.0.2.77")
			_, _, nameInfo := socket.GetNameInfo(socket.Addr("192.0.2.77", 80), 0)
			got := []string{errorKind(info), errorKind(byName), errorKind(byAddr), errorKind(nameInfo)}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%v, %v, %v, %v (-want +got):\n%s", info, byName, byAddr, nameInfo, diff)
			}
			var dns *net.DNSError
			if !errors.As(info, &dns) || !errors.As(byAddr, &dns) {
				t.Errorf("%v, %v: the resolver's own error is not in them", info, byAddr)
			}
		})
	}
}

// A zone is what a name server of the tests knows: the records of each name.
type zone map[string][]record

// A record is a resource record with one of these types.
type record struct {
	rtype uint16
	data  string // an address or a name
}

const (
	typeA     = 1
	typeCNAME = 5
	typePTR   = 12
	typeAAAA  = 28
)

var testZone = zone{
	"www.example.test.":                        {{typeCNAME, "web.example.test."}},
	"web.example.test.":                        {{typeA, "192.0.2.10"}, {typeA, "192.0.2.11"}, {typeAAAA, "2001:db8::10"}},
	"v4.example.test.":                         {{typeA, "192.0.2.20"}},
	"v6.example.test.":                         {{typeAAAA, "2001:db8::20"}},
	"10.2.0.192.in-addr.arpa.":                 {{typePTR, "web.example.test."}, {typePTR, "alias.example.test."}},
	"20.2.0.192.in-addr.arpa.":                 {{typePTR, "short."}, {typePTR, "v4.example.test."}},
	arpa6(netip.MustParseAddr("2001:db8::20")): {{typePTR, "v6.example.test."}},
}

// arpa6 is the name that the names of an IPv6 address are asked for by.
func arpa6(ip netip.Addr) string {
	var b strings.Builder
	bytes := ip.As16()
	for _, c := range slices.Backward(bytes[:]) {
		fmt.Fprintf(&b, "%x.%x.", c&15, c>>4)
	}
	return b.String() + "ip6.arpa."
}

// useZone has a name server on this machine answer for testZone.
func useZone(t *testing.T) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			server.WriteTo(testZone.answer(buf[:n]), from)
		}
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	useResolver(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	})
}

// answer answers a query of one question (RFC 1035, section 4).
func (z zone) answer(query []byte) []byte {
	name, end := readName(query, 12)
	if end+4 > len(query) {
		return nil
	}
	qtype := binary.BigEndian.Uint16(query[end:])
	var answers []byte
	count := 0
	add := func(owner string, r record) {
		answers = append(appendRecord(answers, owner, r), r.wire()...)
		count++
	}
	key := strings.ToLower(name)
	for _, r := range z[key] {
		if r.rtype == typeCNAME {
			add(key, r)
			key = r.data
		}
	}
	for _, r := range z[key] {
		if r.rtype == qtype && r.rtype != typeCNAME {
			add(key, r)
		}
	}
	flags := uint16(0x8180)
	if z[key] == nil {
		flags |= 3 // NXDOMAIN
	}
	head := binary.BigEndian.AppendUint16(append([]byte{}, query[:2]...), flags)
	for _, n := range []int{1, count, 0, 0} {
		head = binary.BigEndian.AppendUint16(head, uint16(n))
	}
	return append(append(head, query[12:end+4]...), answers...)
}

// readName reads an uncompressed name.
func readName(msg []byte, at int) (string, int) {
	var name string
	for at < len(msg) && msg[at] != 0 {
		next := at + 1 + int(msg[at])
		if next > len(msg) {
			return "", len(msg)
		}
		name += string(msg[at+1:next]) + "."
		at = next
	}
	return name, at + 1
}

// appendName writes an uncompressed name.
func appendName(msg []byte, name string) []byte {
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		msg = append(append(msg, byte(len(label))), label...)
	}
	return append(msg, 0)
}

// appendRecord writes a record without its data.
func appendRecord(msg []byte, owner string, r record) []byte {
	msg = appendName(msg, owner)
	for _, n := range []uint16{r.rtype, 1, 0, 60, uint16(len(r.wire()))} {
		msg = binary.BigEndian.AppendUint16(msg, n)
	}
	return msg
}

// wire is the data of a record.
func (r record) wire() []byte {
	if r.rtype == typeA || r.rtype == typeAAAA {
		return netip.MustParseAddr(r.data).AsSlice()
	}
	return appendName(nil, r.data)
}

func TestNameServer(t *testing.T) {
	useZone(t)
	hosts := func(name string, aliases, addrs []string, err error) string {
		slices.Sort(addrs)
		return fmt.Sprintln(name, aliases, addrs, errorKind(err))
	}
	infos := func(host string, args ...socket.Arg) string {
		list, err := socket.GetAddrInfo(host, 80, append(args, socket.SOCK_STREAM)...)
		var addrs []string
		canon := ""
		for _, i := range list {
			addrs = append(addrs, i.Addr.Host())
			canon += i.CanonName
		}
		slices.Sort(addrs)
		return fmt.Sprintln(canon, addrs, errorKind(err))
	}
	nameInfo := func(addr socket.Address, flags int) string {
		host, service, err := socket.GetNameInfo(addr, flags)
		return fmt.Sprintln(host, service, errorKind(err))
	}
	tests := []struct{ name, want, got string }{
		{"an alias", "web.example.test [www.example.test.] [192.0.2.10 192.0.2.11] <nil>", hosts(socket.GetHostByNameEx("www.example.test."))},
		{"no alias", "web.example.test [] [192.0.2.10 192.0.2.11] <nil>", hosts(socket.GetHostByNameEx("web.example.test."))},
		{"no IPv4 address", " [] [] gaierror -2", hosts(socket.GetHostByNameEx("v6.example.test."))},
		{"an address", "web.example.test [alias.example.test] [192.0.2.10] <nil>", hosts(socket.GetHostByAddr("192.0.2.10"))},
		{"an IPv6 address", "v6.example.test [] [2001:db8::20] <nil>", hosts(socket.GetHostByAddr("2001:db8::20"))},
		{"a name's address", "v6.example.test [] [2001:db8::20] <nil>", hosts(socket.GetHostByAddr("v6.example.test."))},
		{"an address without a name", " [] [] herror 1", hosts(socket.GetHostByAddr("192.0.2.99"))},
		{"both families", "[192.0.2.10 192.0.2.11 2001:db8::10] <nil>", infos("www.example.test.")},
		{"the official name", "web.example.test [192.0.2.10 192.0.2.11] <nil>", infos("www.example.test.", socket.AF_INET, socket.AI_CANONNAME)},
		{"IPv6 alone", "[2001:db8::10] <nil>", infos("www.example.test.", socket.AF_INET6)},
		{"IPv6 before mapped", "[2001:db8::10] <nil>", infos("www.example.test.", socket.AF_INET6, socket.AI_V4MAPPED)},
		{"mapped", "[::ffff:192.0.2.20] <nil>", infos("v4.example.test.", socket.AF_INET6, socket.AI_V4MAPPED)},
		{"mapped beside IPv6", "[2001:db8::10 ::ffff:192.0.2.10 ::ffff:192.0.2.11] <nil>", infos("www.example.test.", socket.AF_INET6, socket.AI_V4MAPPED|socket.AI_ALL)},
		{"no address of the family", "[] gaierror -2", infos("v4.example.test.", socket.AF_INET6)},
		{"unknown", "[] gaierror -2", infos("nosuch.example.test.")},
		{"names of an address", "web.example.test http <nil>", nameInfo(socket.Addr("192.0.2.10", 80), 0)},
		{"no name", "192.0.2.99 http <nil>", nameInfo(socket.Addr("192.0.2.99", 80), 0)},
		{"a name that has to be", "  gaierror -2", nameInfo(socket.Addr("192.0.2.99", 80), socket.NI_NAMEREQD)},
		{"the name with a dot", "v4.example.test", socket.GetFQDN("192.0.2.20")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.Fields(tt.want), strings.Fields(tt.got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
