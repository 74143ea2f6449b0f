//go:build linux

package socket_test

import (
	"math"
	"strconv"
	"time"

	"example.com/socket"
)

// diffCall is the arguments of a call. Its methods return one of them in the type
// that Go's call takes, and end the test if it can't have that type: such a row
// can't be said in Go, and is wrong.
type diffCall struct {
	*diffRun
	args     []any
	keywords map[string]any
	family   socket.AddressFamily // of the socket whose method it is
}

// has reports whether there is an argument i.
func (c *diffCall) has(i int) bool { return i < len(c.args) }

// arg returns argument i, or the keyword of that name, or otherwise.
func (c *diffCall) arg(i int, name string, otherwise any) any {
	if c.has(i) {
		return c.args[i]
	}
	if v, ok := c.keywords[name]; ok {
		return v
	}
	return otherwise
}

func (c *diffCall) int(i int) int {
	c.t.Helper()
	return c.diffRun.int(c.at(i))
}

func (c *diffCall) bytes(i int) []byte {
	c.t.Helper()
	return c.diffRun.bytes(c.at(i))
}

func (c *diffCall) at(i int) any {
	c.t.Helper()
	if !c.has(i) {
		c.t.Fatalf("argument %d is missing", i)
	}
	return c.args[i]
}

// socket returns argument i, a socket.
func (c *diffCall) socket(i int) *socket.Socket {
	c.t.Helper()
	s, ok := c.at(i).(*socket.Socket)
	if !ok {
		c.t.Fatalf("argument %d is a %T, want a socket", i, c.at(i))
	}
	return s
}

// flags returns argument i, or no flags if there is none.
func (c *diffCall) flags(i int) []socket.MsgFlag {
	c.t.Helper()
	if !c.has(i) {
		return nil
	}
	return []socket.MsgFlag{socket.MsgFlag(c.int(i))}
}

// timeout turns Python's seconds, or None, into a Duration.
func (c *diffCall) timeout(v any) time.Duration {
	c.t.Helper()
	switch v := v.(type) {
	case nil:
		return socket.NoTimeout
	case int:
		return time.Duration(v) * time.Second
	case float64:
		return time.Duration(math.Round(v * float64(time.Second)))
	}
	c.t.Fatalf("a %T can't be a timeout in Go", v)
	return 0
}

// socketArgs returns the arguments from first on as family, kind, protocol and
// fileno, those that are given; Python's -1 is one that isn't.
func (c *diffCall) socketArgs(first int) (args []socket.Arg) {
	c.t.Helper()
	if v := c.diffRun.int(c.arg(first, "family", -1)); v != -1 {
		args = append(args, socket.AddressFamily(v))
	}
	if v := c.diffRun.int(c.arg(first+1, "type", -1)); v != -1 {
		args = append(args, socket.SocketKind(v))
	}
	if v := c.diffRun.int(c.arg(first+2, "proto", -1)); v != -1 {
		args = append(args, socket.Proto(v))
	}
	if v := c.arg(first+3, "fileno", nil); v != nil {
		args = append(args, socket.Fileno(c.diffRun.int(v)))
	}
	return args
}

// addr returns argument i as an address.
func (c *diffCall) addr(i int) socket.Address {
	c.t.Helper()
	return c.address(c.at(i))
}

// address turns a tuple, a path or a name into an address.
func (c *diffCall) address(v any) socket.Address {
	c.t.Helper()
	switch v := v.(type) {
	case nil:
		return nil
	case socket.Address:
		return v
	case string:
		return socket.UnixAddr(v)
	case []byte:
		return socket.UnixAddr(v)
	case diffTuple:
		if a := c.tupleAddress(v); a != nil {
			return a
		}
	}
	c.t.Fatalf("Go has no address for %v", v)
	return nil
}

// tupleAddress takes a tuple as the address that it is for the socket's family,
// and returns nil if Go has none.
func (c *diffCall) tupleAddress(v diffTuple) socket.Address {
	c.t.Helper()
	_, named := v[0].(string)
	switch {
	case named && c.family == socket.AF_PACKET:
		return c.packetAddress(v)
	case named && len(v) >= 2 && len(v) <= 4:
		return c.inetAddress(v)
	case !named && len(v) == 2 && c.family == socket.AF_NETLINK:
		return socket.NetlinkAddr{PID: c.uint32(v[0]), Groups: c.uint32(v[1])}
	case !named && len(v) == 2 && c.family == socket.AF_VSOCK:
		return socket.VSOCKAddr{CID: c.uint32(v[0]), PortNum: c.uint32(v[1])}
	}
	return nil
}

// packetAddress takes the items (ifname, proto, pkttype, hatype, addr), of which
// the last three may be left out.
func (c *diffCall) packetAddress(v diffTuple) socket.Address {
	c.t.Helper()
	a := socket.PacketAddr{IfName: v[0].(string), Proto: c.diffRun.int(v[1])}
	if len(v) > 2 {
		a.PktType = c.diffRun.int(v[2])
	}
	if len(v) > 3 {
		a.HAType = c.diffRun.int(v[3])
	}
	if len(v) > 4 {
		a.Addr = string(c.diffRun.bytes(v[4]))
	}
	return a
}

// inetAddress takes 2 items as Addr's arguments, 3 or 4 as Addr6's.
func (c *diffCall) inetAddress(v diffTuple) socket.Address {
	c.t.Helper()
	host, ok := v[0].(string)
	if !ok {
		c.t.Fatalf("a %T can't be a host in Go", v[0])
	}
	port := c.diffRun.int(v[1])
	switch len(v) {
	case 2:
		return socket.Addr(host, port)
	case 3:
		return socket.Addr6(host, port, c.uint32(v[2]), 0)
	}
	return socket.Addr6(host, port, c.uint32(v[2]), c.uint32(v[3]))
}

// diffInt returns n as an int, or as it is if Go's int is too short.
func diffInt(n int64) any {
	if int64(int(n)) == n {
		return int(n)
	}
	return n
}

// diffNumber returns an int or an int64.
func diffNumber(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

// int returns a value that Python takes for an int.
func (r *diffRun) int(v any) int {
	r.t.Helper()
	switch v := v.(type) {
	case int:
		return v
	case int64:
		if n, ok := diffInt(v).(int); ok {
			return n
		}
		r.t.Skipf("%d is no int of %d bits: run it on a 64-bit platform", v, strconv.IntSize)
	case diffFd:
		return int(v)
	case bool:
		if v {
			return 1
		}
		return 0
	case socket.AddressFamily:
		return int(v)
	case socket.SocketKind:
		return int(v)
	}
	r.t.Fatalf("a %T can't be an int in Go", v)
	return 0
}

// uint32 returns an int that Go has a uint32 for.
func (r *diffRun) uint32(v any) uint32 {
	r.t.Helper()
	n, ok := diffNumber(v)
	if !ok {
		n = int64(r.int(v))
	}
	if n < 0 || n > math.MaxUint32 {
		r.t.Fatalf("%d can't be a uint32 in Go", n)
	}
	return uint32(n)
}

// uint16 is the same for a uint16.
func (r *diffRun) uint16(v any) uint16 {
	r.t.Helper()
	n := r.int(v)
	if n < 0 || n > math.MaxUint16 {
		r.t.Fatalf("%d can't be a uint16 in Go", n)
	}
	return uint16(n)
}

// bytes returns a value that Python takes for bytes.
func (r *diffRun) bytes(v any) []byte {
	r.t.Helper()
	switch v := v.(type) {
	case []byte:
		return v
	case *diffBuffer:
		return v.b
	}
	r.t.Fatalf("a %T can't be bytes in Go", v)
	return nil
}

// items returns the items of a sequence, an address being Python's tuple.
func (r *diffRun) items(v any) []any {
	r.t.Helper()
	switch v := v.(type) {
	case diffTuple:
		return v
	case diffList:
		return v
	case socket.Address:
		return addressItems(v)
	}
	r.t.Fatalf("a %T has no items", v)
	return nil
}
