//go:build linux

package socket_test

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// atonSeeds are the odd forms of IPv4 addresses.
var atonSeeds = []string{
	"", ".", "0", "00", "1", "127.1", "127.0.1", "127.0.0.1", "1.2.3.4.5", "1.2.3.", ".1", "1..2", "1.2.3.4.",
	"255.255.255.255", "256.0.0.1", "1.256.3", "1.65535", "1.65536", "1.2.65535", "1.2.65536", "1.16777215", "1.16777216",
	"4294967295", "4294967296", "99999999999999999999999", "2130706433", "0x7f000001", "0X7F.1", "0x", "0x.1", "0xg", "1.0x",
	"017700000001", "0177.1", "08", "09.1", "018", "0.08", "010.010.010.010", "0x10.010.10.1", "1.2.3.0x100", "1.2.3.0377", "1.2.3.0400",
	" 127.0.0.1", "127.0.0.1 ", "127.0.0.1\n", "127.0.0.1\tx", "127.0.0.1 foo", "127.0.0.1\v\f\r", "127.0.0.1x", "127 .1", "127. 1",
	"1.2 é", "1.2é", "é", "+1", "-1", "1.-1", "1.+1", "1_0", "0b1", "0o7", "1e3", "1,2", "::1", "1.2.3.4/8", "1.2.3.4%lo", "١.٢",
	"1.2.3\x00.4", "\x00", "1.2.3.4\x00", "0x00000000000000000001", "00000000000000000001", "1.2.3.00004", "0xffffffff", "0x100000000",
}

// ptonSeeds are what InetPton takes and leaves.
var ptonSeeds = []string{
	"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", ":::", "1:::2", "1::2::3", ":1", "1:", ":1::", "1::2:", ":", "", "12345::", "00001::", "0001::", "g::",
	"::ffff:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4",
	"::1.2.3.256", "::1.2.3.4:1", "1.2.3.4::", "::FFFF:ABCD", "::1%lo", "fe80::1%1", "fe80::1%", "[::1]", "::1/64", " ::1", "::1 ", "::1\n", "::1\x00",
	"::é", "::-1", "::+1", "::0x1", "1::1.2.3.4", "::1.2.3.", "::.1.2.3", "64:ff9b::192.0.2.33",
}

// ntopSeeds are addresses whose spelling is special.
var ntopSeeds = []string{
	"::", "::1", "::2", "::ffff", "::1:0", "::1.2.3.4", "::0.1.2.3", "::0.0.1.2", "::ffff:0:0", "::ffff:1.2.3.4", "::fffe:1.2.3.4", "0:0:0:0:1:ffff:102:304",
	"1::", "1:0:0:2::", "1::2:0:0:3", "1:0:0:2:0:0:0:3", "0:1::", "0:1:0:1:0:1:0:1", "1:0:1:1:1:1:1:1", "0:0:1:1:1:1:0:0", "1:1:1:1:1:1:0:0", "fe80::1",
	"64:ff9b::1.2.3.4", "2001:db8::a", "abcd:ef01:2345:6789:abcd:ef01:2345:6789",
}

// randomText makes n strings of pieces.
func randomText(n int, seed uint64, pieces []string) []string {
	r := rand.New(rand.NewPCG(seed, 0))
	texts := make([]string, n)
	for i := range texts {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		texts[i] = b.String()
	}
	return texts
}

// callsWith puts first before each of texts.
func callsWith(texts []string, first ...any) [][]any {
	var calls [][]any
	for _, text := range texts {
		calls = append(calls, append(first[:len(first):len(first)], text))
	}
	return calls
}

func TestInetAtonMatchesPython(t *testing.T) {
	texts := append(append([]string{}, atonSeeds...), ptonSeeds...)
	texts = append(texts, randomText(3000, 1, []string{"0", "1", "9", "12", "255", "256", "0x", "f", "08", ".", ".", ".", " "})...)
	samePython(t, "inet_aton", callsWith(texts), func(args []any) (any, error) {
		b, err := socket.InetAton(args[0].(string))
		return packed(b[:]), err
	})
}

func TestInetPtonMatchesPython(t *testing.T) {
	texts := append(append([]string{}, atonSeeds...), ptonSeeds...)
	texts = append(texts, randomText(3000, 2, []string{"0", "1", "f", "00", "abcd", "12345", "::", ":", ":", ":", "1.2.3.4", ".", "%"})...)
	for _, family := range []socket.AddressFamily{socket.AF_INET, socket.AF_INET6} {
		t.Run(family.String(), func(t *testing.T) {
			samePython(t, "inet_pton", callsWith(texts, int(family)), func(args []any) (any, error) {
				b, err := socket.InetPton(family, args[1].(string))
				return packed(b), err
			})
		})
	}
	t.Run("other families", func(t *testing.T) {
		calls := [][]any{{0, "1.2.3.4"}, {1, "1.2.3.4"}, {-1, "::1"}, {99, "::1"}}
		samePython(t, "inet_pton", calls, func(args []any) (any, error) {
			b, err := socket.InetPton(socket.AddressFamily(args[0].(int)), args[1].(string))
			return packed(b), err
		})
	})
}

func TestInetNtopMatchesPython(t *testing.T) {
	var calls [][]any
	add := func(family socket.AddressFamily, b []byte) { calls = append(calls, []any{int(family), packed(b)}) }
	for _, text := range ntopSeeds {
		b, err := socket.InetPton(socket.AF_INET6, text)
		if err != nil {
			t.Fatal(err)
		}
		add(socket.AF_INET6, b)
	}
	r := rand.New(rand.NewPCG(3, 0))
	for range 2000 {
		b := make([]byte, 16)
		for i := range b {
			// Many zeros, for there to be runs of them.
			if r.IntN(2) == 0 {
				b[i] = byte(r.IntN(3)) * byte(r.IntN(256))
			}
		}
		add(socket.AF_INET6, b)
		add(socket.AF_INET, b[:4])
	}
	for _, family := range []socket.AddressFamily{0, 1, 2, 10, -1, 99} {
		for _, n := range []int{0, 3, 4, 5, 15, 16, 17} {
			add(family, make([]byte, n))
		}
	}
	samePython(t, "inet_ntop", calls, func(args []any) (any, error) {
		b, err := hex.DecodeString(args[1].(map[string]any)["hex"].(string))
		if err != nil {
			t.Fatal(err)
		}
		return socket.InetNtop(socket.AddressFamily(args[0].(int)), b)
	})
}

func TestInetNtoaMatchesPython(t *testing.T) {
	var calls [][]any
	for i := range 256 {
		calls = append(calls, []any{packed([]byte{byte(i), byte(255 - i), 0, 10})})
	}
	samePython(t, "inet_ntoa", calls, func(args []any) (any, error) {
		b, err := hex.DecodeString(args[0].(map[string]any)["hex"].(string))
		return socket.InetNtoa([4]byte(b)), err
	})
}

func TestByteOrderMatchesPython(t *testing.T) {
	short := map[string]func(uint16) uint16{"htons": socket.Htons, "ntohs": socket.Ntohs}
	for name, f := range short {
		samePython(t, name, [][]any{{0}, {1}, {80}, {0x1234}, {0xFF00}, {0xFFFF}}, func(args []any) (any, error) {
			return f(uint16(args[0].(int))), nil
		})
	}
	long := map[string]func(uint32) uint32{"htonl": socket.Htonl, "ntohl": socket.Ntohl}
	for name, f := range long {
		samePython(t, name, [][]any{{uint32(0)}, {uint32(1)}, {uint32(0x12345678)}, {uint32(0xFF000000)}, {uint32(0xFFFFFFFF)}}, func(args []any) (any, error) {
			return f(args[0].(uint32)), nil
		})
	}
}

// TestConvertErrors checks the types, which Python doesn't have.
func TestConvertErrors(t *testing.T) {
	_, aton := socket.InetAton("1.2.3.4x")
	_, pton := socket.InetPton(socket.AF_INET, "127.1")
	_, family := socket.InetPton(socket.AF_UNIX, "127.0.0.1")
	_, ntop := socket.InetNtop(socket.AF_INET, nil)
	tests := []struct {
		err, is error
		want    string
	}{
		{aton, os.ErrInvalid, `inet_aton: address is "1.2.3.4x", want an IPv4 address: illegal IP address string passed to inet_aton`},
		{pton, os.ErrInvalid, `inet_pton: address is "127.1", want an AF_INET address: illegal IP address string passed to inet_pton`},
		{family, unix.EAFNOSUPPORT, "inet_pton: [Errno 97] Address family not supported by protocol"},
		{ntop, os.ErrInvalid, "inet_ntop: number of bytes is 0, want 4 of AF_INET, 16 of AF_INET6: invalid length of packed IP address string"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			if tt.err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, tt.err.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if !errors.Is(tt.err, tt.is) {
				t.Errorf("%v is not %v", tt.err, tt.is)
			}
		})
	}
}

func FuzzInetAton(f *testing.F) {
	for _, s := range atonSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := socket.InetAton(s)
		if err != nil {
			return
		}
		usual := socket.InetNtoa(b)
		if again, err := socket.InetAton(usual); err != nil || again != b {
			t.Errorf("InetAton(%q) = %v; InetAton(%q) = %v, %v", s, b, usual, again, err)
		}
		if strict, err := socket.InetPton(socket.AF_INET, usual); err != nil || [4]byte(strict) != b {
			t.Errorf("InetPton(AF_INET, %q) = %v, %v, want %v", usual, strict, err, b)
		}
	})
}

func FuzzInetPton(f *testing.F) {
	for _, s := range append(append([]string{}, atonSeeds...), ptonSeeds...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, family := range []socket.AddressFamily{socket.AF_INET, socket.AF_INET6} {
			b, err := socket.InetPton(family, s)
			if err != nil {
				continue
			}
			usual, err := socket.InetNtop(family, b)
			if err != nil {
				t.Fatalf("InetNtop(%v, %v): %v", family, b, err)
			}
			again, err := socket.InetPton(family, usual)
			if err != nil {
				t.Fatalf("InetPton(%v, %q): %v", family, usual, err)
			}
			if diff := cmp.Diff(b, again); diff != "" {
				t.Errorf("%q and %q differ (-first +second):\n%s", s, usual, diff)
			}
		}
	})
}
