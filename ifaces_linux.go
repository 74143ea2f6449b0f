package socket

import (
	"encoding/binary"
	"net/netip"
	"syscall"

	"example.com/socket/internal/fd"
	"golang.org/x/sys/unix"
)

// The kernel is asked by NETLINK_ROUTE, rtnetlink(7), as package net asks it. That
// gives up if a signal interrupts it (syscall.NetlinkRIB); the engine goes on.

// listInterfaces returns the machine's interfaces.
func listInterfaces() ([]Interface, error) {
	messages, err := dump(unix.RTM_GETLINK)
	if err != nil {
		return nil, err
	}
	var list []Interface
	for i := range messages {
		m := &messages[i]
		attrs, err := syscall.ParseNetlinkRouteAttr(m)
		if err != nil || m.Header.Type != unix.RTM_NEWLINK {
			continue
		}
		index := int(int32(binary.NativeEndian.Uint32(m.Data[4:]))) // struct ifinfomsg
		for _, a := range attrs {
			if a.Attr.Type == unix.IFLA_IFNAME {
				list = append(list, Interface{index, unix.ByteSliceToString(a.Value)})
			}
		}
	}
	return list, nil
}

// localIPs returns the addresses of all interfaces.
func localIPs() ([]netip.Addr, error) {
	messages, err := dump(unix.RTM_GETADDR)
	if err != nil {
		return nil, err
	}
	var ips []netip.Addr
	for i := range messages {
		attrs, err := syscall.ParseNetlinkRouteAttr(&messages[i])
		if err != nil || messages[i].Header.Type != unix.RTM_NEWADDR {
			continue
		}
		ips = append(ips, localIP(attrs))
	}
	return ips, nil
}

// localIP returns the address in an RTM_NEWADDR. IFA_ADDRESS is the peer's on a
// point-to-point interface; the own one is in IFA_LOCAL then, which IPv6 often
// leaves out.
func localIP(attrs []syscall.NetlinkRouteAttr) (ip netip.Addr) {
	for _, a := range attrs {
		if a.Attr.Type == unix.IFA_LOCAL || a.Attr.Type == unix.IFA_ADDRESS && !ip.IsValid() {
			ip, _ = netip.AddrFromSlice(a.Value)
		}
	}
	return ip
}

// dump returns all that the kernel has of one kind.
func dump(kind uint16) ([]syscall.NetlinkMessage, error) {
	f, err := fd.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Send(dumpRequest(kind), 0, fd.Forever); err != nil {
		return nil, err
	}
	var all []syscall.NetlinkMessage
	for {
		answer, err := f.RecvNew(1<<16, 0, fd.Forever)
		if err != nil {
			return nil, err
		}
		messages, err := syscall.ParseNetlinkMessage(answer)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			switch {
			case m.Header.Type == unix.NLMSG_DONE:
				return all, nil
			case m.Header.Type == unix.NLMSG_ERROR && len(m.Data) >= 4:
				return nil, unix.Errno(-int32(binary.NativeEndian.Uint32(m.Data)))
			}
			all = append(all, m)
		}
	}
}

// dumpRequest is a struct nlmsghdr, and a struct rtgenmsg with its padding.
func dumpRequest(kind uint16) []byte {
	const size = unix.SizeofNlMsghdr + 4
	b := binary.NativeEndian.AppendUint32(nil, size)
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	return append(b, make([]byte, size-len(b))...)
}
