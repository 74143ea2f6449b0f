package sockaddr_test

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"example.com/socket/internal/sockaddr"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// The kernel returns a sockaddr_can only as long as the protocol needs:
// RAW_MIN_NAMELEN, ISOTP_MIN_NAMELEN, J1939_MIN_NAMELEN (net/can/*.c).
func TestShortCAN(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*sockaddr.Raw)
		get  func(*sockaddr.Raw) any
		size uint32
		want any
	}{
		{"raw", func(r *sockaddr.Raw) { r.SetCAN(7) }, getCAN, 8, items{7, true}},
		{"isotp", func(r *sockaddr.Raw) { r.SetCANISOTP(7, 8, 9) }, getISOTP, 16, items{7, uint32(8), uint32(9), true}},
		{"j1939", func(r *sockaddr.Raw) { r.SetCANJ1939(7, 8, 9, 10) }, getJ1939, 21,
			items{7, uint64(8), uint32(9), uint8(10), true}},
	} {
		var r sockaddr.Raw
		tt.set(&r)
		if diff := cmp.Diff(tt.want, tt.get(rawOf(r.B[:tt.size]))); diff != "" {
			t.Errorf("%s, %d bytes (-want +got):\n%s", tt.name, tt.size, diff)
		}
		got := tt.get(rawOf(r.B[:tt.size-1])).(items)
		if got[len(got)-1] != false {
			t.Errorf("%s, %d bytes: %v, want it refused", tt.name, tt.size-1, got)
		}
	}
}

// An InfiniBand address has 20 bytes, of which sockaddr_ll has room for 8.
func TestLongHardwareAddress(t *testing.T) {
	long := "\x80\x00\x04\x04\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x02\xc9\x03\x00\x01\x02\x03"
	head := binary.NativeEndian.AppendUint16(nil, unix.AF_PACKET)
	head = binary.BigEndian.AppendUint16(head, 0x0806)
	head = binary.NativeEndian.AppendUint32(head, 3)
	head = binary.NativeEndian.AppendUint16(head, unix.ARPHRD_INFINIBAND)
	head = append(head, unix.PACKET_BROADCAST, 20)
	want := sockaddr.Packet{Ifindex: 3, Proto: 0x0806, PktType: unix.PACKET_BROADCAST, HAType: unix.ARPHRD_INFINIBAND}

	for _, there := range []int{20, 8, 1, 0} {
		want.Addr = long[:there]
		got, ok := rawOf(append(slices.Clip(head), long[:there]...)).Packet()
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%d bytes of the address: ok %v (-want +got):\n%s", there, ok, diff)
		}
	}
	var r sockaddr.Raw
	if r.SetPacket(want); r.Len == 0 {
		t.Error("an empty hardware address was refused")
	}
	want.Addr = long[:9]
	if r.SetPacket(want) {
		t.Error("a hardware address of 9 bytes was taken")
	}
}

// A length beyond the buffer is the kernel's word for an address that was cut.
func TestCutAddress(t *testing.T) {
	var r sockaddr.Raw
	r.SetPacket(sockaddr.Packet{Addr: "12345678"})
	r.B[11] = 255
	r.Len = 12 + 255
	p, ok := r.Packet()
	if !ok || len(p.Addr) != sockaddr.Size-12 {
		t.Errorf("hardware address of %d bytes, ok %v, want the %d that are there", len(p.Addr), ok, sockaddr.Size-12)
	}
	if got := len(r.Data()); got != sockaddr.Size-2 {
		t.Errorf("Data has %d bytes, want %d", got, sockaddr.Size-2)
	}
}

func TestALGLimits(t *testing.T) {
	for _, tt := range []struct {
		typ, name int
		want      bool
	}{
		{13, 63, true},
		{14, 63, false},
		{13, 64, false},
		{0, 0, true},
	} {
		a := sockaddr.ALG{Type: strings.Repeat("t", tt.typ), Name: strings.Repeat("n", tt.name)}
		var r sockaddr.Raw
		if got := r.SetALG(a); got != tt.want {
			t.Errorf("SetALG with %d and %d bytes: %v, want %v", tt.typ, tt.name, got, tt.want)
		}
		if !tt.want {
			continue
		}
		got, ok := rawOf(r.Bytes()).ALG()
		if diff := cmp.Diff(a, got); diff != "" || !ok {
			t.Errorf("read back, ok %v (-want +got):\n%s", ok, diff)
		}
	}
}

func TestTIPCUnknownType(t *testing.T) {
	for _, addrType := range []uint32{0, 4, 255, 256 + unix.TIPC_ADDR_NAME} {
		var r sockaddr.Raw
		if r.SetTIPC(sockaddr.TIPC{AddrType: addrType}) {
			t.Errorf("SetTIPC took address type %d", addrType)
		}
		if got, ok := r.TIPC(); ok && addrType < 256 {
			t.Errorf("address type %d was read as %v", addrType, got)
		}
	}
}

func TestParseBDAddr(t *testing.T) {
	for _, tt := range []struct {
		text string
		want sockaddr.BDAddr
		ok   bool
	}{
		{"00:1A:7D:DA:71:13", dongle, true},
		{"00:1a:7d:da:71:13", dongle, true},
		{"0:1A:7D:DA:71:13", dongle, true}, // Python's scanf takes one digit too
		{"00:00:00:FF:FF:FF", sockaddr.BDAddr{3: 0xFF, 4: 0xFF, 5: 0xFF}, true},
		{text: ""},
		{text: "00:1A:7D:DA:71"},
		{text: "00:1A:7D:DA:71:13:00"},
		{text: "00:1A:7D:DA:71:"},
		{text: "00:1A:7D:DA:71:100"},
		{text: "00:1A:7D:DA:71:-1"},
		{text: "00-1A-7D-DA-71-13"},
		{text: "00:1A:7D:DA:71:1G"},
		{text: "00:1A:7D:DA:71:13 "},
	} {
		got, ok := sockaddr.ParseBDAddr(tt.text)
		if got != tt.want || ok != tt.ok {
			t.Errorf("ParseBDAddr(%q) = %v, %v, want %v, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
	if got := dongle.String(); got != "00:1A:7D:DA:71:13" {
		t.Errorf("String() = %q", got)
	}
}

// decoders are all ways to read an address, with the shortest that each takes.
var decoders = map[string]struct {
	get func(*sockaddr.Raw) any
	min uint32
}{
	"netlink": {getNetlink, 12},
	"packet":  {getPacket, 12},
	"can":     {getCAN, 8},
	"isotp":   {getISOTP, 16},
	"j1939":   {getJ1939, 21},
	"vsock":   {getVSOCK, 12},
	"alg":     {getALG, 24},
	"qipcrtr": {getQIPCRTR, 12},
	"tipc":    {getTIPC, 16},
	"l2cap":   {getL2, 13},
	"rfcomm":  {getRC, 9},
	"hci":     {getHCI, 6},
	"sco":     {getSCO, 8},
	"inet":    {func(r *sockaddr.Raw) any { a, b, ok := r.Inet4(); return items{a, b, ok} }, 8},
	"inet6":   {func(r *sockaddr.Raw) any { a, b, c, d, ok := r.Inet6(); return items{a, b, c, d, ok} }, 28},
	"unix":    {func(r *sockaddr.Raw) any { return items{r.Unix(), true} }, 0},
	"data":    {func(r *sockaddr.Raw) any { return items{r.Data(), true} }, 0},
}

// FuzzDecode reads arbitrary bytes, of a length that may lie, as every family.
// What lies beyond the length must not be seen: the answer is the same whatever
// is there.
func FuzzDecode(f *testing.F) {
	for _, g := range goldens {
		b, err := hex.DecodeString(g.bytes)
		if err != nil {
			f.Fatal(err)
		}
		for n := range b {
			f.Add(b[:n], uint32(n))
		}
		f.Add(b, uint32(len(b)))
		f.Add(b, uint32(1<<31))
	}
	f.Fuzz(func(t *testing.T, b []byte, size uint32) {
		ones := rawOf(b[:min(len(b), sockaddr.Size)])
		ones.Len = size
		zeros := &sockaddr.Raw{Len: size}
		copy(zeros.B[:min(size, sockaddr.Size)], ones.B[:])
		if ones.Family() != zeros.Family() {
			t.Errorf("family %d or %d", ones.Family(), zeros.Family())
		}
		for name, d := range decoders {
			got, same := d.get(ones).(items), d.get(zeros).(items)
			if diff := cmp.Diff(got, same); diff != "" {
				t.Errorf("%s reads beyond %d bytes:\n%s", name, size, diff)
			}
			if ok := got[len(got)-1] == true; ok && size < d.min {
				t.Errorf("%s takes %d bytes, want %d at least", name, size, d.min)
			}
		}
	})
}

// FuzzRoundTrip writes numbers and texts into every family and reads them back.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(0), uint64(0), "", "")
	f.Add(uint64(0x0102030405060708), uint64(0x1112131415161718), "hash", "sha256")
	f.Add(^uint64(0), ^uint64(0), "12345678", "\x00\xff")
	f.Fuzz(func(t *testing.T, a, b uint64, s, u string) {
		index := int(int32(a >> 32))
		bd := sockaddr.BDAddr(binary.BigEndian.AppendUint64(nil, a)[:6])
		packet := sockaddr.Packet{Ifindex: index, Proto: uint16(a), PktType: uint8(b), HAType: uint16(b >> 8), Addr: s}
		l2 := sockaddr.L2{BDAddr: bd, PSM: uint16(a), CID: uint16(b), Type: uint8(b >> 16)}
		seq := sockaddr.TIPC{AddrType: unix.TIPC_ADDR_NAMESEQ, V1: uint32(a), V2: uint32(b), V3: uint32(b >> 32), Scope: int8(a)}
		alg := sockaddr.ALG{Type: s, Name: u, Feat: uint32(a), Mask: uint32(b)}

		var r sockaddr.Raw
		check := func(name string, want, got any) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		r.SetInet4([4]byte(bd[:4]), uint16(b))
		check("inet", items{[4]byte(bd[:4]), uint16(b), true}, decoders["inet"].get(&r))
		ip := [16]byte(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, a), b))
		r.SetInet6(ip, uint16(a), uint32(a), uint32(b))
		check("inet6", items{ip, uint16(a), uint32(a), uint32(b), true}, decoders["inet6"].get(&r))
		if r.SetUnix(s) {
			want := s
			if s != "" && s[0] != 0 {
				want, _, _ = strings.Cut(s, "\x00")
			}
			check("unix", want, r.Unix())
		} else if len(s) < sockaddr.UnixPathMax {
			t.Errorf("SetUnix refused a name of %d bytes", len(s))
		}
		r.SetNetlink(uint32(a), uint32(b))
		check("netlink", items{uint32(a), uint32(b), true}, getNetlink(&r))
		r.SetVSOCK(uint32(a), uint32(b))
		check("vsock", items{uint32(a), uint32(b), true}, getVSOCK(&r))
		r.SetQIPCRTR(uint32(a), uint32(b))
		check("qipcrtr", items{uint32(a), uint32(b), true}, getQIPCRTR(&r))
		r.SetCAN(index)
		check("can", items{index, true}, getCAN(&r))
		r.SetCANISOTP(index, uint32(a), uint32(b))
		check("isotp", items{index, uint32(a), uint32(b), true}, getISOTP(&r))
		r.SetCANJ1939(index, a, uint32(b), uint8(b>>32))
		check("j1939", items{index, a, uint32(b), uint8(b >> 32), true}, getJ1939(&r))
		r.SetTIPC(seq)
		check("tipc", items{seq, true}, getTIPC(&r))
		r.SetL2(l2)
		check("l2cap", items{l2, true}, getL2(&r))
		r.SetRC(bd, uint8(b))
		check("rfcomm", items{bd, uint8(b), true}, getRC(&r))
		r.SetHCI(uint16(a), uint16(b))
		check("hci", items{uint16(a), uint16(b), true}, getHCI(&r))
		r.SetSCO(bd)
		check("sco", items{bd, true}, getSCO(&r))
		if parsed, ok := sockaddr.ParseBDAddr(bd.String()); !ok || parsed != bd {
			t.Errorf("ParseBDAddr(%q) = %v, %v", bd, parsed, ok)
		}
		if r.SetPacket(packet) {
			check("packet", items{packet, true}, getPacket(&r))
		} else if len(s) <= sockaddr.PacketAddrMax {
			t.Errorf("SetPacket refused an address of %d bytes", len(s))
		}
		if r.SetALG(alg) {
			alg.Type, _, _ = strings.Cut(s, "\x00")
			alg.Name, _, _ = strings.Cut(u, "\x00")
			check("alg", items{alg, true}, getALG(&r))
		}
	})
}
