package socket_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

var native = binary.NativeEndian

// native16 is a family and what follows it.
func native16(family uint16, data string) []byte {
	return append(native.AppendUint16(nil, family), data...)
}

// An addressCase is one address, in Python and in Go.
type addressCase struct {
	family socket.AddressFamily
	proto  socket.Proto
	python string
	addr   socket.Address
}

func addressCases(t testing.TB) []addressCase {
	t.Helper()
	const (
		mac   = "\x02\x00\x5e\x10\x00\x01"
		bd    = "00:1A:7D:DA:71:13"
		name  = 0x1122334455667788
		name8 = "12345678"
	)
	long := strings.Repeat("x", 16)
	alg := strings.Repeat("n", 63)
	var (
		l2  socket.Proto = socket.BTPROTO_L2CAP
		rc  socket.Proto = socket.BTPROTO_RFCOMM
		hci socket.Proto = socket.BTPROTO_HCI
		sco socket.Proto = socket.BTPROTO_SCO
	)
	return []addressCase{
		{socket.AF_INET, 0, `("127.0.0.1", 80)`, socket.Addr("127.0.0.1", 80)},
		{socket.AF_INET, 0, `("", 0)`, socket.Addr("", 0)},
		{socket.AF_INET, 0, `("<broadcast>", 65535)`, socket.Addr("<broadcast>", 65535)},
		{socket.AF_INET, 0, `("127.1", 80)`, socket.Addr("127.1", 80)},
		{socket.AF_INET, 0, `("127.0.0.1", 65536)`, socket.Addr("127.0.0.1", 65536)},
		{socket.AF_RDS, 0, `("127.0.0.1", 80)`, socket.Addr("127.0.0.1", 80)},
		{socket.AF_RDS, 0, `("127.0.0.1", -1)`, socket.Addr("127.0.0.1", -1)},
		{socket.AF_INET6, 0, `("::1", 80)`, socket.Addr("::1", 80)},
		{socket.AF_INET6, 0, `("::1", 80, 0xfffff, 7)`, socket.Addr6("::1", 80, 0xFFFFF, 7)},
		{socket.AF_INET6, 0, `("::1", 80, 0x100000, 0)`, socket.Addr6("::1", 80, 0x100000, 0)},
		{socket.AF_INET6, 0, `("::ffff:1.2.3.4", 80)`, socket.Addr("::ffff:1.2.3.4", 80)},
		// Python drops the zone: it has to be given the scope.
		{socket.AF_INET6, 0, `("fe80::1", 80, 0, socket.if_nametoindex("lo"))`, socket.Addr6("fe80::1%lo", 80, 0, 0)},
		{socket.AF_INET6, 0, `("fe80::1", 80, 0, socket.if_nametoindex("lo"))`, socket.Addr("fe80::1%lo", 80)},
		{socket.AF_INET6, 0, `("fe80::1", 80, 5, 7)`, socket.Addr6("fe80::1%lo", 80, 5, 7)},
		{socket.AF_INET6, 0, `("ff02::1", 80, 0, 7)`, socket.Addr("ff02::1%7", 80)},

		{socket.AF_NETLINK, 0, `(0, 0)`, socket.NetlinkAddr{}},
		{socket.AF_NETLINK, 0, `(0xfffffffe, 0x80000001)`, socket.NetlinkAddr{PID: 0xFFFFFFFE, Groups: 0x80000001}},

		{socket.AF_PACKET, 0, `("lo", 0)`, socket.PacketAddr{IfName: "lo"}},
		{socket.AF_PACKET, 0, `("lo", 0x0806, 4, 772, b"\x02\x00\x5e\x10\x00\x01")`,
			socket.PacketAddr{IfName: "lo", Proto: 0x0806, PktType: socket.PACKET_OUTGOING, HAType: 772, Addr: mac}},
		{socket.AF_PACKET, 0, `("lo", 65535, 255, 32767, b"12345678")`,
			socket.PacketAddr{IfName: "lo", Proto: 65535, PktType: 255, HAType: 32767, Addr: name8}},
		{socket.AF_PACKET, 0, `("lo", 65536)`, socket.PacketAddr{IfName: "lo", Proto: 65536}},
		{socket.AF_PACKET, 0, `("lo", -1)`, socket.PacketAddr{IfName: "lo", Proto: -1}},
		{socket.AF_PACKET, 0, `("lo", 3, 0, 0, b"123456789")`, socket.PacketAddr{IfName: "lo", Proto: 3, Addr: "123456789"}},
		{socket.AF_PACKET, 0, `("nosuch0", 3)`, socket.PacketAddr{IfName: "nosuch0", Proto: 3}},
		{socket.AF_PACKET, 0, `("", 3)`, socket.PacketAddr{Proto: 3}},
		{socket.AF_PACKET, 0, `("` + long + `", 3)`, socket.PacketAddr{IfName: long, Proto: 3}},
		{socket.AF_PACKET, 0, `("l\0o", 3)`, socket.PacketAddr{IfName: "l\x00o", Proto: 3}},

		{socket.AF_CAN, socket.CAN_RAW, `("lo",)`, socket.CANAddr{"lo"}},
		{socket.AF_CAN, socket.CAN_RAW, `("",)`, socket.CANAddr{}},
		{socket.AF_CAN, socket.CAN_BCM, `("lo",)`, socket.CANAddr{"lo"}},
		{socket.AF_CAN, socket.CAN_RAW, `("nosuch0",)`, socket.CANAddr{"nosuch0"}},
		{socket.AF_CAN, socket.CAN_RAW, `("` + long + `",)`, socket.CANAddr{long}},
		{socket.AF_CAN, socket.CAN_RAW, `("l\0o",)`, socket.CANAddr{"l\x00o"}},
		{socket.AF_CAN, 0, `("lo",)`, socket.CANAddr{"lo"}},
		{socket.AF_CAN, socket.CAN_ISOTP, `("lo", 0x9abbccdd, 0x7e8)`, socket.CANISOTPAddr{"lo", 0x9ABBCCDD, 0x7E8}},
		{socket.AF_CAN, socket.CAN_ISOTP, `("", 1, 2)`, socket.CANISOTPAddr{"", 1, 2}},
		{socket.AF_CAN, socket.CAN_ISOTP, `("nosuch0", 1, 2)`, socket.CANISOTPAddr{"nosuch0", 1, 2}},
		{socket.AF_CAN, socket.CAN_ISOTP, `("` + long + `", 1, 2)`, socket.CANISOTPAddr{long, 1, 2}},
		{socket.AF_CAN, socket.CAN_J1939, `("lo", 0x1122334455667788, 0x3feca, 0x20)`, socket.CANJ1939Addr{"lo", name, 0x3FECA, 0x20}},
		{socket.AF_CAN, socket.CAN_J1939, `("", socket.J1939_NO_NAME, socket.J1939_NO_PGN, socket.J1939_NO_ADDR)`,
			socket.CANJ1939Addr{"", socket.J1939_NO_NAME, socket.J1939_NO_PGN, socket.J1939_NO_ADDR}},

		{socket.AF_VSOCK, 0, `(2, 1234)`, socket.VSOCKAddr{CID: 2, PortNum: 1234}},
		{socket.AF_VSOCK, 0, `(socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY)`,
			socket.VSOCKAddr{CID: socket.VMADDR_CID_ANY, PortNum: socket.VMADDR_PORT_ANY}},
		{socket.AF_QIPCRTR, 0, `(1, 0xfffffffe)`, socket.QIPCRTRAddr{Node: 1, PortNum: 0xFFFFFFFE}},

		{socket.AF_ALG, 0, `("hash", "sha256")`, socket.ALGAddr{Type: "hash", Name: "sha256"}},
		{socket.AF_ALG, 0, `("skcipher", "cbc(aes)", 1, 2)`, socket.ALGAddr{Type: "skcipher", Name: "cbc(aes)", Feat: 1, Mask: 2}},
		{socket.AF_ALG, 0, `("thirteenbytes", "n" * 63)`, socket.ALGAddr{Type: "thirteenbytes", Name: alg}},
		{socket.AF_ALG, 0, `("fourteen bytes", "n")`, socket.ALGAddr{Type: "fourteen bytes", Name: "n"}},
		{socket.AF_ALG, 0, `("hash", "n" * 64)`, socket.ALGAddr{Type: "hash", Name: alg + "n"}},
		{socket.AF_ALG, 0, `("ha\0sh", "n")`, socket.ALGAddr{Type: "ha\x00sh", Name: "n"}},

		{socket.AF_TIPC, 0, `(socket.TIPC_ADDR_NAMESEQ, 18888, 5, 17)`,
			socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAMESEQ, V1: 18888, V2: 5, V3: 17}},
		{socket.AF_TIPC, 0, `(socket.TIPC_ADDR_NAME, 18888, 5, 0, socket.TIPC_NODE_SCOPE)`,
			socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAME, V1: 18888, V2: 5, Scope: socket.TIPC_NODE_SCOPE}},
		{socket.AF_TIPC, 0, `(socket.TIPC_ADDR_NAME, 18888, 5, 99)`,
			socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAME, V1: 18888, V2: 5, V3: 99}},
		{socket.AF_TIPC, 0, `(socket.TIPC_ADDR_ID, 1, 0xfffffffe, 0, socket.TIPC_ZONE_SCOPE)`,
			socket.TIPCAddr{AddrType: socket.TIPC_ADDR_ID, V1: 1, V2: 0xFFFFFFFE, Scope: socket.TIPC_ZONE_SCOPE}},
		{socket.AF_TIPC, 0, `(9, 1, 2, 3)`, socket.TIPCAddr{AddrType: 9, V1: 1, V2: 2, V3: 3}},

		{socket.AF_BLUETOOTH, l2, `("00:1A:7D:DA:71:13", 0x1001)`, socket.BluetoothL2Addr{BDAddr: bd, PSM: 0x1001}},
		{socket.AF_BLUETOOTH, l2, `("0:1a:7d:da:71:13", 1)`, socket.BluetoothL2Addr{BDAddr: "0:1a:7d:da:71:13", PSM: 1}},
		{socket.AF_BLUETOOTH, l2, `(socket.BDADDR_LOCAL, 1)`, socket.BluetoothL2Addr{BDAddr: socket.BDADDR_LOCAL, PSM: 1}},
		{socket.AF_BLUETOOTH, l2, `("fie", 1)`, socket.BluetoothL2Addr{BDAddr: "fie", PSM: 1}},
		{socket.AF_BLUETOOTH, l2, `("00:1A:7D:DA:71:100", 1)`, socket.BluetoothL2Addr{BDAddr: "00:1A:7D:DA:71:100", PSM: 1}},
		{socket.AF_BLUETOOTH, l2, `("00:1A:7D:DA:71:13:14", 1)`, socket.BluetoothL2Addr{BDAddr: "00:1A:7D:DA:71:13:14", PSM: 1}},
		{socket.AF_BLUETOOTH, rc, `("00:1A:7D:DA:71:13", 30)`, socket.BluetoothRCAddr{bd, 30}},
		{socket.AF_BLUETOOTH, rc, `("", 30)`, socket.BluetoothRCAddr{"", 30}},
		{socket.AF_BLUETOOTH, hci, `(0x0102,)`, socket.BluetoothHCIAddr{DevID: 0x0102}},
		{socket.AF_BLUETOOTH, sco, `b"00:1A:7D:DA:71:13"`, socket.BluetoothSCOAddr{bd}},
		{socket.AF_BLUETOOTH, sco, `b"fie"`, socket.BluetoothSCOAddr{"fie"}},
		{socket.AF_BLUETOOTH, 99, `(1,)`, socket.BluetoothHCIAddr{DevID: 1}},
	}
}

// interposer takes the place of bind(2), whose address it writes to the file
// SOCKADDR_OUT, and of getsockname(2), which answers SOCKADDR_IN. So Python
// encodes and decodes addresses of families that the kernel doesn't have.
const interposer = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	FILE *f = fopen(getenv("SOCKADDR_OUT"), "w");
	if (f == NULL)
		return -1;
	for (socklen_t i = 0; i < len; i++)
		fprintf(f, "%02x", ((const unsigned char *)addr)[i]);
	return fclose(f);
}

int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	const char *in = getenv("SOCKADDR_IN");
	socklen_t room = *len;
	unsigned int byte;
	if (in == NULL) {
		memset(addr, 0, room);
		return 0;
	}
	*len = strlen(in) / 2;
	for (socklen_t i = 0; i < *len && i < room; i++) {
		sscanf(in + 2 * i, "%2x", &byte);
		((unsigned char *)addr)[i] = byte;
	}
	return 0;
}
`

// pythonAddresses answers for each case what bind hands over, or how it fails,
// and what getsockname makes of those bytes.
const pythonAddresses = `
import json, os, socket, sys

def plain(v):
    if isinstance(v, bytes):
        return {"bytes": v.hex()}
    if isinstance(v, tuple):
        return [plain(i) for i in v]
    return v

def answer(family, proto, text):
    base = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s = socket.socket(family, socket.SOCK_DGRAM, proto, fileno=base.detach())
    try:
        s.bind(eval(text))
    except Exception as e:
        return {"class": type(e).__name__, "errno": getattr(e, "errno", None) or 0, "text": str(e)}
    with open(os.environ["SOCKADDR_OUT"]) as f:
        sent = f.read()
    os.environ["SOCKADDR_IN"] = sent
    read = s.getsockname()
    del os.environ["SOCKADDR_IN"]
    return {"sent": sent, "read": plain(read)}

print(json.dumps([
    None if f == 31 and not hasattr(socket, "BTPROTO_HCI") else answer(f, p, t)
    for f, p, t in json.load(sys.stdin)]))
`

// A pythonAnswer is nil if that Python was built without the family.
type pythonAnswer struct {
	Sent  string
	Read  any
	Class string
	Errno int
	Text  string
}

func TestAddressesMatchPython(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc not found: apt-get install gcc libc6-dev")
	}
	library := filepath.Join(t.TempDir(), "interposer.so")
	cmd := exec.Command(gcc, "-shared", "-fPIC", "-o", library, "-x", "c", "-")
	cmd.Stdin = strings.NewReader(interposer)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bluetooth := false
	for _, python := range allPythons(t) {
		t.Run(python.Version, func(t *testing.T) {
			cases := addressCases(t)
			for i, answer := range askAddresses(t, python, library, cases) {
				if answer != nil {
					bluetooth = bluetooth || cases[i].family == socket.AF_BLUETOOTH
					compareAddress(t, cases[i], answer)
				}
			}
		})
	}
	if !bluetooth {
		t.Log("AF_BLUETOOTH not compared: no Python with it, apt-get install python3")
	}
}

// allPythons adds the distribution's Python to the others: those built by hand
// often lack Bluetooth.
func allPythons(t *testing.T) []pytest.Interpreter {
	t.Helper()
	found := pytest.All(t)
	if system, ok := pytest.Probe("/usr/bin/python3"); ok {
		system.Version += " of the system"
		found = append(found, system)
	}
	return found
}

func askAddresses(t *testing.T, p pytest.Interpreter, library string, cases []addressCase) []*pythonAnswer {
	t.Helper()
	var questions [][]any
	for _, c := range cases {
		questions = append(questions, []any{int(c.family), int(c.proto), c.python})
	}
	cmd := exec.Command(p.Path, "-c", pythonAddresses)
	cmd.Env = append(os.Environ(), "LD_PRELOAD="+library, "SOCKADDR_OUT="+filepath.Join(t.TempDir(), "out"))
	cmd.Stdin = strings.NewReader(jsonText(t, questions))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", p.Path, err)
	}
	var answers []*pythonAnswer
	fromJSON(t, out, &answers)
	if len(answers) != len(cases) {
		t.Fatalf("%s: %d answers to %d questions", p.Path, len(answers), len(cases))
	}
	return answers
}

// compareAddress compares both directions, or the kind of the failure.
func compareAddress(t *testing.T, c addressCase, want *pythonAnswer) {
	t.Helper()
	s := posing(t, c.family, c.proto)
	b, err := socket.EncodeAddr(s, "bind", c.addr)
	if want.Class != "" {
		compareFailure(t, c, want, err)
		return
	}
	if err != nil {
		t.Errorf("%v %s: %v, Python sends %s", c.family, c.python, err, want.Sent)
		return
	}
	if diff := cmp.Diff(clearPadding(t, c, want.Sent), hex.EncodeToString(b)); diff != "" {
		t.Errorf("%v %s sent (-Python +Go):\n%s", c.family, c.python, diff)
	}
	if diff := cmp.Diff(want.Read, asPython(t, socket.DecodeAddr(s, b))); diff != "" {
		t.Errorf("%v %s read (-Python +Go):\n%s", c.family, c.python, diff)
	}
}

// clearPadding zeroes the bytes of Python's address that mean nothing: CPython
// 3.11 to 3.13.0 leave there what lay on the stack.
func clearPadding(t *testing.T, c addressCase, sent string) string {
	t.Helper()
	b, err := hex.DecodeString(sent)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range padding(c) {
		clear(b[r[0]:r[1]])
	}
	return hex.EncodeToString(b)
}

// padding are the ranges of bytes that an address leaves unused.
func padding(c addressCase) [][2]int {
	switch c.family {
	case socket.AF_NETLINK, socket.AF_QIPCRTR:
		return [][2]int{{2, 4}}
	case socket.AF_CAN:
		switch c.proto {
		case socket.CAN_ISOTP:
			return [][2]int{{2, 4}, {16, 24}}
		case socket.CAN_J1939:
			return [][2]int{{2, 4}, {21, 24}}
		}
		return [][2]int{{2, 4}, {8, 24}}
	case socket.AF_PACKET:
		return [][2]int{{12 + len(c.addr.(socket.PacketAddr).Addr), 20}}
	}
	return nil
}

// compareFailure wants the same errno, and where Python's exception has none an
// ArgumentError.
func compareFailure(t *testing.T, c addressCase, want *pythonAnswer, err error) {
	t.Helper()
	var arg *socket.ArgumentError
	var failed *socket.Error
	switch {
	case want.Errno == 0 && errors.As(err, &arg):
	case errors.As(err, &failed) && int(failed.Errno) == want.Errno:
	default:
		t.Errorf("%v %s: %v, Python raises %s %q, errno %d", c.family, c.python, err, want.Class, want.Text, want.Errno)
	}
}

// asPython turns an address into Python's tuple, as JSON brings it here.
func asPython(t *testing.T, addr socket.Address) any {
	t.Helper()
	var items any
	switch a := addr.(type) {
	case socket.InetAddr:
		items = []any{a.Host(), a.Port()}
	case socket.Inet6Addr:
		items = []any{a.Host(), a.Port(), a.FlowInfo(), a.ScopeID()}
	case socket.NetlinkAddr:
		items = []any{a.PID, a.Groups}
	case socket.PacketAddr:
		items = []any{a.IfName, a.Proto, a.PktType, a.HAType, pythonBytes(a.Addr)}
	case socket.CANAddr:
		items = []any{a.IfName}
	case socket.CANISOTPAddr:
		items = []any{a.IfName, a.RxID, a.TxID}
	case socket.CANJ1939Addr:
		items = []any{a.IfName, a.Name, a.PGN, a.Addr}
	case socket.VSOCKAddr:
		items = []any{a.CID, a.PortNum}
	case socket.QIPCRTRAddr:
		items = []any{a.Node, a.PortNum}
	case socket.ALGAddr:
		items = []any{a.Type, a.Name, a.Feat, a.Mask}
	case socket.TIPCAddr:
		items = []any{a.AddrType, a.V1, a.V2, a.V3, a.Scope}
	case socket.BluetoothL2Addr:
		items = []any{a.BDAddr, a.PSM}
	case socket.BluetoothRCAddr:
		items = []any{a.BDAddr, a.Channel}
	case socket.BluetoothHCIAddr:
		items = a.DevID
	case socket.BluetoothSCOAddr:
		items = a.BDAddr
	case socket.UnknownAddr:
		items = []any{int(a.AF), pythonBytes((a.Data + string(make([]byte, 14)))[:14])}
	default:
		t.Fatalf("%T has no form in Python", addr)
	}
	var plain any
	fromJSON(t, []byte(jsonText(t, items)), &plain)
	return plain
}

func pythonBytes(s string) any { return map[string]any{"bytes": hex.EncodeToString([]byte(s))} }
