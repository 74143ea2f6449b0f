//go:build linux

package socket_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"example.com/socket"
)

// The functions of Python's module that make no socket, and the arguments that
// they and the message calls take.

func init() {
	for name, f := range map[string]func(*diffCall) (any, error){
		"CMSG_LEN":   func(c *diffCall) (any, error) { return socket.CmsgLen(c.int(0)), nil },
		"CMSG_SPACE": func(c *diffCall) (any, error) { return socket.CmsgSpace(c.int(0)), nil },
		"send_fds":   (*diffCall).sendFds,
		"recv_fds":   (*diffCall).recvFds,

		"htons": func(c *diffCall) (any, error) { return int(socket.Htons(c.uint16(c.at(0)))), nil },
		"htonl": func(c *diffCall) (any, error) { return int64(socket.Htonl(c.uint32(c.at(0)))), nil },
		"ntohs": func(c *diffCall) (any, error) { return int(socket.Ntohs(c.uint16(c.at(0)))), nil },
		"ntohl": func(c *diffCall) (any, error) { return int64(socket.Ntohl(c.uint32(c.at(0)))), nil },
		"inet_aton": func(c *diffCall) (any, error) {
			b, err := socket.InetAton(c.text(0))
			return diffResult(b[:], err)
		},
		"inet_ntoa": func(c *diffCall) (any, error) { return socket.InetNtoa([4]byte(c.bytes(0))), nil },
		"inet_pton": func(c *diffCall) (any, error) {
			return diffResult(socket.InetPton(socket.AddressFamily(c.int(0)), c.text(1)))
		},
		"inet_ntop": func(c *diffCall) (any, error) {
			return diffResult(socket.InetNtop(socket.AddressFamily(c.int(0)), c.bytes(1)))
		},

		"if_nameindex":   (*diffCall).ifNameIndex,
		"if_nametoindex": func(c *diffCall) (any, error) { return diffResult(socket.IfNameToIndex(c.text(0))) },
		"if_indextoname": func(c *diffCall) (any, error) { return diffResult(socket.IfIndexToName(c.int(0))) },

		"getaddrinfo":      (*diffCall).getAddrInfo,
		"getnameinfo":      func(c *diffCall) (any, error) { return pair(socket.GetNameInfo(c.addr(0), c.int(1))) },
		"gethostbyname":    func(c *diffCall) (any, error) { return diffResult(socket.GetHostByName(c.text(0))) },
		"gethostbyname_ex": func(c *diffCall) (any, error) { return hostEntry(socket.GetHostByNameEx(c.text(0))) },
		"gethostbyaddr":    func(c *diffCall) (any, error) { return hostEntry(socket.GetHostByAddr(c.text(0))) },
		"gethostname":      func(*diffCall) (any, error) { return diffResult(socket.GetHostName()) },
		"getservbyname":    func(c *diffCall) (any, error) { return diffResult(socket.GetServByName(c.text(0), c.texts(1)...)) },
		"getservbyport":    func(c *diffCall) (any, error) { return diffResult(socket.GetServByPort(c.int(0), c.texts(1)...)) },
		"getprotobyname":   func(c *diffCall) (any, error) { return diffResult(socket.GetProtoByName(c.text(0))) },
	} {
		diffFunctions[name] = f
	}
}

// diffFileMethods are the methods of files, by name.
var diffFileMethods = map[string]func(*os.File, *diffCall) (any, error){
	"close": func(f *os.File, _ *diffCall) (any, error) { return nil, f.Close() },
	"seek": func(f *os.File, c *diffCall) (any, error) {
		n, err := f.Seek(int64(c.int(0)), io.SeekStart)
		return diffResult(int(n), err)
	},
	"tell": func(f *os.File, _ *diffCall) (any, error) {
		n, err := f.Seek(0, io.SeekCurrent)
		return diffResult(int(n), err)
	},
}

// sendFds is send_fds(sock, buffers, fds).
func (c *diffCall) sendFds() (any, error) {
	var fds []int
	for _, fd := range c.items(c.at(2)) {
		fds = append(fds, c.diffRun.int(fd))
	}
	return diffResult(socket.SendFds(c.socket(0), c.buffers(1), fds))
}

// recvFds is recv_fds(sock, bufsize, maxfds).
func (c *diffCall) recvFds() (any, error) {
	data, fds, flags, addr, err := socket.RecvFds(c.socket(0), c.int(1), c.int(2))
	var list diffList
	for _, fd := range fds {
		c.fds = append(c.fds, fd)
		list = append(list, diffFd(fd))
	}
	return diffResult(diffTuple{data, list, flags, addr}, err)
}

func (c *diffCall) ifNameIndex() (any, error) {
	interfaces, err := socket.IfNameIndex()
	var list diffList
	for _, i := range interfaces {
		list = append(list, diffTuple{i.Index, i.Name})
	}
	return diffResult(list, err)
}

// getAddrInfo is getaddrinfo(host, port, family=0, type=0, proto=0, flags=0).
func (c *diffCall) getAddrInfo() (any, error) {
	host := ""
	if c.at(0) != nil {
		host = c.text(0)
	}
	args := []socket.Arg{
		socket.AddressFamily(c.diffRun.int(c.arg(2, "family", 0))),
		socket.SocketKind(c.diffRun.int(c.arg(3, "type", 0))),
		socket.Proto(c.diffRun.int(c.arg(4, "proto", 0))),
		socket.AddressInfo(c.diffRun.int(c.arg(5, "flags", 0))),
	}
	switch port := c.at(1).(type) {
	case nil:
		return addrInfos(socket.GetAddrInfo(host, "", args...))
	case string:
		return addrInfos(socket.GetAddrInfo(host, port, args...))
	}
	return addrInfos(socket.GetAddrInfo(host, c.int(1), args...))
}

func addrInfos(infos []socket.AddrInfo, err error) (any, error) {
	var list diffList
	for _, i := range infos {
		list = append(list, diffTuple{i.Family, i.Kind, i.Proto, i.CanonName, i.Addr})
	}
	return diffResult(list, err)
}

func hostEntry(name string, aliases, addrs []string, err error) (any, error) {
	return diffResult(diffTuple{name, textList(aliases), textList(addrs)}, err)
}

func textList(texts []string) (list diffList) {
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}

// text returns argument i, a str.
func (c *diffCall) text(i int) string {
	c.t.Helper()
	s, ok := c.at(i).(string)
	if !ok {
		c.t.Fatalf("argument %d is a %T, want a string", i, c.at(i))
	}
	return s
}

// texts returns the arguments from i on.
func (c *diffCall) texts(i int) (texts []string) {
	c.t.Helper()
	for ; c.has(i); i++ {
		texts = append(texts, c.text(i))
	}
	return texts
}

// buffers returns argument i, a list of bytes or bytearrays.
func (c *diffCall) buffers(i int) (bufs [][]byte) {
	c.t.Helper()
	for _, b := range c.items(c.at(i)) {
		bufs = append(bufs, c.diffRun.bytes(b))
	}
	return bufs
}

// controlMessages returns argument i, a list of (level, type, data), or none.
func (c *diffCall) controlMessages(i int) (anc []socket.ControlMessage) {
	c.t.Helper()
	if !c.has(i) {
		return nil
	}
	for _, item := range c.items(c.at(i)) {
		v := c.items(item)
		anc = append(anc, socket.ControlMessage{
			Level: socket.Proto(c.diffRun.int(v[0])), Type: c.diffRun.int(v[1]), Data: c.diffRun.bytes(v[2]),
		})
	}
	return anc
}

// controlItems turns control messages into Python's tuples.
func (c *diffCall) controlItems(anc []socket.ControlMessage) (list diffList) {
	for _, m := range anc {
		list = append(list, diffTuple{m.Level, m.Type, c.controlData(m)})
	}
	return list
}

// controlData keeps descriptors to close them, and leaves out what differs from
// run to run.
func (c *diffCall) controlData(m socket.ControlMessage) any {
	if m.Level != socket.SOL_SOCKET {
		return m.Data
	}
	switch m.Type {
	case socket.SCM_RIGHTS:
		n := len(m.Data) / 4
		for i := range n {
			c.fds = append(c.fds, int(binary.NativeEndian.Uint32(m.Data[4*i:])))
		}
		return diffText(fmt.Sprintf("<%d descriptors, %d bytes>", n, len(m.Data)))
	case socket.SCM_CREDENTIALS:
		pid := binary.NativeEndian.AppendUint32(nil, uint32(os.Getpid()))
		return bytes.ReplaceAll(m.Data, pid, []byte("<pid>"))
	}
	return m.Data
}

// file0 returns the first argument, a file.
func (c *diffCall) file0() *os.File {
	c.t.Helper()
	f, ok := c.at(0).(*os.File)
	if !ok {
		c.t.Fatalf("the argument is a %T, want a file", c.at(0))
	}
	return f
}
