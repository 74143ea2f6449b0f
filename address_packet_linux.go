package socket

import (
	"fmt"
	"net"
	"strconv"

	"example.com/socket/internal/sockaddr"
)

// A NetlinkAddr is Python's (pid, groups), the address of an AF_NETLINK socket:
// netlink(7). PID is the port of a socket, often its process's number; 0 is the
// kernel, or to Bind a number of the kernel's choice. Groups has a bit for each
// of the first 32 multicast groups.
type NetlinkAddr struct {
	PID, Groups uint32
}

// Family returns AF_NETLINK.
func (a NetlinkAddr) Family() AddressFamily { return AF_NETLINK }

// Host returns PID in decimal.
func (a NetlinkAddr) Host() string { return decimal(a.PID) }

// Port returns Groups, as an int: negative above 0x7FFFFFFF where int has 32 bits.
func (a NetlinkAddr) Port() int { return int(a.Groups) }

// Network returns "netlink".
func (a NetlinkAddr) Network() string { return "netlink" }

// String returns the items: netlink:1234:0x1.
func (a NetlinkAddr) String() string { return fmt.Sprintf("netlink:%d:%#x", a.PID, a.Groups) }

// A PacketAddr is Python's (ifname, proto, pkttype, hatype, addr), the address of
// an AF_PACKET socket: packet(7). Bind looks at IfName and Proto, where 0 keeps
// the protocol that the socket was made with; SendTo at IfName, Proto and, of a
// SOCK_DGRAM socket, Addr. RecvFrom fills in all.
//
// IfName must name an interface when it is given: the error is ENODEV otherwise.
// It is "" where none comes back, as from an unbound socket.
//
// Proto is an EtherType in host byte order, 0 to 65535: ETH_P_ALL, where New
// wants Proto(Htons(ETH_P_ALL)), as in Python.
//
// PktType is one of the PACKET constants, 0 to 255. HAType is an ARPHRD number, 0
// to 65535; Python shows those above 32767 as negative.
type PacketAddr struct {
	IfName  string
	Proto   int
	PktType int
	HAType  int
	// Addr is the hardware address, its raw bytes: at most 8 when it is given.
	// One that comes from the kernel can be longer: InfiniBand's have 20.
	// net.HardwareAddr(a.Addr) is Go's type for it.
	Addr string
}

// Family returns AF_PACKET.
func (a PacketAddr) Family() AddressFamily { return AF_PACKET }

// Host returns the interface's name.
func (a PacketAddr) Host() string { return a.IfName }

// Port returns the protocol.
func (a PacketAddr) Port() int { return a.Proto }

// Network returns "packet".
func (a PacketAddr) Network() string { return "packet" }

// String returns interface, protocol and hardware address:
// packet:eth0:0x0800:02:00:5e:10:00:01.
func (a PacketAddr) String() string {
	s := fmt.Sprintf("packet:%s:0x%04x", a.IfName, a.Proto)
	if a.Addr != "" {
		s += ":" + net.HardwareAddr(a.Addr).String()
	}
	return s
}

func (s *Socket) encodePacket(op string, a PacketAddr, raw *sockaddr.Raw) error {
	if err := checkPacket(op, a); err != nil {
		return err
	}
	index, err := s.ifIndex(op, a.IfName, a)
	if err != nil {
		return err
	}
	raw.SetPacket(sockaddr.Packet{
		Ifindex: index,
		Proto:   uint16(a.Proto),
		PktType: uint8(a.PktType),
		HAType:  uint16(a.HAType),
		Addr:    a.Addr,
	})
	return nil
}

func checkPacket(op string, a PacketAddr) error {
	if len(a.Addr) > sockaddr.PacketAddrMax {
		return &ArgumentError{op, "hardware address", net.HardwareAddr(a.Addr).String(),
			strconv.Itoa(sockaddr.PacketAddrMax) + " bytes or less"}
	}
	if a.Proto < 0 || a.Proto > 0xFFFF {
		return &ArgumentError{op, "proto", a.Proto, "0 to 65535"}
	}
	if a.PktType < 0 || a.PktType > 0xFF {
		return &ArgumentError{op, "pkttype", a.PktType, "0 to 255"}
	}
	if a.HAType < 0 || a.HAType > 0xFFFF {
		return &ArgumentError{op, "hatype", a.HAType, "0 to 65535"}
	}
	return nil
}

func (s *Socket) decodePacket(raw *sockaddr.Raw) Address {
	p, ok := raw.Packet()
	if !ok {
		return nil
	}
	return PacketAddr{
		IfName:  s.ifName(p.Ifindex),
		Proto:   int(p.Proto),
		PktType: int(p.PktType),
		HAType:  int(p.HAType),
		Addr:    p.Addr,
	}
}
