package sockaddr_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/socket/internal/machine"
	"example.com/socket/internal/sockaddr"
	"github.com/google/go-cmp/cmp"
)

// A golden is one address, three times: as C fills in the struct that the
// header declares, as the package writes it, and as the bytes that came of the
// C on a little-endian machine (gcc 12, the headers of Linux 6.1 and BlueZ 5.66).
// The kernel's are the same with -m32.
type golden struct {
	name   string
	header string
	cType  string
	c      string // fills in a, which is all zeros
	set    func(*sockaddr.Raw)
	get    func(*sockaddr.Raw) any
	want   any
	bytes  string
}

type items []any

var goldens = []golden{
	{
		name:   "netlink",
		header: "linux/netlink.h",
		cType:  "struct sockaddr_nl",
		c:      `a.nl_family = AF_NETLINK; a.nl_pid = 0x01020304; a.nl_groups = 0x05060708;`,
		set:    func(r *sockaddr.Raw) { r.SetNetlink(0x01020304, 0x05060708) },
		get:    getNetlink,
		want:   items{uint32(0x01020304), uint32(0x05060708), true},
		bytes:  "100000000403020108070605",
	},
	{
		name:   "packet",
		header: "linux/if_packet.h",
		cType:  "struct sockaddr_ll",
		c: `a.sll_family = AF_PACKET; a.sll_protocol = htons(0x0806); a.sll_ifindex = 0x01020304;
			a.sll_hatype = 0xfffe; a.sll_pkttype = 4; a.sll_halen = 6; memcpy(a.sll_addr, "\1\2\3\4\5\6", 6);`,
		set: func(r *sockaddr.Raw) {
			r.SetPacket(sockaddr.Packet{Ifindex: 0x01020304, Proto: 0x0806, PktType: 4, HAType: 0xFFFE, Addr: "\x01\x02\x03\x04\x05\x06"})
		},
		get:   getPacket,
		want:  items{sockaddr.Packet{Ifindex: 0x01020304, Proto: 0x0806, PktType: 4, HAType: 0xFFFE, Addr: "\x01\x02\x03\x04\x05\x06"}, true},
		bytes: "1100080604030201feff04060102030405060000",
	},
	{
		name:   "CAN raw",
		header: "linux/can.h",
		cType:  "struct sockaddr_can",
		c:      `a.can_family = AF_CAN; a.can_ifindex = 0x01020304;`,
		set:    func(r *sockaddr.Raw) { r.SetCAN(0x01020304) },
		get:    getCAN,
		want:   items{0x01020304, true},
		bytes:  "1d0000000403020100000000000000000000000000000000",
	},
	{
		name:   "CAN ISO-TP",
		header: "linux/can.h",
		cType:  "struct sockaddr_can",
		c: `a.can_family = AF_CAN; a.can_ifindex = 0x01020304;
			a.can_addr.tp.rx_id = 0x1abbccdd | CAN_EFF_FLAG; a.can_addr.tp.tx_id = 0x7e8;`,
		set:   func(r *sockaddr.Raw) { r.SetCANISOTP(0x01020304, 0x9ABBCCDD, 0x7E8) },
		get:   getISOTP,
		want:  items{0x01020304, uint32(0x9ABBCCDD), uint32(0x7E8), true},
		bytes: "1d00000004030201ddccbb9ae80700000000000000000000",
	},
	{
		name:   "CAN J1939",
		header: "linux/can.h",
		cType:  "struct sockaddr_can",
		c: `a.can_family = AF_CAN; a.can_ifindex = 0x01020304; a.can_addr.j1939.name = 0x1122334455667788ULL;
			a.can_addr.j1939.pgn = 0x3feca; a.can_addr.j1939.addr = 0x20;`,
		set:   func(r *sockaddr.Raw) { r.SetCANJ1939(0x01020304, 0x1122334455667788, 0x3FECA, 0x20) },
		get:   getJ1939,
		want:  items{0x01020304, uint64(0x1122334455667788), uint32(0x3FECA), uint8(0x20), true},
		bytes: "1d000000040302018877665544332211cafe030020000000",
	},
	{
		name:   "vsock",
		header: "linux/vm_sockets.h",
		cType:  "struct sockaddr_vm",
		c:      `a.svm_family = AF_VSOCK; a.svm_cid = 0x01020304; a.svm_port = VMADDR_PORT_ANY - 1;`,
		set:    func(r *sockaddr.Raw) { r.SetVSOCK(0x01020304, 0xFFFFFFFE) },
		get:    getVSOCK,
		want:   items{uint32(0x01020304), uint32(0xFFFFFFFE), true},
		bytes:  "28000000feffffff0403020100000000",
	},
	{
		name:   "alg",
		header: "linux/if_alg.h",
		cType:  "struct sockaddr_alg",
		c: `a.salg_family = AF_ALG; strcpy((char *)a.salg_type, "skcipher"); a.salg_feat = 0x01020304;
			a.salg_mask = 0x05060708; strcpy((char *)a.salg_name, "cbc(aes)");`,
		set: func(r *sockaddr.Raw) {
			r.SetALG(sockaddr.ALG{Type: "skcipher", Name: "cbc(aes)", Feat: 0x01020304, Mask: 0x05060708})
		},
		get:  getALG,
		want: items{sockaddr.ALG{Type: "skcipher", Name: "cbc(aes)", Feat: 0x01020304, Mask: 0x05060708}, true},
		bytes: "2600736b6369706865720000000000000403020108070605" + "6362632861657329" +
			strings.Repeat("00", 56),
	},
	{
		name:   "TIPC name sequence",
		header: "linux/tipc.h",
		cType:  "struct sockaddr_tipc",
		c: `a.family = AF_TIPC; a.addrtype = TIPC_ADDR_NAMESEQ; a.scope = TIPC_NODE_SCOPE;
			a.addr.nameseq.type = 0x01020304; a.addr.nameseq.lower = 5; a.addr.nameseq.upper = 6;`,
		set: func(r *sockaddr.Raw) {
			r.SetTIPC(sockaddr.TIPC{AddrType: 1, V1: 0x01020304, V2: 5, V3: 6, Scope: 3})
		},
		get:   getTIPC,
		want:  items{sockaddr.TIPC{AddrType: 1, V1: 0x01020304, V2: 5, V3: 6, Scope: 3}, true},
		bytes: "1e000103040302010500000006000000",
	},
	{
		name:   "TIPC name",
		header: "linux/tipc.h",
		cType:  "struct sockaddr_tipc",
		c: `a.family = AF_TIPC; a.addrtype = TIPC_ADDR_NAME; a.scope = TIPC_CLUSTER_SCOPE;
			a.addr.name.name.type = 0x01020304; a.addr.name.name.instance = 5;`,
		set: func(r *sockaddr.Raw) {
			r.SetTIPC(sockaddr.TIPC{AddrType: 2, V1: 0x01020304, V2: 5, V3: 99, Scope: 2})
		},
		get:   getTIPC,
		want:  items{sockaddr.TIPC{AddrType: 2, V1: 0x01020304, V2: 5, V3: 5, Scope: 2}, true},
		bytes: "1e000202040302010500000000000000",
	},
	{
		name:   "TIPC identity",
		header: "linux/tipc.h",
		cType:  "struct sockaddr_tipc",
		c: `a.family = AF_TIPC; a.addrtype = TIPC_ADDR_ID; a.scope = -1;
			a.addr.id.node = 0x01020304; a.addr.id.ref = 0x05060708;`,
		set: func(r *sockaddr.Raw) {
			r.SetTIPC(sockaddr.TIPC{AddrType: 3, V1: 0x01020304, V2: 0x05060708, V3: 99, Scope: -1})
		},
		get:   getTIPC,
		want:  items{sockaddr.TIPC{AddrType: 3, V1: 0x01020304, V2: 0x05060708, Scope: -1}, true},
		bytes: "1e0003ff080706050403020100000000",
	},
	{
		name:   "qipcrtr",
		header: "linux/qrtr.h",
		cType:  "struct sockaddr_qrtr",
		c:      `a.sq_family = AF_QIPCRTR; a.sq_node = 0x01020304; a.sq_port = QRTR_PORT_CTRL;`,
		set:    func(r *sockaddr.Raw) { r.SetQIPCRTR(0x01020304, 0xFFFFFFFE) },
		get:    getQIPCRTR,
		want:   items{uint32(0x01020304), uint32(0xFFFFFFFE), true},
		bytes:  "2a00000004030201feffffff",
	},
	{
		name:   "L2CAP",
		header: "bluetooth/l2cap.h",
		cType:  "struct sockaddr_l2",
		c: `a.l2_family = AF_BLUETOOTH; a.l2_psm = htobs(0x1001); a.l2_cid = htobs(0x0203); a.l2_bdaddr_type = 2;
			a.l2_bdaddr = (bdaddr_t){{0x13, 0x71, 0xDA, 0x7D, 0x1A, 0x00}};`,
		set: func(r *sockaddr.Raw) {
			r.SetL2(sockaddr.L2{BDAddr: dongle, PSM: 0x1001, CID: 0x0203, Type: 2})
		},
		get:   getL2,
		want:  items{sockaddr.L2{BDAddr: dongle, PSM: 0x1001, CID: 0x0203, Type: 2}, true},
		bytes: "1f0001101371da7d1a0003020200",
	},
	{
		name:   "RFCOMM",
		header: "bluetooth/rfcomm.h",
		cType:  "struct sockaddr_rc",
		c: `a.rc_family = AF_BLUETOOTH; a.rc_channel = 30;
			a.rc_bdaddr = (bdaddr_t){{0x13, 0x71, 0xDA, 0x7D, 0x1A, 0x00}};`,
		set:   func(r *sockaddr.Raw) { r.SetRC(dongle, 30) },
		get:   getRC,
		want:  items{dongle, uint8(30), true},
		bytes: "1f001371da7d1a001e00",
	},
	{
		name:   "HCI",
		header: "bluetooth/hci.h",
		cType:  "struct sockaddr_hci",
		c:      `a.hci_family = AF_BLUETOOTH; a.hci_dev = 0x0102; a.hci_channel = HCI_CHANNEL_USER;`,
		set:    func(r *sockaddr.Raw) { r.SetHCI(0x0102, 1) },
		get:    getHCI,
		want:   items{uint16(0x0102), uint16(1), true},
		bytes:  "1f0002010100",
	},
	{
		name:   "SCO",
		header: "bluetooth/sco.h",
		cType:  "struct sockaddr_sco",
		c: `a.sco_family = AF_BLUETOOTH;
			a.sco_bdaddr = (bdaddr_t){{0x13, 0x71, 0xDA, 0x7D, 0x1A, 0x00}};`,
		set:   func(r *sockaddr.Raw) { r.SetSCO(dongle) },
		get:   getSCO,
		want:  items{dongle, true},
		bytes: "1f001371da7d1a00",
	},
}

var dongle = sockaddr.BDAddr{0x00, 0x1A, 0x7D, 0xDA, 0x71, 0x13}

func getNetlink(r *sockaddr.Raw) any { a, b, ok := r.Netlink(); return items{a, b, ok} }
func getPacket(r *sockaddr.Raw) any  { a, ok := r.Packet(); return items{a, ok} }
func getCAN(r *sockaddr.Raw) any     { a, ok := r.CAN(); return items{a, ok} }
func getISOTP(r *sockaddr.Raw) any   { a, b, c, ok := r.CANISOTP(); return items{a, b, c, ok} }
func getJ1939(r *sockaddr.Raw) any   { a, b, c, d, ok := r.CANJ1939(); return items{a, b, c, d, ok} }
func getVSOCK(r *sockaddr.Raw) any   { a, b, ok := r.VSOCK(); return items{a, b, ok} }
func getALG(r *sockaddr.Raw) any     { a, ok := r.ALG(); return items{a, ok} }
func getTIPC(r *sockaddr.Raw) any    { a, ok := r.TIPC(); return items{a, ok} }
func getQIPCRTR(r *sockaddr.Raw) any { a, b, ok := r.QIPCRTR(); return items{a, b, ok} }
func getL2(r *sockaddr.Raw) any      { a, ok := r.L2(); return items{a, ok} }
func getRC(r *sockaddr.Raw) any      { a, b, ok := r.RC(); return items{a, b, ok} }
func getHCI(r *sockaddr.Raw) any     { a, b, ok := r.HCI(); return items{a, b, ok} }
func getSCO(r *sockaddr.Raw) any     { a, ok := r.SCO(); return items{a, ok} }

// rawOf makes an address of bytes. The rest of the buffer is filled with ones,
// so that what is read beyond the length shows.
func rawOf(b []byte) *sockaddr.Raw {
	r := &sockaddr.Raw{Len: uint32(len(b))}
	n := copy(r.B[:], b)
	for i := n; i < len(r.B); i++ {
		r.B[i] = 0xFF
	}
	return r
}

func littleEndian(t *testing.T) {
	t.Helper()
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the stored bytes are a little-endian machine's: TestHeaders compiles them for this one")
	}
}

func TestGoldenEncode(t *testing.T) {
	littleEndian(t)
	for _, g := range goldens {
		var r sockaddr.Raw
		g.set(&r)
		if diff := cmp.Diff(g.bytes, hex.EncodeToString(r.Bytes())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", g.name, diff)
		}
	}
}

func TestGoldenDecode(t *testing.T) {
	littleEndian(t)
	for _, g := range goldens {
		b, err := hex.DecodeString(g.bytes)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g.want, g.get(rawOf(b))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", g.name, diff)
		}
	}
}

// TestHeaders compiles the structs of the kernel's and BlueZ's headers and
// compares both directions with their bytes, on any byte order.
func TestHeaders(t *testing.T) {
	gcc := machine.Compiler(t)
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			b := compiled(t, gcc, g)
			var r sockaddr.Raw
			g.set(&r)
			if diff := cmp.Diff(hex.EncodeToString(b), hex.EncodeToString(r.Bytes())); diff != "" {
				t.Errorf("encoded (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(g.want, g.get(rawOf(b))); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

// compiled returns the bytes of g's struct.
func compiled(t *testing.T, gcc []string, g golden) []byte {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "a.c"), filepath.Join(dir, "a")
	if err := os.WriteFile(source, []byte(cSource(g)), 0o600); err != nil {
		t.Fatal(err)
	}
	// BlueZ's headers serve every processor: a cross compiler finds the machine's.
	args := append(gcc[1:len(gcc):len(gcc)], "-idirafter", "/usr/include", "-o", program, source)
	cmd := exec.Command(gcc[0], args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C") // the next line looks for English
	if out, err := cmd.CombinedOutput(); bytes.Contains(out, []byte(g.header+": No such file")) {
		t.Skipf("%s not found: apt-get install libc6-dev libbluetooth-dev", g.header)
	} else if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	line := machine.Command(program)
	out, err := exec.Command(line[0], line[1:]...).Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(string(out))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func cSource(g golden) string {
	base := ""
	if strings.HasPrefix(g.header, "bluetooth/") {
		base = "#include <bluetooth/bluetooth.h>\n"
	}
	return fmt.Sprintf(`#include <sys/socket.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
%s#include <%s>
int main(void) {
	%s a;
	memset(&a, 0, sizeof a); /* the padding too */
	%s
	for (size_t i = 0; i < sizeof a; i++)
		printf("%%02x", ((unsigned char *)&a)[i]);
	return 0;
}
`, base, g.header, g.cType, g.c)
}
