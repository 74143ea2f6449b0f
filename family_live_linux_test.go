package socket_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// The families that an ordinary kernel has, at work.

func TestNetlinkDump(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls, machine.Netlink)
	s := sock(t, socket.AF_NETLINK, socket.SOCK_RAW, socket.Proto(socket.NETLINK_ROUTE))
	must(t, s.Bind(socket.NetlinkAddr{}))
	name, err := s.GetSockName()
	must(t, err)
	if a, ok := name.(socket.NetlinkAddr); !ok || a.PID == 0 || a.Groups != 0 {
		t.Errorf("GetSockName() = %#v, want a port of the kernel's choice", name)
	}
	var got []string
	messages := ask(t, s, unix.RTM_GETLINK, unix.NLM_F_DUMP, make([]byte, unix.SizeofIfInfomsg))
	for done := false; !done; {
		for _, m := range messages {
			if done = m.Header.Type == unix.NLMSG_DONE; done {
				break
			}
			got = append(got, linkName(t, m))
		}
		if !done {
			messages = answer(t, s, 0)
		}
	}
	ifis, err := socket.IfNameIndex()
	must(t, err)
	for _, ifi := range ifis {
		if !slices.Contains(got, ifi.Name) {
			t.Errorf("the dump has %q, want %q among them", got, ifi.Name)
		}
	}
}

// linkName is the interface's name in an RTM_NEWLINK message.
func linkName(t *testing.T, m syscall.NetlinkMessage) string {
	t.Helper()
	attributes, err := syscall.ParseNetlinkRouteAttr(&m)
	must(t, err)
	for _, a := range attributes {
		if a.Attr.Type == unix.IFLA_IFNAME {
			return unix.ByteSliceToString(a.Value)
		}
	}
	return ""
}

// ethExperimental is an EtherType for experiments (IEEE 802, "Local Experimental
// Ethertype 1"): nobody else sends it.
const ethExperimental = 0x88B5

// packetSocket returns an AF_PACKET socket that is bound to the loopback
// interface and to ethExperimental.
func packetSocket(t *testing.T, kind socket.SocketKind) *socket.Socket {
	t.Helper()
	s := opens(t, "a kernel with CONFIG_PACKET", socket.AF_PACKET, kind)
	must(t, s.Bind(socket.PacketAddr{IfName: "lo", Proto: ethExperimental}))
	return s
}

const zeroMAC = "\x00\x00\x00\x00\x00\x00"

// loopPacket is where a packet on the loopback interface comes from.
var loopPacket = socket.PacketAddr{IfName: "lo", Proto: ethExperimental, HAType: unix.ARPHRD_LOOPBACK, Addr: zeroMAC}

func TestPacketLoopback(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	needRoot(t)
	ownNetwork(t)
	receiver := packetSocket(t, socket.SOCK_DGRAM)
	frames := packetSocket(t, socket.SOCK_RAW)
	if name, err := frames.GetSockName(); err != nil || name != loopPacket {
		t.Errorf("GetSockName() = %#v, %v, want %#v", name, err, loopPacket)
	}
	sender := opens(t, "", socket.AF_PACKET, socket.SOCK_DGRAM)
	for _, text := range []string{"first", "second"} {
		n, err := sender.SendTo([]byte(text), socket.PacketAddr{IfName: "lo", Proto: ethExperimental, Addr: zeroMAC})
		if n != len(text) || err != nil {
			t.Fatalf("SendTo() = %d, %v", n, err)
		}
		wantPacket(t, receiver, text, loopPacket)
		wantPacket(t, frames, zeroMAC+zeroMAC+"\x88\xb5"+text, loopPacket)
	}
	// What came can be sent back.
	if _, err := sender.SendTo([]byte("third"), loopPacket); err != nil {
		t.Fatal(err)
	}
	wantPacket(t, receiver, "third", loopPacket)

	// An interface's new name shows, though the address has the same bytes.
	// Until Linux 6.2 only an interface that is down can be renamed.
	rtnetlink(t, unix.RTM_NEWLINK, 0, ifInfo(0, nil))
	for _, s := range []*socket.Socket{receiver, frames} {
		if data, err := s.Recv(1); !errors.Is(err, unix.ENETDOWN) {
			t.Errorf("when the interface went down: Recv() = %q, %v, want ENETDOWN", data, err)
		}
	}
	rtnetlink(t, unix.RTM_NEWLINK, 0, ifInfo(unix.IFF_UP, attribute(unix.IFLA_IFNAME, []byte("loop9\x00"))))
	renamed := loopPacket
	renamed.IfName = "loop9"
	if _, err := sender.SendTo([]byte("fourth"), renamed); err != nil {
		t.Fatal(err)
	}
	wantPacket(t, receiver, "fourth", renamed)
	if _, err := sender.SendTo([]byte("fifth"), loopPacket); !errors.Is(err, unix.ENODEV) {
		t.Errorf("SendTo by the old name: %v, want ENODEV", err)
	}
}

func wantPacket(t *testing.T, s *socket.Socket, text string, from socket.Address) {
	t.Helper()
	data, addr, err := s.RecvFrom(2048)
	must(t, err)
	if diff := cmp.Diff(text, string(data)); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	if addr != from {
		t.Errorf("from %#v, want %#v", addr, from)
	}
}

// pythonPackets receives a packet, tells where from, and sends one.
const pythonPackets = `
import json, socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
s.bind(("lo", 0x88b5))
s.settimeout(20)
print("bound", flush=True)
data, addr = s.recvfrom(100)
print(json.dumps([data.decode(), [*addr[:4], {"bytes": addr[4].hex()}]]), flush=True)
s.sendto(b"from Python", ("lo", 0x88b5, 0, 0, bytes(6)))
`

// Python and Go see the same packets, and the same addresses on them.
func TestPacketWithPython(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	needRoot(t)
	path := pytest.Find(t).Path
	ownNetwork(t)
	s := packetSocket(t, socket.SOCK_DGRAM)
	cmd := exec.Command(path, "-c", pythonPackets) // started by this thread, in its network
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })

	var bound string
	if _, err := fmt.Fscanln(out, &bound); err != nil || bound != "bound" {
		t.Fatalf("Python says %q, %v", bound, err)
	}
	if _, err := s.SendTo([]byte("from Go"), socket.PacketAddr{IfName: "lo", Proto: ethExperimental, Addr: zeroMAC}); err != nil {
		t.Fatal(err)
	}
	data, addr, err := s.RecvFrom(100)
	must(t, err)
	wantPacket(t, s, "from Python", addr)
	line := make([]byte, 4096)
	n, err := out.Read(line)
	must(t, err)
	var want any
	fromJSON(t, line[:n], &want)
	if diff := cmp.Diff(want, any([]any{string(data), asPython(t, addr)})); diff != "" {
		t.Errorf("received (-Python +Go):\n%s", diff)
	}
}

func TestVSOCKNames(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	l := opens(t, "modprobe vsock", socket.AF_VSOCK)
	unbound := socket.VSOCKAddr{CID: socket.VMADDR_CID_ANY, PortNum: socket.VMADDR_PORT_ANY}
	if name, err := l.GetSockName(); err != nil || name != unbound {
		t.Errorf("GetSockName() of an unbound socket = %#v, %v, want %#v", name, err, unbound)
	}
	must(t, l.Bind(unbound))
	name, err := l.GetSockName()
	must(t, err)
	if a, ok := name.(socket.VSOCKAddr); !ok || a.CID != unbound.CID || a.PortNum == unbound.PortNum {
		t.Errorf("GetSockName() = %#v, want a port of the kernel's choice", name)
	}
	second := opens(t, "", socket.AF_VSOCK)
	if err := second.Bind(name); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("a second Bind to %v: %v, want EADDRINUSE", name, err)
	}
}

func TestVSOCKLoopback(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	l := opens(t, "modprobe vsock", socket.AF_VSOCK)
	err := l.Bind(socket.VSOCKAddr{CID: socket.VMADDR_CID_LOCAL, PortNum: socket.VMADDR_PORT_ANY})
	if errors.Is(err, unix.EADDRNOTAVAIL) {
		t.Skipf("%v: modprobe vsock_loopback", err)
	}
	must(t, err)
	echoOver(t, l, opens(t, "", socket.AF_VSOCK))
}

// echoOver sends through a connection to l, which is bound, and checks the names
// at both ends.
func echoOver(t *testing.T, l, client *socket.Socket) {
	t.Helper()
	must(t, l.Listen())
	addr, err := l.GetSockName()
	must(t, err)
	connected := start(func() error { return client.Connect(addr) })
	server, from, err := l.Accept()
	must(t, err)
	defer server.Close()
	must(t, within(t, connected))

	name, err := client.GetSockName()
	must(t, err)
	peer, err := client.GetPeerName()
	must(t, err)
	if v, ok := name.(socket.VSOCKAddr); ok && v.CID == socket.VMADDR_CID_ANY {
		v.CID = socket.VMADDR_CID_LOCAL // connect(2) gives the client a port, and leaves the rest
		name = v
	}
	if from != name || peer != addr {
		t.Errorf("accepted from %v, want %v; connected to %v, want %v", from, name, peer, addr)
	}
	must(t, client.SendAll([]byte("through")))
	must(t, server.SetTimeout(patience))
	if data, err := server.Recv(100); string(data) != "through" || err != nil {
		t.Errorf("Recv() = %q, %v", data, err)
	}
}

func TestMPTCP(t *testing.T) {
	const cure = "a kernel with CONFIG_MPTCP, and sysctl net.mptcp.enabled=1"
	l := opens(t, cure, socket.IPPROTO_MPTCP)
	must(t, l.Bind(socket.Addr("127.0.0.1", 0)))
	echoOver(t, l, opens(t, cure, socket.IPPROTO_MPTCP))
}

func TestSCTP(t *testing.T) {
	l := opens(t, "modprobe sctp", socket.IPPROTO_SCTP)
	must(t, l.Bind(socket.Addr("127.0.0.1", 0)))
	echoOver(t, l, opens(t, "", socket.IPPROTO_SCTP))
}

func TestUDPLite(t *testing.T) {
	machine.Needs(t, machine.UDPLite)
	const cure = "a kernel with UDP-Lite, which Linux had from 2.6.20"
	receiver := opens(t, cure, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)
	must(t, receiver.Bind(socket.Addr("127.0.0.1", 0)))
	to, err := receiver.GetSockName()
	must(t, err)
	sender := opens(t, cure, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)
	must(t, sender.Bind(socket.Addr("127.0.0.1", 0)))
	from, err := sender.GetSockName()
	must(t, err)
	must(t, sender.SetSockOpt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV, 8))
	if _, err := sender.SendTo([]byte("lite"), to); err != nil {
		t.Fatal(err)
	}
	wantPacket(t, receiver, "lite", from)
}

// The answer to a ping of 127.0.0.1, on a raw socket.
func TestPing(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	needRoot(t)
	ownNetwork(t)
	s := opens(t, "", socket.SOCK_RAW, socket.IPPROTO_ICMP)
	const echoRequest, echoReply = 8, 0
	request := append([]byte{echoRequest, 0, 0, 0, 0x12, 0x34, 0, 1}, "ping"...)
	binary.BigEndian.PutUint16(request[2:], internetChecksum(request))
	if _, err := s.SendTo(request, socket.Addr("127.0.0.1", 0)); err != nil {
		t.Fatal(err)
	}
	for {
		packet, from, err := s.RecvFrom(2048)
		must(t, err)
		if from != socket.Addr("127.0.0.1", 0) {
			t.Errorf("a packet from %v", from)
		}
		if len(packet) < 28 || packet[20] == echoRequest {
			continue // the loopback interface shows the request as well
		}
		if packet[20] != echoReply || string(packet[24:]) != "\x12\x34\x00\x01ping" {
			t.Errorf("the answer is %x, want the request sent back", packet[20:])
		}
		return
	}
}

// internetChecksum is RFC 1071's.
func internetChecksum(b []byte) uint16 {
	var sum uint32
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	for sum > 0xFFFF {
		sum = sum>>16 + sum&0xFFFF
	}
	return ^uint16(sum)
}

// pythonNames answers, for each family and protocol, with the socket's names
// before and after bind, or the errno with which one of the calls fails.
const pythonNames = `
import json, socket, sys

def plain(v):
    if isinstance(v, bytes):
        return {"bytes": v.hex()}
    return [plain(i) for i in v] if isinstance(v, tuple) else v

def answers(family, kind, proto, addr):
    try:
        s = socket.socket(family, kind, proto)
    except OSError as e:
        return [e.errno]
    out = []
    def note(call):
        try:
            out.append(plain(call()))
        except OSError as e:
            out.append(e.errno)
    note(s.getsockname)
    note(s.getpeername)
    note(lambda: s.bind(eval(addr)))
    note(s.getsockname)
    return out

print(json.dumps([answers(*q) for q in json.load(sys.stdin)]))
`

// TestFamilyCallsMatchPython makes the same calls with both, of what the kernel
// has and of what it hasn't. What a socket is bound to is not the kernel's choice,
// so that the names are the same.
func TestFamilyCallsMatchPython(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	path := pytest.Find(t).Path
	type question struct {
		family socket.AddressFamily
		kind   socket.SocketKind
		proto  socket.Proto
		python string
		addr   socket.Address
	}
	all := socket.Proto(socket.Htons(socket.ETH_P_ALL))
	own := uint32(0x7F000000 + os.Getpid()) // nobody else's, should the tests run twice at a time
	questions := []question{
		{socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE, fmt.Sprintf("(%d, 1)", own), socket.NetlinkAddr{PID: own, Groups: 1}},
		{socket.AF_NETLINK, socket.SOCK_STREAM, 0, "(0, 0)", socket.NetlinkAddr{}},
		{socket.AF_PACKET, socket.SOCK_RAW, all, `("lo", 0)`, socket.PacketAddr{IfName: "lo"}},
		{socket.AF_PACKET, socket.SOCK_DGRAM, 0, `("lo", 0x88b5)`, socket.PacketAddr{IfName: "lo", Proto: 0x88B5}},
		{socket.AF_PACKET, socket.SOCK_DGRAM, all, `("nosuch0", 3)`, socket.PacketAddr{IfName: "nosuch0", Proto: 3}},
		{socket.AF_VSOCK, socket.SOCK_STREAM, 0, fmt.Sprintf("(0xffffffff, %d)", own), socket.VSOCKAddr{CID: socket.VMADDR_CID_ANY, PortNum: own}},
		{socket.AF_VSOCK, socket.SOCK_STREAM, 0, `(77, 471100)`, socket.VSOCKAddr{CID: 77, PortNum: 471100}},
		{socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP, `("127.0.0.1", 0)`, socket.Addr("127.0.0.1", 0)},
		{socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE, `("1.2.3.4", 0)`, socket.Addr("1.2.3.4", 0)},
		{socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP, `("1.2.3.4", 0)`, socket.Addr("1.2.3.4", 0)},
		{socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP, `("1.2.3.4", 0)`, socket.Addr("1.2.3.4", 0)},
		{socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW, `("",)`, socket.CANAddr{}},
		{socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP, `("", 1, 2)`, socket.CANISOTPAddr{RxID: 1, TxID: 2}},
		{socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939, `("", 0, 0, 0)`, socket.CANJ1939Addr{}},
		{socket.AF_ALG, socket.SOCK_SEQPACKET, 0, `("hash", "sha256")`, socket.ALGAddr{Type: "hash", Name: "sha256"}},
		{socket.AF_ALG, socket.SOCK_SEQPACKET, 0, `("hash", "nosuch")`, socket.ALGAddr{Type: "hash", Name: "nosuch"}},
		{socket.AF_TIPC, socket.SOCK_RDM, 0, `(1, 18888, 5, 17)`, socket.TIPCAddr{AddrType: 1, V1: 18888, V2: 5, V3: 17}},
		{socket.AF_QIPCRTR, socket.SOCK_DGRAM, 0, `(99, 99)`, socket.QIPCRTRAddr{Node: 99, PortNum: 99}},
		{socket.AF_RDS, socket.SOCK_SEQPACKET, 0, `("1.2.3.4", 99)`, socket.Addr("1.2.3.4", 99)},
	}
	var in [][]any
	for _, q := range questions {
		in = append(in, []any{int(q.family), int(q.kind), int(q.proto), q.python})
	}
	cmd := exec.Command(path, "-c", pythonNames)
	cmd.Stdin = strings.NewReader(jsonText(t, in))
	out, err := cmd.Output()
	must(t, err)
	var answers []any
	fromJSON(t, out, &answers)

	for i, q := range questions {
		got := goNames(t, q.addr, q.family, q.kind, q.proto)
		var plain any
		fromJSON(t, []byte(jsonText(t, got)), &plain)
		if q.family == socket.AF_TIPC {
			clearPorts(answers[i])
			clearPorts(plain)
		}
		if diff := cmp.Diff(answers[i], plain); diff != "" {
			t.Errorf("%v, %v, %d, %s (-Python +Go):\n%s", q.family, q.kind, int(q.proto), q.python, diff)
		}
	}
}

// clearPorts replaces the port numbers in AF_TIPC's names, which the kernel draws.
func clearPorts(answers any) {
	for _, answer := range answers.([]any) {
		id := fmt.Sprint(socket.TIPC_ADDR_ID)
		if name, ok := answer.([]any); ok && fmt.Sprint(name[0]) == id && fmt.Sprint(name[2]) != "0" {
			name[2] = "a port"
		}
	}
}

// goNames is pythonNames in Go.
func goNames(t *testing.T, addr socket.Address, args ...socket.Arg) (out []any) {
	t.Helper()
	note := func(name socket.Address, err error) {
		var failed *socket.Error
		switch {
		case errors.As(err, &failed):
			out = append(out, int(failed.Errno))
		case err != nil:
			t.Errorf("%v: %v", args, err)
		case name == nil:
			out = append(out, nil)
		default:
			out = append(out, asPython(t, name))
		}
	}
	s, err := socket.New(args...)
	if err != nil {
		note(nil, err)
		return out
	}
	defer s.Close()
	note(s.GetSockName())
	note(s.GetPeerName())
	note(nil, s.Bind(addr))
	note(s.GetSockName())
	return out
}
