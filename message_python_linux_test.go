package socket_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"strconv"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"golang.org/x/sys/unix"
)

// What sendmsg and recvmsg do, on every transport, side by side with Python.
// The areas are those of CPython's own tests of them.

func send(bufs ...string) step { return step{Do: "sendmsg", Bufs: bufs} }

func sendControl(buf string, controls ...control) step {
	return step{Do: "sendmsg", Bufs: []string{buf}, Control: controls}
}

func recv(n, anc int) step { return step{Do: "recvmsg", Sizes: []int{n}, Anc: anc} }

func recvInto(anc int, sizes ...int) step { return step{Do: "recvmsg_into", Sizes: sizes, Anc: anc} }

func setTimeout(who string, seconds float64) step {
	return step{Do: "settimeout", Who: who, Timeout: &seconds}
}

func blocking(who string) step { return step{Do: "settimeout", Who: who} }

func shutdown(who string) step { return step{Do: "shutdown", Who: who} }

func closing(who string) step { return step{Do: "close", Who: who} }

func option(level socket.Proto, opt, value int) step {
	return step{Do: "setsockopt", Who: "to", Opt: [3]int{int(level), opt, value}}
}

// with adds flags to a step.
func (st step) with(flags socket.MsgFlag) step {
	st.Flags |= int(flags)
	return st
}

func (st step) by(who string) step {
	st.Who = who
	return st
}

// times gives each buffer that many times.
func (st step) times(n int) step {
	st.Times = n
	return st
}

func many(n, size int) []int {
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = size
	}
	return sizes
}

// conversations are those that every transport can have.
var conversations = map[string][]step{
	"one buffer":        {send("message"), recv(100, 0)},
	"gather":            {send("one ", "two ", "three"), recv(100, 0)},
	"gather empty ones": {send("", "one", "", "", "two", ""), recv(100, 0)},
	"scatter":           {send("0123456789"), recvInto(0, 3, 4, 100)},
	"scatter to empty":  {send("0123456789"), recvInto(0, 0, 3, 0, 7)},
	"full to the brim":  {send("0123456789"), recvInto(0, 3, 7)},
	"gather, scatter":   {send("01", "234", "56789"), recvInto(0, 1, 8, 1)},
	"with room for control data": {
		send("message"), recv(100, 200), send("message"), recvInto(200, 100),
	},
	"too small": {
		send("0123456789"), recv(4, 0), send("abcdefghij"), recv(100, 0),
	},
	"scatter too small": {
		send("0123456789"), recvInto(0, 2, 3), send("abcdefghij"), recv(100, 0),
	},
	"peek": {
		send("message"), recv(100, 0).with(socket.MSG_PEEK), recvInto(0, 3).with(socket.MSG_PEEK), recv(100, 0),
	},
	"no buffers to send":       {send(), send("next"), recv(100, 0)},
	"size 0":                   {send("message"), recv(0, 0).with(socket.MSG_PEEK), recv(100, 0)},
	"no buffers to receive":    {send("message"), recvInto(0, 0).with(socket.MSG_PEEK), recv(100, 0)},
	"MSG_CMSG_CLOEXEC passed":  {send("message"), recv(100, 100).with(socket.MSG_CMSG_CLOEXEC)},
	"MSG_DONTWAIT, nothing":    {blocking("to"), recv(100, 0).with(socket.MSG_DONTWAIT), recvInto(0, 100).with(socket.MSG_DONTWAIT)},
	"timeout 0, nothing":       {setTimeout("to", 0), recv(100, 0), recvInto(0, 100)},
	"timeout":                  {setTimeout("to", 0.01), recv(100, 0), recvInto(0, 100)},
	"timeout, then a message":  {setTimeout("to", 0.01), recv(100, 0), setTimeout("to", 20), send("message"), recv(100, 0)},
	"after Close":              {closing("to"), recv(100, 0), recvInto(0, 100), closing("from"), send("message")},
	"1024 buffers":             {send("x").times(1024), recv(2000, 0)},
	"1025 buffers":             {send("x").times(1025), send("next"), recv(100, 0)},
	"1024 buffers to receive":  {send("x").times(1024), recvInto(0, many(1024, 1)...)},
	"1025 buffers to receive":  {send("message"), recvInto(0, many(1025, 1)...), recv(100, 0)},
	"negative sizes":           {recv(-1, 0), recv(10, -1), recvInto(-1, 10), recv(-100000, 0)},
	"level and type too large": {sendControl("x", control{pastInt32, 0, nil, ""}), sendControl("x", control{0, pastInt32, nil, ""}), sendControl("x", control{0, -pastInt32 - 1, nil, ""})},
	"a level that nobody knows": {
		sendControl("message", control{12345, 1, nil, "0102"}), recv(100, 100),
	},
	"a type that nobody knows": {
		sendControl("message", control{int(socket.SOL_SOCKET), 12345, nil, ""}), send("next"), recv(100, 0),
	},
	"a control message with no data": {
		sendControl("message", control{int(socket.SOL_SOCKET), unix.SCM_CREDENTIALS, nil, ""}), send("next"), recv(100, 100),
	},
}

// pastInt32 is one more than a C int holds, where an int holds more.
var pastInt32 = func(most int) int { return most + 1 }(math.MaxInt32)

// streamConversations need an order of bytes and an end.
var streamConversations = map[string][]step{
	"the end":            {send("message"), shutdown("from"), recv(100, 50), recv(100, 50), recvInto(50, 100)},
	"the rest":           {send("0123456789"), recv(4, 0), recvInto(0, 1, 2), recv(100, 0)},
	"several at once":    {send("abc"), send("def"), recv(6, 0).with(socket.MSG_WAITALL)},
	"MSG_WAITALL":        {blocking("to"), send("abc"), send("def"), recv(6, 0).with(socket.MSG_WAITALL), send("gh"), shutdown("from"), recvInto(0, 1, 5).with(socket.MSG_WAITALL)},
	"MSG_WAITALL, peek":  {blocking("to"), send("abc"), send("def"), recv(6, 0).with(socket.MSG_WAITALL | socket.MSG_PEEK), recv(6, 0)},
	"after shutdown":     {shutdown("from"), send("message")},
	"to who has closed":  {closing("to"), shutdown("from"), send("message")},
	"an empty message":   {send(""), send("", ""), send("next"), recv(100, 0)},
	"back":               {send("ping"), recv(100, 0), send("pong").by("to"), recv(100, 0).by("from")},
	"MSG_TRUNC":          {send("0123456789"), recv(4, 0), recv(100, 0)},
	"MSG_DONTWAIT sends": {send("abc").with(socket.MSG_DONTWAIT), recv(100, 0)},
}

// datagramConversations need borders between messages.
var datagramConversations = map[string][]step{
	"an empty message":      {send(""), recv(100, 0), send("", ""), recvInto(0, 100), send("next"), recv(100, 0)},
	"size 0 takes one":      {send("first"), recv(0, 0), send("next"), recv(100, 0)},
	"no buffers take one":   {send("first"), step{Do: "recvmsg_into", Sizes: []int{}}, send("next"), recv(100, 0)},
	"MSG_TRUNC":             {send("0123456789"), recv(4, 0).with(socket.MSG_TRUNC), send("0123456789"), recvInto(0, 4).with(socket.MSG_TRUNC)},
	"one at a time":         {send("abc"), send("def"), recv(100, 0), recv(100, 0)},
	"one at a time, to all": {send("abc"), send("def"), recv(100, 0).with(socket.MSG_WAITALL), recv(100, 0).with(socket.MSG_WAITALL)},
}

func TestMessagesMatchPython(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.Name, func(t *testing.T) {
			all := maps.Clone(conversations)
			if tr.stream() {
				maps.Copy(all, streamConversations)
			} else {
				maps.Copy(all, datagramConversations)
			}
			testConversations(t, tr, all)
		})
	}
}

func unixTransports() (list []transport) {
	for _, tr := range transports {
		if tr.Family == socket.AF_UNIX {
			list = append(list, tr)
		}
	}
	return list
}

func TestRightsMatchPython(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	length, space := socket.CmsgLen, socket.CmsgSpace
	tests := map[string][]step{
		"one":                        {sendControl("x", rights(0)), recv(10, length(4))},
		"many":                       {sendControl("x", rights(0, 1, 2, 3)), recv(10, length(16))},
		"the same twice":             {sendControl("x", rights(1, 1)), recv(10, length(8))},
		"CMSG_SPACE":                 {sendControl("x", rights(0)), recv(10, space(4))},
		"CMSG_LEN(4) of two":         {sendControl("x", rights(0, 1)), recv(10, length(4))},
		"CMSG_SPACE(4) of two":       {sendControl("x", rights(0, 1)), recv(10, space(4))},
		"separate items":             {sendControl("x", rights(0), rights(1)), recv(10, space(8)+space(8))},
		"separate items, one's room": {sendControl("x", rights(0), rights(1)), recv(10, space(4)+length(4))},
		"none":                       {sendControl("x", rights()), recv(10, 100)},
		"a part of a number":         {sendControl("x", control{1, 1, nil, "0000"}), send("next"), recv(10, 100)},
		"a part after one":           {sendControl("x", control{1, 1, []int{0}, "0000"}), send("next"), recv(10, 100)},
		"a part in the middle":       {sendControl("x", control{1, 1, []int{0}, "0000"}, rights(1)), send("next"), recv(10, 200)},
		"a number that isn't open":   {sendControl("x", control{1, 1, nil, "ffffff7f"}), sendControl("x", control{1, 1, nil, "ffffffff"}), send("next"), recv(10, 100)},
		"more than 253":              {sendControl("x", rights(many(254, 0)...)), sendControl("x", rights(many(253, 0)...)), recv(10, length(4*253))},
		"with no data":               {step{Do: "sendmsg", Control: []control{rights(0)}}, send("next"), recv(10, 100)},
		"with an empty buffer":       {sendControl("", rights(0)), send("next"), recv(10, 100)},
		"into no buffer":             {sendControl("x", rights(0)), recv(0, 100), send("next"), recv(10, 100)},
		"peek, then take":            {sendControl("x", rights(0, 1)), recv(10, 100).with(socket.MSG_PEEK), recvInto(100, 10)},
		"two messages":               {sendControl("ab", rights(0)), sendControl("cd", rights(1)), recv(3, 100), recv(3, 100)},
		"data, then with one":        {send("ab"), sendControl("cd", rights(1)), recv(10, 100), send("ef"), recv(10, 100)},
		"with one, then data":        {sendControl("ab", rights(1)), send("cd"), recv(10, 100), recv(10, 100)},
		"plain recv drops them":      {sendControl("ab", rights(0)), recv(1, 0), send("cd"), recv(10, 100)},
		"MSG_WAITALL":                {blocking("to"), send("ab"), sendControl("cd", rights(0)), send("ef"), recv(4, 100).with(socket.MSG_WAITALL), recv(10, 100)},
		"with credentials": {
			option(socket.SOL_SOCKET, socket.SO_PASSCRED, 1), sendControl("x", rights(0, 1)), recv(10, space(12)+space(8)),
			send("y"), recv(10, space(12)), send("z"), recvInto(5, 10),
		},
	}
	for _, tr := range unixTransports() {
		t.Run(tr.Name, func(t *testing.T) { testConversations(t, tr, tests) })
	}
}

// TestTruncationMatchesPython: control data of every kind, cut at every length.
func TestTruncationMatchesPython(t *testing.T) {
	hopLimit := control{int(socket.IPPROTO_IPV6), socket.IPV6_HOPLIMIT, nil, hex.EncodeToString(packInt(t, 7))}
	class := control{int(socket.IPPROTO_IPV6), socket.IPV6_TCLASS, nil, hex.EncodeToString(packInt(t, 0x40))}
	const passCred = socket.SO_PASSCRED
	tests := map[string]struct {
		transports []string
		steps      []step // before the message comes
		most       int    // the room for all of it
	}{
		"descriptors": {
			[]string{"unix stream", "unix datagram", "unix seqpacket"},
			[]step{sendControl("x", rights(0, 1, 2))}, socket.CmsgSpace(12),
		},
		"credentials and descriptors": {
			[]string{"unix stream", "unix datagram"},
			[]step{option(socket.SOL_SOCKET, passCred, 1), sendControl("x", rights(0, 1))},
			socket.CmsgSpace(12) + socket.CmsgSpace(8),
		},
		"hop limit": {
			[]string{"udp6", "udplite6"},
			[]step{option(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1), sendControl("x", hopLimit)}, socket.CmsgSpace(4),
		},
		"hop limit and traffic class": {
			[]string{"udp6", "udplite6"},
			[]step{
				option(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1),
				option(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1),
				sendControl("x", class, hopLimit),
			}, 2 * socket.CmsgSpace(4),
		},
		"packet information": {
			[]string{"udp", "udplite"},
			[]step{option(socket.IPPROTO_IP, socket.IP_PKTINFO, 1), send("x")}, socket.CmsgSpace(12),
		},
		"TTL and TOS": {
			[]string{"udp"},
			[]step{
				option(socket.IPPROTO_IP, socket.IP_RECVTTL, 1), option(socket.IPPROTO_IP, socket.IP_RECVTOS, 1),
				sendControl("x", control{int(socket.IPPROTO_IP), socket.IP_TTL, nil, hex.EncodeToString(packInt(t, 9))}),
			}, socket.CmsgSpace(4) + socket.CmsgSpace(1),
		},
	}
	for name, tt := range tests {
		for _, tr := range transports {
			for _, wanted := range tt.transports {
				if tr.Name != wanted {
					continue
				}
				t.Run(name+"/"+tr.Name, func(t *testing.T) {
					cut := make(map[string][]step)
					for n := range tt.most + 9 {
						cut[fmt.Sprintf("recvmsg %d", n)] = append(tt.steps[:len(tt.steps):len(tt.steps)], recv(10, n))
						cut[fmt.Sprintf("recvmsg_into %d", n)] = append(tt.steps[:len(tt.steps):len(tt.steps)], recvInto(n, 10))
					}
					testConversations(t, tr, cut)
				})
			}
		}
	}
}

// packInt returns a C int's bytes.
func packInt(t testing.TB, v int32) []byte {
	t.Helper()
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], uint32(v))
	return b[:]
}

// TestCmsgSizesMatchPython compares CMSG_LEN and CMSG_SPACE where Python has a
// value, and the limits of both.
func TestCmsgSizesMatchPython(t *testing.T) {
	const script = `
import json, socket
def value(f, n):
    try:
        return f(n)
    except OverflowError:
        return -1
sizes = [*range(70), *range(2**31 - 60, 2**31 + 2), 2**31 // 2, -1, -2, -2**31, 2**63 - 1, -2**63]
print(json.dumps([[n, value(socket.CMSG_LEN, n), value(socket.CMSG_SPACE, n)] for n in sizes]))
`
	if strconv.IntSize == 32 {
		t.Skip("python3 counts in 64 bits: run it on a 64-bit platform")
	}
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			var want [][3]int
			python.Eval(t, script, &want)
			for _, w := range want {
				if got := ([3]int{w[0], socket.CmsgLen(w[0]), socket.CmsgSpace(w[0])}); got != w {
					t.Errorf("n, CmsgLen(n), CmsgSpace(n): got %v, want %v", got, w)
				}
			}
		})
	}
}
