package socket_test

import (
	"bytes"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"golang.org/x/sys/unix"
)

// opens returns a new socket with a timeout. Where the kernel has no such sockets
// the test is skipped with the cure; where it won't let this user have one, with
// that.
func opens(t *testing.T, cure string, args ...socket.Arg) *socket.Socket {
	t.Helper()
	s, err := socket.New(args...)
	failed, ok := err.(*socket.Error)
	switch {
	case err == nil:
	case !ok:
		t.Fatal(err)
	case failed.Errno == unix.EPERM || failed.Errno == unix.EACCES:
		t.Skipf("%v: %v: run as root", args, err)
	case failed.Errno == unix.EAFNOSUPPORT, failed.Errno == unix.EPROTONOSUPPORT,
		failed.Errno == unix.ESOCKTNOSUPPORT, failed.Errno == unix.ENODEV:
		t.Skipf("%v: %v: %s", args, err, cure)
	default:
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	must(t, s.SetTimeout(patience))
	return s
}

// ownNetwork moves the test into a network of its own, in which there is nothing
// but the loopback interface, and nobody else's traffic. The thread is never
// unlocked: it ends with the test, and the network with it. So that the cleanup
// finds the thread, the test must not be parallel.
func ownNetwork(t *testing.T) {
	t.Helper()
	machine.Needs(t, machine.LinuxCalls) // netlink
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespace (%v): run as root", err)
	}
	rtnetlink(t, unix.RTM_NEWLINK, 0, ifInfo(unix.IFF_UP, nil))
}

// ifInfo is a struct ifinfomsg about the loopback interface, to bring it up or
// down, and an attribute.
func ifInfo(flags uint32, attribute []byte) []byte {
	b := append(make([]byte, 4), 1, 0, 0, 0)
	native.PutUint32(b[4:], 1)
	b = native.AppendUint32(b, flags)
	b = native.AppendUint32(b, unix.IFF_UP) // what changes
	return append(b, attribute...)
}

// attribute is a struct rtattr with its padding.
func attribute(kind uint16, value []byte) []byte {
	b := native.AppendUint16(nil, uint16(4+len(value)))
	b = append(native.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

// addAddress gives an interface an IPv6 address, and waits for the route that
// makes the kernel take packets to it.
func addAddress(t *testing.T, ifName string, prefix netip.Prefix) {
	t.Helper()
	index, err := socket.IfNameToIndex(ifName)
	must(t, err)
	routes := sock(t, socket.AF_NETLINK, socket.SOCK_RAW, socket.Proto(socket.NETLINK_ROUTE))
	must(t, routes.SetTimeout(patience))
	const group = 1 << (unix.RTNLGRP_IPV6_ROUTE - 1)
	must(t, routes.Bind(socket.NetlinkAddr{Groups: group}))
	ip := prefix.Addr().AsSlice()
	// struct ifaddrmsg, without duplicate detection; the kernel finds the scope.
	b := []byte{unix.AF_INET6, byte(prefix.Bits()), unix.IFA_F_NODAD, 0, 0, 0, 0, 0}
	native.PutUint32(b[4:], uint32(index))
	b = append(b, attribute(unix.IFA_LOCAL, ip)...)
	rtnetlink(t, unix.RTM_NEWADDR, unix.NLM_F_CREATE, append(b, attribute(unix.IFA_ADDRESS, ip)...))
	announced := func(m syscall.NetlinkMessage) bool { return localRoute(t, m, ip) }
	for !slices.ContainsFunc(answer(t, routes, group), announced) {
	}
	routes.Close()
}

// localRoute reports whether m announces that the kernel takes packets to ip.
func localRoute(t *testing.T, m syscall.NetlinkMessage, ip []byte) bool {
	t.Helper()
	const typeOff = 7 // in struct rtmsg
	if m.Header.Type != unix.RTM_NEWROUTE || m.Data[typeOff] != unix.RTN_LOCAL {
		return false
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(&m)
	must(t, err)
	return slices.ContainsFunc(attributes, func(a syscall.NetlinkRouteAttr) bool {
		return a.Attr.Type == unix.RTA_DST && bytes.Equal(a.Value, ip)
	})
}

// rtnetlink makes a change by NETLINK_ROUTE: rtnetlink(7).
func rtnetlink(t *testing.T, kind, flags uint16, body []byte) {
	t.Helper()
	s := sock(t, socket.AF_NETLINK, socket.SOCK_RAW, socket.Proto(socket.NETLINK_ROUTE))
	defer s.Close()
	for _, m := range ask(t, s, kind, flags|unix.NLM_F_ACK, body) {
		if m.Header.Type != unix.NLMSG_ERROR {
			t.Fatalf("netlink answers with message type %d, want NLMSG_ERROR", m.Header.Type)
		}
		if errno := unix.Errno(-int32(native.Uint32(m.Data))); errno != 0 {
			t.Fatalf("netlink message type %d: %v", kind, errno)
		}
	}
}

// ask sends a request to the kernel and returns one datagram of its answer.
func ask(t *testing.T, s *socket.Socket, kind, flags uint16, body []byte) []syscall.NetlinkMessage {
	t.Helper()
	must(t, s.SetTimeout(patience))
	msg := native.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	msg = native.AppendUint16(msg, kind)
	msg = native.AppendUint16(msg, unix.NLM_F_REQUEST|flags)
	msg = append(msg, make([]byte, 8)...) // sequence and port
	if _, err := s.SendTo(append(msg, body...), socket.NetlinkAddr{}); err != nil {
		t.Fatal(err)
	}
	return answer(t, s, 0)
}

// answer receives one datagram, which must come from the kernel: to s alone, or
// to a multicast group.
func answer(t *testing.T, s *socket.Socket, groups uint32) []syscall.NetlinkMessage {
	t.Helper()
	data, from, err := s.RecvFrom(1 << 16)
	must(t, err)
	if want := (socket.NetlinkAddr{Groups: groups}); from != want {
		t.Errorf("the answer comes from %v, want %v", from, want)
	}
	messages, err := syscall.ParseNetlinkMessage(bytes.Clone(data))
	must(t, err)
	return messages
}

// needRoot skips the test for a user who may not open raw sockets.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("raw sockets: run as root")
	}
}
