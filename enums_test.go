//go:build linux

package socket_test

import (
	"fmt"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

func TestEnumString(t *testing.T) {
	tests := []struct {
		value fmt.Stringer
		want  string
	}{
		{socket.AF_UNSPEC, "AF_UNSPEC"},
		{socket.AF_INET, "AF_INET"},
		{socket.AF_INET6, "AF_INET6"},
		{socket.AF_UNIX, "AF_UNIX"},
		{socket.AF_NETLINK, "AF_NETLINK"},
		{socket.AF_ROUTE, "AF_NETLINK"}, // an alias, also in Python
		{socket.AF_DECnet, "AF_DECnet"},
		{socket.AddressFamily(999), "999"},
		{socket.AddressFamily(-1), "-1"},

		{socket.SOCK_STREAM, "SOCK_STREAM"},
		{socket.SOCK_DGRAM, "SOCK_DGRAM"},
		{socket.SOCK_SEQPACKET, "SOCK_SEQPACKET"},
		{socket.SOCK_NONBLOCK, "SOCK_NONBLOCK"},
		{socket.SOCK_STREAM | socket.SOCK_NONBLOCK, "SOCK_STREAM|SOCK_NONBLOCK"},
		{
			socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK,
			"SOCK_DGRAM|SOCK_NONBLOCK|SOCK_CLOEXEC",
		},
		{socket.SocketKind(0), "0"},
		{socket.SocketKind(7), "7"},
		{socket.SocketKind(7) | socket.SOCK_CLOEXEC, fmt.Sprint(7 + int(socket.SOCK_CLOEXEC))},

		{socket.MsgFlag(0), "0"},
		{socket.MSG_PEEK, "MSG_PEEK"},
		{socket.MSG_DONTWAIT | socket.MSG_PEEK, "MSG_PEEK|MSG_DONTWAIT"},
		{socket.MSG_CMSG_CLOEXEC | socket.MSG_OOB, "MSG_OOB|MSG_CMSG_CLOEXEC"},
		{socket.MSG_PEEK | 0x100000, "MSG_PEEK|1048576"},
		{socket.MsgFlag(0x300000), "3145728"},
		{socket.MsgFlag(-1), "-1"},

		{socket.AddressInfo(0), "0"},
		{socket.AI_PASSIVE, "AI_PASSIVE"},
		{socket.AI_NUMERICSERV | socket.AI_CANONNAME, "AI_CANONNAME|AI_NUMERICSERV"},
		{socket.AI_PASSIVE | 0x10000, "AI_PASSIVE|65536"},

		{socket.IPPROTO_TCP, "IPPROTO_TCP"},
		{socket.SOL_TCP, "IPPROTO_TCP"},
		{socket.SOL_UDP, "IPPROTO_UDP"},
		{socket.IPPROTO_HOPOPTS, "IPPROTO_IP"},
		{socket.Proto(0), "IPPROTO_IP"},
		{socket.SOL_ALG, "SOL_ALG"},
		{socket.SOL_CAN_RAW, "SOL_CAN_RAW"},
		{socket.Proto(-1), "-1"},
		{socket.Proto(54321), "54321"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.value.String()); diff != "" {
				t.Errorf("%T(%d).String() (-want +got):\n%s", tt.value, tt.value, diff)
			}
		})
	}
}

// pythonMembers prints the members of Python's enums, without the aliases,
// and every pair of flags.
const pythonMembers = `
import itertools, json, socket
def flags(e):
    return list(e) + [a | b for a, b in itertools.combinations(e, 2)]
enums = {
    "AddressFamily": list(socket.AddressFamily),
    "SocketKind": list(socket.SocketKind),
    "MsgFlag": flags(socket.MsgFlag),
    "AddressInfo": flags(socket.AddressInfo),
}
print(json.dumps({e: {m.name: int(m) for m in ms} for e, ms in enums.items()}))
`

// stringers make a value of each enum.
var stringers = map[string]func(int) fmt.Stringer{
	"AddressFamily": func(v int) fmt.Stringer { return socket.AddressFamily(v) },
	"SocketKind":    func(v int) fmt.Stringer { return socket.SocketKind(v) },
	"MsgFlag":       func(v int) fmt.Stringer { return socket.MsgFlag(v) },
	"AddressInfo":   func(v int) fmt.Stringer { return socket.AddressInfo(v) },
}

func TestEnumStringMatchesPython(t *testing.T) {
	for _, python := range pytest.All(t) {
		var enums map[string]map[string]int
		python.Eval(t, pythonMembers, &enums)
		for enum, members := range enums {
			t.Run(python.Version+"/"+enum, func(t *testing.T) {
				got := make(map[string]int)
				for _, v := range members {
					got[stringers[enum](v).String()] = v
				}
				if diff := cmp.Diff(members, got); diff != "" {
					t.Errorf("names differ from Python's (-want +got):\n%s", diff)
				}
			})
		}
	}
}
