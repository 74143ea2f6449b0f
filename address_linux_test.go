package socket_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// posing returns a socket that takes the addresses of a family and a protocol
// that the kernel needn't have: its descriptor is a UDP one.
func posing(t testing.TB, family socket.AddressFamily, proto socket.Proto) *socket.Socket {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := socket.New(socket.Fileno(fd), family, socket.SOCK_DGRAM, proto)
	if err != nil {
		unix.Close(fd)
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The methods of each family's type, and what String writes.
func TestFamilyAddresses(t *testing.T) {
	for _, tt := range []struct {
		addr    socket.Address
		family  socket.AddressFamily
		host    string
		port    int
		network string
		text    string
	}{
		{socket.NetlinkAddr{PID: 1234, Groups: 5}, socket.AF_NETLINK, "1234", 5, "netlink", "netlink:1234:0x5"},
		{socket.NetlinkAddr{}, socket.AF_NETLINK, "0", 0, "netlink", "netlink:0:0x0"},
		{socket.PacketAddr{IfName: "eth0", Proto: socket.ETH_P_IP, Addr: "\x02\x00\x5e\x10\x00\x01"},
			socket.AF_PACKET, "eth0", 0x0800, "packet", "packet:eth0:0x0800:02:00:5e:10:00:01"},
		{socket.PacketAddr{IfName: "lo", Proto: socket.ETH_P_ALL}, socket.AF_PACKET, "lo", 3, "packet", "packet:lo:0x0003"},
		{socket.CANAddr{"vcan0"}, socket.AF_CAN, "vcan0", 0, "can", "can:vcan0"},
		{socket.CANAddr{}, socket.AF_CAN, "", 0, "can", "can:*"},
		{socket.CANISOTPAddr{"vcan0", 0x7E0, 0x7E8}, socket.AF_CAN, "vcan0", 0x7E0, "isotp", "isotp:vcan0:0x7e0:0x7e8"},
		{socket.CANJ1939Addr{"vcan0", 0x11, 0xEA00, 0x20}, socket.AF_CAN, "vcan0", 0, "j1939", "j1939:vcan0:0x11:0xea00:0x20"},
		{socket.VSOCKAddr{CID: 2, PortNum: 1234}, socket.AF_VSOCK, "2", 1234, "vsock", "vsock:2:1234"},
		{socket.QIPCRTRAddr{Node: 1, PortNum: 16384}, socket.AF_QIPCRTR, "1", 16384, "qipcrtr", "qipcrtr:1:16384"},
		{socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAMESEQ, V1: 18888, V3: 17},
			socket.AF_TIPC, "1", 18888, "tipc", "tipc:nameseq:18888:0:17"},
		{socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAME, V1: 18888, V2: 17}, socket.AF_TIPC, "2", 18888, "tipc", "tipc:name:18888:17"},
		{socket.TIPCAddr{AddrType: socket.TIPC_ADDR_ID, V1: 1, V2: 4711}, socket.AF_TIPC, "3", 1, "tipc", "tipc:id:1:4711"},
		{socket.TIPCAddr{AddrType: 9, V1: 1, V2: 2, V3: 3}, socket.AF_TIPC, "9", 1, "tipc", "tipc:9:1:2:3"},
		{socket.ALGAddr{Type: "hash", Name: "sha256"}, socket.AF_ALG, "hash", 0, "alg", "alg:hash:sha256"},
		{socket.BluetoothL2Addr{BDAddr: "00:1A:7D:DA:71:13", PSM: 4097}, socket.AF_BLUETOOTH,
			"00:1A:7D:DA:71:13", 4097, "l2cap", "l2cap:[00:1A:7D:DA:71:13]:4097"},
		{socket.BluetoothRCAddr{"00:1A:7D:DA:71:13", 3}, socket.AF_BLUETOOTH,
			"00:1A:7D:DA:71:13", 3, "rfcomm", "rfcomm:[00:1A:7D:DA:71:13]:3"},
		{socket.BluetoothHCIAddr{DevID: 1, Channel: socket.HCI_CHANNEL_CONTROL}, socket.AF_BLUETOOTH, "1", 3, "hci", "hci:1:3"},
		{socket.BluetoothSCOAddr{"00:1A:7D:DA:71:13"}, socket.AF_BLUETOOTH,
			"00:1A:7D:DA:71:13", 0, "sco", "sco:[00:1A:7D:DA:71:13]"},
		{socket.UnknownAddr{AF: socket.AF_X25, Data: "\x01\xfe"}, socket.AF_X25, "9", 0, "AF_X25", "AF_X25:01fe"},
	} {
		type methods struct {
			Family        socket.AddressFamily
			Host          string
			Port          int
			Network, Text string
		}
		a := tt.addr
		want := methods{tt.family, tt.host, tt.port, tt.network, tt.text}
		got := methods{a.Family(), a.Host(), a.Port(), a.Network(), a.String()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%#v (-want +got):\n%s", a, diff)
		}
		if m := map[socket.Address]int{a: 7}; m[tt.addr] != 7 {
			t.Errorf("%#v can't be a map's key", a)
		}
	}
}

// VMADDR_PORT_ANY is -1 where int has 32 bits.
func TestVSOCKPortAny(t *testing.T) {
	got := socket.VSOCKAddr{PortNum: socket.VMADDR_PORT_ANY}.Port()
	if want := int64(math.MaxUint32); strconv.IntSize == 64 && int64(got) != want || strconv.IntSize == 32 && got != -1 {
		t.Errorf("Port() = %d of an int of %d bits", got, strconv.IntSize)
	}
}

// What the kernel must not be given is refused, with a word of what would be right.
func TestFamilyAddressErrors(t *testing.T) {
	long := strings.Repeat("x", 16)
	for _, tt := range []struct {
		family socket.AddressFamily
		proto  socket.Proto
		addr   socket.Address
		want   string
	}{
		{socket.AF_NETLINK, 0, nil, "bind: address is <nil>, want a NetlinkAddr"},
		{socket.AF_NETLINK, 0, socket.VSOCKAddr{CID: 2, PortNum: 9},
			"bind: address is vsock:2:9, want a NetlinkAddr: the socket is AF_NETLINK"},
		{socket.AF_NETLINK, 0, &socket.NetlinkAddr{PID: 1},
			"bind: address is netlink:1:0x0, want a NetlinkAddr: the socket is AF_NETLINK"},
		{socket.AF_NETLINK, 0, (*socket.NetlinkAddr)(nil),
			"bind: address is <nil>, want a NetlinkAddr: the socket is AF_NETLINK"},
		{socket.AF_INET, 0, socket.NetlinkAddr{},
			"bind: address is netlink:0:0x0, want Addr(host, port): the socket is AF_INET"},
		{socket.AF_RDS, 0, socket.VSOCKAddr{}, "bind: address is vsock:0:0, want Addr(host, port): the socket is AF_RDS"},
		{socket.AF_RDS, 0, socket.Addr6("::1", 1, 0, 0),
			"bind: address is [::1]:1, want Addr(host, port): the socket is AF_RDS"},
		{socket.AF_VSOCK, 0, socket.Addr("", 0), "bind: address is :0, want a VSOCKAddr: the socket is AF_VSOCK"},
		{socket.AF_QIPCRTR, 0, socket.VSOCKAddr{}, "bind: address is vsock:0:0, want a QIPCRTRAddr: the socket is AF_QIPCRTR"},
		{socket.AF_X25, 0, socket.UnknownAddr{AF: socket.AF_X25},
			"bind: address is AF_X25:, want none: its addresses are not known here: the socket is AF_X25"},

		{socket.AF_PACKET, 0, socket.CANAddr{"lo"}, "bind: address is can:lo, want a PacketAddr: the socket is AF_PACKET"},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "lo", Proto: 0x10000}, "bind: proto is 65536, want 0 to 65535"},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "lo", Proto: -1}, "bind: proto is -1, want 0 to 65535"},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "lo", PktType: 256}, "bind: pkttype is 256, want 0 to 255"},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "lo", HAType: -2}, "bind: hatype is -2, want 0 to 65535"},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "lo", Addr: "123456789"},
			`bind: hardware address is "31:32:33:34:35:36:37:38:39", want 8 bytes or less`},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "l\x00o"},
			`bind: interface name is "l\x00o", want a text without a NUL byte`},

		{socket.AF_CAN, socket.CAN_RAW, socket.CANISOTPAddr{}, "bind: address is isotp:*:0x0:0x0, want a CANAddr: the socket is AF_CAN"},
		{socket.AF_CAN, socket.CAN_BCM, socket.CANJ1939Addr{}, "bind: address is j1939:*:0x0:0x0:0x0, want a CANAddr: the socket is AF_CAN"},
		{socket.AF_CAN, socket.CAN_ISOTP, socket.CANAddr{}, "bind: address is can:*, want a CANISOTPAddr: the socket is AF_CAN"},
		{socket.AF_CAN, socket.CAN_J1939, socket.CANAddr{}, "bind: address is can:*, want a CANJ1939Addr: the socket is AF_CAN"},
		{socket.AF_CAN, 0, socket.CANAddr{}, "bind: address is can:*, want none: unsupported CAN protocol 0, " +
			"make the socket with Proto(CAN_RAW), CAN_BCM, CAN_ISOTP or CAN_J1939: the socket is AF_CAN"},
		{socket.AF_CAN, socket.CAN_RAW, socket.CANAddr{long},
			`bind: interface name is "xxxxxxxxxxxxxxxx", want at most 15 bytes: AF_CAN interface name too long`},
		{socket.AF_CAN, socket.CAN_ISOTP, socket.CANISOTPAddr{IfName: long},
			`bind: interface name is "xxxxxxxxxxxxxxxx", want at most 15 bytes: AF_CAN interface name too long`},
		{socket.AF_CAN, socket.CAN_J1939, socket.CANJ1939Addr{IfName: "a\x00"},
			`bind: interface name is "a\x00", want a text without a NUL byte`},

		{socket.AF_ALG, 0, socket.ALGAddr{Type: "fourteen bytes"},
			`bind: AF_ALG type is "fourteen bytes", want at most 13 bytes: AF_ALG type too long`},
		{socket.AF_ALG, 0, socket.ALGAddr{Name: strings.Repeat("n", 64)},
			`bind: AF_ALG name is "` + strings.Repeat("n", 64) + `", want at most 63 bytes: AF_ALG name too long`},
		{socket.AF_ALG, 0, socket.ALGAddr{Type: "a\x00b"}, `bind: AF_ALG type is "a\x00b", want a text without a NUL byte`},

		{socket.AF_TIPC, 0, socket.TIPCAddr{AddrType: 9}, "bind: addr_type is 9, want TIPC_ADDR_NAMESEQ, TIPC_ADDR_NAME or TIPC_ADDR_ID"},
		{socket.AF_TIPC, 0, socket.TIPCAddr{AddrType: 1, Scope: 128},
			"bind: scope is 128, want TIPC_ZONE_SCOPE, TIPC_CLUSTER_SCOPE or TIPC_NODE_SCOPE"},

		{socket.AF_BLUETOOTH, socket.BTPROTO_L2CAP, socket.BluetoothRCAddr{},
			"bind: address is rfcomm:[]:0, want a BluetoothL2Addr: the socket is AF_BLUETOOTH"},
		{socket.AF_BLUETOOTH, socket.BTPROTO_RFCOMM, socket.BluetoothSCOAddr{},
			"bind: address is sco:[], want a BluetoothRCAddr: the socket is AF_BLUETOOTH"},
		{socket.AF_BLUETOOTH, socket.BTPROTO_HCI, socket.BluetoothL2Addr{},
			"bind: address is l2cap:[]:0, want a BluetoothHCIAddr: the socket is AF_BLUETOOTH"},
		{socket.AF_BLUETOOTH, socket.BTPROTO_SCO, socket.BluetoothHCIAddr{},
			"bind: address is hci:0:0, want a BluetoothSCOAddr: the socket is AF_BLUETOOTH"},
		{socket.AF_BLUETOOTH, 99, socket.BluetoothHCIAddr{},
			"bind: address is hci:0:0, want none: unknown Bluetooth protocol 99: the socket is AF_BLUETOOTH"},
		{socket.AF_BLUETOOTH, socket.BTPROTO_L2CAP, socket.BluetoothL2Addr{BDAddr: "fie"},
			`bind: bluetooth address is "fie", want six hexadecimal bytes: 00:1A:7D:DA:71:13`},
		{socket.AF_BLUETOOTH, socket.BTPROTO_RFCOMM, socket.BluetoothRCAddr{BDAddr: "00:1A:7D:DA:71:100"},
			`bind: bluetooth address is "00:1A:7D:DA:71:100", want six hexadecimal bytes: 00:1A:7D:DA:71:13`},
		{socket.AF_BLUETOOTH, socket.BTPROTO_SCO, socket.BluetoothSCOAddr{},
			`bind: bluetooth address is "", want six hexadecimal bytes: 00:1A:7D:DA:71:13`},
	} {
		err := posing(t, tt.family, tt.proto).Bind(tt.addr)
		var arg *socket.ArgumentError
		if !errors.As(err, &arg) || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v, %#v: %v, want an ArgumentError", tt.family, tt.addr, err)
			continue
		}
		want := tt.want
		if tt.addr != nil {
			want = strings.Replace(want, ": address is ", fmt.Sprintf(": address is %T ", tt.addr), 1)
		}
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("%v, %#v (-want +got):\n%s", tt.family, tt.addr, diff)
		}
	}
}

// An interface that isn't there is the kernel's ENODEV.
func TestAddressOfUnknownInterface(t *testing.T) {
	long := strings.Repeat("x", 16)
	for _, tt := range []struct {
		family socket.AddressFamily
		proto  socket.Proto
		addr   socket.Address
		text   string
	}{
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: "nosuch0"}, "packet:nosuch0:0x0000"},
		{socket.AF_PACKET, 0, socket.PacketAddr{IfName: long}, "packet:" + long + ":0x0000"},
		{socket.AF_PACKET, 0, socket.PacketAddr{}, "packet::0x0000"},
		{socket.AF_CAN, socket.CAN_RAW, socket.CANAddr{"nosuch0"}, "can:nosuch0"},
		{socket.AF_CAN, socket.CAN_BCM, socket.CANAddr{"nosuch0"}, "can:nosuch0"},
		{socket.AF_CAN, socket.CAN_ISOTP, socket.CANISOTPAddr{IfName: "nosuch0"}, "isotp:nosuch0:0x0:0x0"},
		{socket.AF_CAN, socket.CAN_J1939, socket.CANJ1939Addr{IfName: "nosuch0"}, "j1939:nosuch0:0x0:0x0:0x0"},
	} {
		err := posing(t, tt.family, tt.proto).Connect(tt.addr)
		want := &socket.Error{Op: "connect", Errno: unix.ENODEV, Addr: tt.addr}
		var got *socket.Error
		if !errors.As(err, &got) || got.Errno != want.Errno || got.Addr != want.Addr {
			t.Errorf("%#v: %v, want %v", tt.addr, err, want)
			continue
		}
		if diff := cmp.Diff("connect "+tt.text+": [Errno 19] No such device", err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	s := posing(t, socket.AF_PACKET, 0)
	s.Close()
	if err := s.Bind(socket.PacketAddr{IfName: "lo"}); !errors.Is(err, unix.EBADF) {
		t.Errorf("Bind after Close: %v, want EBADF", err)
	}
}

// An address of no known type, or cut short, keeps its bytes.
func TestUnknownAddress(t *testing.T) {
	for _, tt := range []struct {
		family socket.AddressFamily
		proto  socket.Proto
		bytes  []byte
		want   socket.Address
	}{
		{socket.AF_INET, 0, native16(unix.AF_X25, "0123456789abcdef"), socket.UnknownAddr{AF: socket.AF_X25, Data: "0123456789abcdef"}},
		{socket.AF_INET, 0, native16(unix.AF_X25, ""), socket.UnknownAddr{AF: socket.AF_X25}},
		{socket.AF_INET, 0, native16(unix.AF_INET, "\x00\x50"), socket.UnknownAddr{AF: socket.AF_INET, Data: "\x00\x50"}},
		{socket.AF_INET, 0, []byte{1}, socket.UnknownAddr{}},
		{socket.AF_INET, 0, nil, nil},
		{socket.AF_NETLINK, 0, native16(unix.AF_NETLINK, "\x00\x00"), socket.UnknownAddr{AF: socket.AF_NETLINK, Data: "\x00\x00"}},
		{socket.AF_TIPC, 0, native16(unix.AF_TIPC, "\x09\x00............"), socket.UnknownAddr{AF: socket.AF_TIPC, Data: "\x09\x00............"}},
		{socket.AF_BLUETOOTH, 99, native16(unix.AF_BLUETOOTH, "abcdefgh"), socket.UnknownAddr{AF: socket.AF_BLUETOOTH, Data: "abcdefgh"}},
	} {
		got := socket.DecodeAddr(posing(t, tt.family, tt.proto), tt.bytes)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v, %x (-want +got):\n%s", tt.family, tt.bytes, diff)
		}
	}
}

// An interface that has gone since has no name, as in Python.
func TestInterfaceGone(t *testing.T) {
	s := posing(t, socket.AF_CAN, socket.CAN_RAW)
	b, err := socket.EncodeAddr(s, "bind", socket.CANAddr{"lo"})
	if err != nil {
		t.Fatal(err)
	}
	if got := socket.DecodeAddr(s, b); got != (socket.CANAddr{"lo"}) {
		t.Errorf("decoded %v, want can:lo", got)
	}
	copy(b[4:], "\x7f\x7f\x7f\x7f")
	if got := socket.DecodeAddr(s, b); got != (socket.CANAddr{}) {
		t.Errorf("decoded %v, want can:*", got)
	}
	s.Close()
	if got := socket.DecodeAddr(s, b); got != (socket.CANAddr{}) {
		t.Errorf("decoded %v after Close, want can:*", got)
	}
}

// AF_ALG answers accept(2) with ECONNABORTED if it is asked for an address. So
// a listener that is taken for one of AF_ALG gives none, though it has one.
func TestAcceptALGNameless(t *testing.T) {
	l, addr := listener(t)
	dup, err := l.Dup()
	must(t, err)
	fd, err := dup.Detach()
	must(t, err)
	alg, err := socket.New(socket.Fileno(fd), socket.AF_ALG, socket.SOCK_SEQPACKET)
	must(t, err)
	defer alg.Close()
	client := sock(t)
	must(t, client.Connect(addr))
	must(t, alg.SetTimeout(patience))
	conn, from, err := alg.Accept()
	must(t, err)
	defer conn.Close()
	if from != nil || conn.Family() != socket.AF_ALG {
		t.Errorf("accepted a socket of %v from %v, want AF_ALG and nil", conn.Family(), from)
	}
}

// FuzzDecodeAddr reads arbitrary bytes with sockets of every family.
func FuzzDecodeAddr(f *testing.F) {
	var sockets []*socket.Socket
	for _, c := range addressCases(f) {
		s := posing(f, c.family, c.proto)
		sockets = append(sockets, s)
		if b, err := socket.EncodeAddr(s, "bind", c.addr); err == nil {
			for n := range len(b) + 1 {
				f.Add(b[:n])
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range sockets {
			addr := socket.DecodeAddr(s, b)
			if (addr == nil) != (len(b) == 0) {
				t.Fatalf("%v: %d bytes are %#v", s.Family(), len(b), addr)
			}
			if addr == nil {
				continue
			}
			if len(b) >= 2 && addr.Family() != socket.AddressFamily(uint16(native.Uint16(b))) {
				t.Errorf("%v: %x is of family %v", s.Family(), b, addr.Family())
			}
			_ = fmt.Sprint(addr.String(), addr.Host(), addr.Port(), addr.Network(),
				&socket.Error{Op: "bind", Errno: unix.EINVAL, Addr: addr},
				&socket.ArgumentError{Op: "bind", Name: "address", Value: addr})
			if _, ok := addr.(socket.UnixAddr); ok || addr.Family() != s.Family() {
				continue // a path with a NUL in it is cut
			}
			again, err := socket.EncodeAddr(s, "bind", addr)
			if err != nil {
				continue // no interface of that name, too long a hardware address
			}
			if got := socket.DecodeAddr(s, again); got != addr && !defaults(addr) {
				t.Errorf("%v: %s became %v, sent as %s and read as %v", s.Family(), hex.EncodeToString(b), addr, hex.EncodeToString(again), got)
			}
		}
	})
}

// defaults reports whether an address has an item whose zero means another value.
func defaults(a socket.Address) bool {
	tipc, ok := a.(socket.TIPCAddr)
	return ok && tipc.Scope == 0
}
