package socket_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"golang.org/x/sys/unix"
)

// A wire is a pair of network namespaces with a cable between them: the interface
// veth0 in the one in which the test runs, veth1 in the other. All goes away with
// the test. The addresses are those for documentation (RFC 5737, RFC 3849).
type wire struct{ here, there int } // descriptors of the namespaces

const (
	hereIP, thereIP     = "192.0.2.1", "192.0.2.2"
	hereIP6, thereIP6   = "2001:db8::1", "2001:db8::2"
	hereLink, thereLink = "fe80::1", "fe80::2"
)

// wired lays a wire. The test must not be parallel: see ownNetwork.
func wired(t *testing.T) *wire {
	t.Helper()
	machine.Needs(t, machine.Programs) // ip(8), and its netlink messages
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip not found: apt-get install iproute2")
	}
	w := new(wire)
	for _, ns := range []*int{&w.there, &w.here} {
		ownNetwork(t)
		fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		must(t, err)
		t.Cleanup(func() { unix.Close(fd) })
		*ns = fd
	}
	create := fmt.Sprintf("link add veth0 type veth peer name veth1 netns /proc/%d/fd/%d", os.Getpid(), w.there)
	if out, err := ip(create); strings.Contains(out, "Unknown device type") || strings.Contains(out, "not supported") {
		t.Skipf("no veth: %v %s: modprobe veth", err, out)
	} else if err != nil {
		t.Fatalf("ip %s: %v\n%s", create, err, out)
	}
	here, there := linkMonitor(t), (*socket.Socket)(nil)
	ipDo(t, "link set veth0 addrgenmode none", "link set veth0 up", "address add "+hereIP+"/24 broadcast + dev veth0")
	w.inThere(t, func() {
		there = linkMonitor(t)
		ipDo(t, "link set veth1 addrgenmode none", "link set veth1 up", "address add "+thereIP+"/24 broadcast + dev veth1")
		wantUp(t, there, "veth1")
		addAddress(t, "veth1", netip.MustParsePrefix(thereIP6+"/64"))
		addAddress(t, "veth1", netip.MustParsePrefix(thereLink+"/64"))
	})
	wantUp(t, here, "veth0")
	addAddress(t, "veth0", netip.MustParsePrefix(hereIP6+"/64"))
	addAddress(t, "veth0", netip.MustParsePrefix(hereLink+"/64"))
	return w
}

// inThere calls f with the test's thread in the other namespace. A socket stays
// where it was made.
func (w *wire) inThere(t *testing.T, f func()) {
	t.Helper()
	must(t, unix.Setns(w.there, unix.CLONE_NEWNET))
	// Also when f ends the test: the clean-ups run in the namespace that they know.
	defer unix.Setns(w.here, unix.CLONE_NEWNET)
	f()
}

// boundThere returns a socket of the other end that is bound to addr, and its name.
func (w *wire) boundThere(t *testing.T, addr socket.Address, args ...socket.Arg) (s *socket.Socket, name socket.Address) {
	t.Helper()
	w.inThere(t, func() { s, name = bound(t, addr, args...) })
	return s, name
}

// bound returns a socket with a timeout that is bound to addr, and its name.
func bound(t *testing.T, addr socket.Address, args ...socket.Arg) (*socket.Socket, socket.Address) {
	t.Helper()
	s := sock(t, args...)
	must(t, s.SetTimeout(patience))
	must(t, s.Bind(addr))
	name, err := s.GetSockName()
	must(t, err)
	return s, name
}

// listenThere returns a listener of the other end, and its name.
func (w *wire) listenThere(t *testing.T, addr socket.Address, args ...socket.Arg) (*socket.Socket, socket.Address) {
	t.Helper()
	l, name := w.boundThere(t, addr, args...)
	must(t, l.Listen())
	return l, name
}

// stream returns the two ends of a TCP connection over the wire.
func (w *wire) stream(t *testing.T) (here, there *socket.Socket) {
	t.Helper()
	l, addr := w.listenThere(t, socket.Addr(thereIP, 0))
	here = sock(t)
	must(t, here.SetTimeout(patience))
	must(t, here.Connect(addr))
	there, _, err := l.Accept()
	must(t, err)
	t.Cleanup(func() { there.Close() })
	must(t, there.SetTimeout(patience))
	return here, there
}

// cut makes the wire lose all that is sent from here to the other end's IPv4
// address, until the function that it returns is called: the frames go to a
// hardware address that nobody has.
func (w *wire) cut(t *testing.T) (mend func()) {
	t.Helper()
	var lladdr string
	w.inThere(t, func() { lladdr = hardwareAddr(t, "veth1") })
	ipDo(t, deafNeighbor(thereIP))
	return func() {
		t.Helper()
		ipDo(t, neighbor(thereIP, lladdr))
	}
}

// neighbor is a command of ip(8) that says which hardware address has host.
func neighbor(host, lladdr string) string {
	return "neighbor replace " + host + " dev veth0 nud permanent lladdr " + lladdr
}

// deafNeighbor is neighbor with an address that nobody has.
func deafNeighbor(host string) string { return neighbor(host, "02:00:00:00:00:99") }

// hardwareAddr returns the interface's address as ip(8) wants it.
func hardwareAddr(t *testing.T, name string) string {
	t.Helper()
	s := sock(t, socket.AF_PACKET, socket.SOCK_DGRAM)
	must(t, s.Bind(socket.PacketAddr{IfName: name}))
	addr, err := s.GetSockName()
	must(t, err)
	text := fmt.Sprintf("% x", addr.(socket.PacketAddr).Addr)
	return strings.ReplaceAll(text, " ", ":")
}

// ip runs ip(8) in the thread's namespace, with one command a line.
func ip(lines ...string) (string, error) {
	cmd := exec.Command("ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func ipDo(t *testing.T, lines ...string) {
	t.Helper()
	if out, err := ip(lines...); err != nil {
		t.Fatalf("ip: %v\n%s\n%s", err, out, strings.Join(lines, "\n"))
	}
}

// linkMonitor returns a socket that hears of changes to interfaces.
func linkMonitor(t *testing.T) *socket.Socket {
	t.Helper()
	s := sock(t, socket.AF_NETLINK, socket.SOCK_RAW, socket.Proto(socket.NETLINK_ROUTE))
	must(t, s.SetTimeout(patience))
	must(t, s.Bind(socket.NetlinkAddr{Groups: unix.RTMGRP_LINK}))
	return s
}

// wantUp waits for the interface to carry packets: the kernel announces that from
// a worker of its own, after the command that brought it up.
func wantUp(t *testing.T, monitor *socket.Socket, name string) {
	t.Helper()
	const flagsOff = 8    // in struct ifinfomsg
	const operStateUp = 6 // IF_OPER_UP of linux/if.h
	isUp := func(m syscall.NetlinkMessage) bool {
		if m.Header.Type != unix.RTM_NEWLINK || linkName(t, m) != name {
			return false
		}
		attributes, err := syscall.ParseNetlinkRouteAttr(&m)
		must(t, err)
		return native.Uint32(m.Data[flagsOff:])&unix.IFF_LOWER_UP != 0 &&
			slices.ContainsFunc(attributes, func(a syscall.NetlinkRouteAttr) bool {
				return a.Attr.Type == unix.IFLA_OPERSTATE && a.Value[0] == operStateUp
			})
	}
	for !slices.ContainsFunc(answer(t, monitor, unix.RTMGRP_LINK), isUp) {
	}
}

// tune writes a setting of the thread's network: proc(5), /proc/sys/net.
func tune(t *testing.T, name, value string) {
	t.Helper()
	must(t, os.WriteFile("/proc/sys/net/"+name, []byte(value), 0))
}
