package socket_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// Fuzz targets of what is only ever to be refused in good order, or to come back
// as it was sent. None may panic, loop, or leave a descriptor behind.

// noNameServer has every look-up that goes beyond /etc/hosts fail at once.
func noNameServer(t testing.TB) {
	useResolver(t, func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("there is no name server here")
	})
}

// poser returns a socket that takes a family's addresses, and that the kernel
// refuses all of them for, since it is of another family: nothing is ever sent.
func poser(t testing.TB, family socket.AddressFamily, proto socket.Proto) *socket.Socket {
	t.Helper()
	real := unix.AF_UNIX
	if family == socket.AF_UNIX {
		real = unix.AF_INET
	}
	fd, err := unix.Socket(real, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	s, err := socket.New(socket.Fileno(fd), family, socket.SOCK_DGRAM, proto)
	if err != nil {
		unix.Close(fd)
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// addressSeeds are hosts, paths, names of interfaces and of devices.
var addressSeeds = []string{
	"", "*", "<broadcast>", "localhost", "nosuch.invalid", "nosuch.invalid.", "..", "a..b", "é", "a\x00b", "\x00name", "@name",
	"127.0.0.1", "127.0.0.1:80", "[::1]", "::1", "fe80::1%lo", "fe80::1%", "::ffff:1.2.3.4", "1.2.3.4%lo", "0x7f.1", "4294967296",
	"lo", "nosuch0", "00:1A:7D:DA:71:13", "hash", "/", "/a/b", strings.Repeat("x", 15), strings.Repeat("x", 16),
	strings.Repeat("x", 64), strings.Repeat("x", 107), strings.Repeat("x", 108), strings.Repeat("x", 109), strings.Repeat("a.", 200),
}

// FuzzAddressArguments gives an address of each type to a socket of each family,
// as the argument of every call that takes one.
func FuzzAddressArguments(f *testing.F) {
	for i, s := range addressSeeds {
		f.Add(s, i*997, uint32(i), uint32(i))
	}
	f.Add("::1", -1, uint32(1<<20), ^uint32(0))
	f.Add("127.0.0.1", math.MaxInt, ^uint32(0), uint32(1))
	noNameServer(f)
	var sockets []*socket.Socket
	for _, c := range addressCases(f) {
		sockets = append(sockets, poser(f, c.family, c.proto))
	}
	for _, family := range []socket.AddressFamily{socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_RDS, socket.AF_X25} {
		sockets = append(sockets, poser(f, family, 0))
	}
	f.Fuzz(func(t *testing.T, text string, port int, a, b uint32) {
		addrs := []socket.Address{
			socket.Addr(text, port), socket.Addr6(text, port, a, b), socket.UnixAddr(text),
			socket.NetlinkAddr{PID: a, Groups: b}, socket.VSOCKAddr{CID: a, PortNum: b}, socket.QIPCRTRAddr{Node: a, PortNum: b},
			socket.PacketAddr{IfName: text, Proto: port, Addr: text}, socket.CANAddr{text}, socket.CANISOTPAddr{text, a, b},
			socket.CANJ1939Addr{IfName: text, PGN: a}, socket.ALGAddr{Type: text, Name: text, Feat: a, Mask: b},
			socket.TIPCAddr{AddrType: a, V1: b, Scope: port}, socket.BluetoothL2Addr{BDAddr: text},
			socket.BluetoothRCAddr{BDAddr: text}, socket.BluetoothHCIAddr{}, socket.BluetoothSCOAddr{BDAddr: text},
			socket.UnknownAddr{AF: socket.AddressFamily(port), Data: text},
		}
		for _, addr := range addrs {
			_ = fmt.Sprint(addr.String(), addr.Host(), addr.Port(), addr.Network(), addr.Family())
			socket.AddrPort(addr)
			for _, s := range sockets {
				sameRefusal(t, s, addr)
			}
		}
	})
}

// sameRefusal passes an address to each call that takes one. All must refuse it,
// for the same reason.
func sameRefusal(t *testing.T, s *socket.Socket, addr socket.Address) {
	t.Helper()
	refusals := map[string]error{"bind": s.Bind(addr), "connect": s.Connect(addr)}
	_, refusals["sendto"] = s.SendTo([]byte("x"), addr)
	_, refusals["sendmsg"] = s.SendMsg([][]byte{[]byte("x")}, nil, addr)
	errno, err := s.ConnectEx(addr)
	if err == nil && errno != 0 {
		err = &socket.Error{Op: "connect_ex", Errno: errno, Addr: addr}
	}
	refusals["connect_ex"] = err
	for name, err := range refusals {
		if err == nil {
			t.Fatalf("%s to %#v: no error of a socket of %v", name, addr, s.Family())
		}
		if !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s to %#v: error %q doesn't begin with the name of the call", name, addr, err)
		}
		if got, want := errorKind(err), errorKind(refusals["bind"]); got != want {
			t.Errorf("%s to %#v is %s (%v), bind %s (%v)", name, addr, got, err, want, refusals["bind"])
		}
	}
}

// FuzzNames looks up whatever it is, without a name server.
func FuzzNames(f *testing.F) {
	for i, s := range addressSeeds {
		f.Add(s, s, i)
	}
	noNameServer(f)
	f.Fuzz(func(t *testing.T, host, service string, n int) {
		check := func(what string, err error) {
			if err != nil && err.Error() == "" {
				t.Errorf("%s: an error without a text", what)
			}
		}
		_, err := socket.GetHostByName(host)
		check("GetHostByName", err)
		_, _, _, err = socket.GetHostByNameEx(host)
		check("GetHostByNameEx", err)
		_, _, _, err = socket.GetHostByAddr(host)
		check("GetHostByAddr", err)
		socket.GetFQDN(host)
		infos, err := socket.GetAddrInfo(host, service, socket.AddressInfo(n&0xFFF))
		check("GetAddrInfo", err)
		if (err == nil) != (len(infos) > 0) {
			t.Errorf("GetAddrInfo: %d answers and error %v", len(infos), err)
		}
		_, err = socket.GetAddrInfo(host, n)
		check("GetAddrInfo", err)
		_, _, err = socket.GetNameInfo(socket.Addr(host, n), n)
		check("GetNameInfo", err)
		_, err = socket.GetServByName(host, service)
		check("GetServByName", err)
		_, err = socket.GetProtoByName(host)
		check("GetProtoByName", err)
		_, err = socket.IfNameToIndex(host)
		check("IfNameToIndex", err)
		_, err = socket.IfIndexToName(n)
		check("IfIndexToName", err)
	})
}

// FuzzUnixNames binds a socket to a path and to an abstract name, and reads the
// name back.
func FuzzUnixNames(f *testing.F) {
	machine.Needs(f, machine.LinuxCalls) // x/sys ends a name at a second NUL
	for _, s := range addressSeeds {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, name string) {
		// Nothing but a file in this folder.
		path := filepath.Join(dir, "s") + strings.ReplaceAll(name, "/", "_")
		sameUnixName(t, socket.UnixAddr(path))
		unix.Unlink(path)
		sameUnixName(t, socket.UnixAddr("\x00"+name))
	})
}

func sameUnixName(t *testing.T, addr socket.UnixAddr) {
	t.Helper()
	s, err := socket.New(socket.AF_UNIX, socket.SOCK_DGRAM)
	must(t, err)
	defer s.Close()
	abstract := addr[0] == 0
	switch err := s.Bind(addr); {
	case errors.Is(err, unix.EADDRINUSE), err != nil && len(addr) > 107,
		!abstract && strings.Contains(string(addr), "\x00"):
		return
	case err != nil:
		t.Fatalf("Bind(%q): %v", addr, err)
	}
	got, err := s.GetSockName()
	if diff := cmp.Diff(socket.Address(addr), got); diff != "" || err != nil {
		t.Errorf("GetSockName: %v (-want +got):\n%s", err, diff)
	}
	if n, err := s.SendTo([]byte("x"), addr); n != 1 || err != nil {
		t.Fatalf("SendTo(%q): %d, %v", addr, n, err)
	}
	_, from, err := s.RecvFrom(1)
	if diff := cmp.Diff(got, from); diff != "" || err != nil {
		t.Errorf("RecvFrom: %v (-want +got):\n%s", err, diff)
	}
}

// lowestFree returns the lowest number that is no descriptor. It differs from
// before if one was lost, for that has taken it.
func lowestFree(t *testing.T) int {
	t.Helper()
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
	must(t, err)
	must(t, unix.Close(fd))
	return fd
}

// FuzzControl sends control messages of any kind, several of them, and receives
// them in a room of any size. Numbers in SCM_RIGHTS are this process's own
// descriptors, or none: what comes are duplicates, which must be the only ones
// that are closed.
func FuzzControl(f *testing.F) {
	machine.Needs(f, machine.Control, machine.LargeControl, machine.Truncation)
	rights := native.AppendUint32(native.AppendUint32(nil, 0), 1)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, rights, uint8(1), 100, false)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, rights, uint8(3), socket.CmsgLen(4), true)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, rights[:7], uint8(1), socket.CmsgLen(7), false)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, rights, uint8(1), socket.CmsgLen(3), true)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, make([]byte, 4*253), uint8(1), 1<<20, false)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, make([]byte, 4*254), uint8(1), 1<<20, false)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, []byte("\xff\xff\xff\xff"), uint8(1), 24, false)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_RIGHTS, []byte(nil), uint8(200), 0, true)
	f.Add(int(socket.SOL_SOCKET), unix.SCM_CREDENTIALS, make([]byte, 12), uint8(2), 64, true)
	f.Add(int(socket.IPPROTO_IP), unix.IP_TOS, []byte{0}, uint8(1), -1, false)
	f.Add(-1, -1, []byte("x"), uint8(255), math.MaxInt32, true)
	f.Add(math.MaxInt, math.MinInt, []byte("x"), uint8(1), math.MaxInt, true)
	f.Fuzz(func(t *testing.T, level, typ int, data []byte, many uint8, ancSize int, more bool) {
		free := lowestFree(t)
		a, b, err := socket.SocketPair(socket.SOCK_DGRAM)
		must(t, err)
		must(t, b.SetTimeout(0))
		if more {
			must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1))
			must(t, b.SetSockOpt(socket.SOL_SOCKET, unix.SO_TIMESTAMP, 1))
		}
		anc := slices.Repeat([]socket.ControlMessage{{socket.Proto(level), typ, data}}, int(many))
		n, sent := a.SendMsg([][]byte{[]byte("x")}, anc, nil)
		if sent == nil && n != 1 {
			t.Errorf("SendMsg: %d", n)
		}
		receiveControl(t, b, ancSize, sent == nil)
		must(t, a.Close())
		must(t, b.Close())
		if now := lowestFree(t); now != free {
			t.Errorf("descriptor %d is left", min(now, free))
		}
	})
}

// receiveControl receives twice, the first time with MSG_PEEK, and closes all
// descriptors that come.
func receiveControl(t *testing.T, s *socket.Socket, ancSize int, there bool) {
	t.Helper()
	for _, flag := range []socket.MsgFlag{socket.MSG_PEEK, 0} {
		n, anc, _, _, err := s.RecvMsgInto([][]byte{make([]byte, 4)}, ancSize, flag)
		var wrong *socket.ArgumentError
		switch {
		case ancSize < 0 || ancSize > math.MaxInt32:
			if !errors.As(err, &wrong) {
				t.Errorf("ancSize %d: got error %v, want an ArgumentError", ancSize, err)
			}
			continue
		case !there:
			if !errors.Is(err, socket.ErrBlockingIO) {
				t.Errorf("nothing was sent: got %d, %v", n, err)
			}
			continue
		case err != nil || n != 1:
			t.Fatalf("RecvMsgInto: %d, %v, want 1", n, err)
		}
		room := 0
		for _, c := range anc {
			room += socket.CmsgLen(len(c.Data))
			if c.Level != socket.SOL_SOCKET || c.Type != unix.SCM_RIGHTS {
				continue
			}
			for data := c.Data; len(data) >= 4; data = data[4:] {
				must(t, unix.Close(int(native.Uint32(data))))
			}
		}
		if room > ancSize {
			t.Errorf("control messages of %d bytes came, there was room for %d", room, ancSize)
		}
	}
}

// FuzzControlMessages takes a control buffer apart as if the kernel had filled
// it.
func FuzzControlMessages(f *testing.F) {
	machine.Needs(f, machine.Control, machine.LargeControl, machine.Truncation)
	head := func(length uint64) []byte {
		return native.AppendUint32(native.AppendUint32(native.AppendUint64(nil, length), 1), 1)
	}
	for _, length := range []uint64{0, 1, 15, 16, 17, 20, 24, 1 << 31, math.MaxInt64, math.MaxUint64 - 7, math.MaxUint64} {
		f.Add(head(length))
		f.Add(append(head(length), "12345678"...))
		f.Add(append(head(20), append([]byte("1234\x00\x00\x00\x00"), head(length)...)...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		items := socket.ControlMessages(b)
		if most := len(b) / socket.CmsgLen(0); len(items) > most {
			t.Fatalf("%d control messages in %d bytes", len(items), len(b))
		}
		before := fmt.Sprint(items)
		for i := range items {
			// Memory of its own each: to write behind one changes no other.
			_ = append(items[i].Data, "xxxxxxxxxxxxxxxxxxxxxxxx"...)
		}
		if after := fmt.Sprint(items); after != before {
			t.Errorf("they share memory:\n%s\n%s", before, after)
		}
	})
}

// FuzzStrings writes numbers of all kinds by their names.
func FuzzStrings(f *testing.F) {
	for _, n := range []int{0, 1, -1, 2, 10, 0x42, 0x300000, 1 << 30, math.MaxInt32, math.MinInt32, math.MaxInt, math.MinInt} {
		f.Add(n, n)
	}
	f.Fuzz(func(t *testing.T, n, m int) {
		for name, make := range stringers {
			if text := make(n).String(); text == "" {
				t.Errorf("%s(%d) has no text", name, n)
			}
		}
		sameFlags(t, "MsgFlag", n)
		sameFlags(t, "AddressInfo", n)
		_ = fmt.Sprint(socket.Proto(n), socket.Fileno(n), &socket.Error{Op: "x", Errno: unix.Errno(m)},
			&socket.GAIError{Code: n}, &socket.HError{Code: n}, &socket.ArgumentError{Op: "x", Name: "n", Value: n})
		a, err := socket.New(socket.AddressFamily(n), socket.SocketKind(m), socket.Fileno(-1))
		if err == nil {
			t.Errorf("a socket of descriptor -1: %v", a)
			a.Close()
		}
		zero := new(socket.Socket)
		_ = zero.String()
		odd := socket.CANJ1939Addr{IfName: strconv.Itoa(n), Name: uint64(m), PGN: uint32(n), Addr: uint8(m)}
		_ = fmt.Sprint(odd, socket.UnknownAddr{AF: socket.AddressFamily(n)}, socket.TIPCAddr{AddrType: uint32(n), Scope: m})
	})
}

// sameFlags adds up the flags that a text names.
func sameFlags(t *testing.T, enum string, n int) {
	t.Helper()
	text, sum := stringers[enum](n).String(), 0
	for _, part := range strings.Split(text, "|") {
		value, err := strconv.Atoi(part)
		for bit := 0; err != nil && bit < 32; bit++ {
			if stringers[enum](1<<bit).String() == part {
				value, err = 1<<bit, nil
			}
		}
		if err != nil || sum&value != 0 {
			t.Fatalf("%s(%d) is %s: %q is no flag, or there twice", enum, n, text, part)
		}
		sum |= value
	}
	if sum != n {
		t.Errorf("%s(%d) is %s, which is %d", enum, n, text, sum)
	}
}
