package socket

import (
	"fmt"
	"strconv"

	"example.com/socket/internal/sockaddr"
)

// afRDS is a family that takes InetAddr.
const afRDS = AF_RDS

// An UnknownAddr is an address that came from the kernel and that the package
// has no type for: Python's (family, bytes). It is also what an address becomes
// that is too short to be one of its family. It can't be given to a call, as in
// Python.
type UnknownAddr struct {
	AF AddressFamily
	// Data is what follows the family, as long as the kernel made it. Python's
	// is always 14 bytes, cut or filled up with zeros.
	Data string
}

// Family returns the family that the kernel gave.
func (a UnknownAddr) Family() AddressFamily { return a.AF }

// Host returns the family's number in decimal.
func (a UnknownAddr) Host() string { return strconv.Itoa(int(a.AF)) }

// Port returns 0.
func (a UnknownAddr) Port() int { return 0 }

// Network returns the family's name: "AF_X25".
func (a UnknownAddr) Network() string { return a.AF.String() }

// String returns the family's name and the bytes in hexadecimal: AF_X25:0011.
func (a UnknownAddr) String() string { return fmt.Sprintf("%s:%x", a.AF, a.Data) }

// encodeOther is encode for the families that Linux alone has.
func (s *Socket) encodeOther(op string, addr Address, raw *sockaddr.Raw) error {
	switch a := addr.(type) {
	case NetlinkAddr:
		if s.family == AF_NETLINK {
			raw.SetNetlink(a.PID, a.Groups)
			return nil
		}
	case PacketAddr:
		if s.family == AF_PACKET {
			return s.encodePacket(op, a, raw)
		}
	case VSOCKAddr:
		if s.family == AF_VSOCK {
			raw.SetVSOCK(a.CID, a.PortNum)
			return nil
		}
	case QIPCRTRAddr:
		if s.family == AF_QIPCRTR {
			raw.SetQIPCRTR(a.Node, a.PortNum)
			return nil
		}
	case TIPCAddr:
		if s.family == AF_TIPC {
			return encodeTIPC(op, a, raw)
		}
	case ALGAddr:
		if s.family == AF_ALG {
			return encodeALG(op, a, raw)
		}
	}
	switch s.family {
	case AF_CAN:
		return s.encodeCAN(op, addr, raw)
	case AF_BLUETOOTH:
		return s.encodeBluetooth(op, addr, raw)
	}
	return wrongAddress(op, s, addr)
}

// decodeOther is decode for the families that Linux alone has, and for
// addresses that no family's type fits.
func (s *Socket) decodeOther(raw *sockaddr.Raw) Address {
	if addr := s.decodeLinux(raw); addr != nil {
		return addr
	}
	return UnknownAddr{AF: AddressFamily(raw.Family()), Data: raw.Data()}
}

func (s *Socket) decodeLinux(raw *sockaddr.Raw) Address {
	switch AddressFamily(raw.Family()) {
	case AF_NETLINK:
		if pid, groups, ok := raw.Netlink(); ok {
			return NetlinkAddr{PID: pid, Groups: groups}
		}
	case AF_PACKET:
		return s.decodePacket(raw)
	case AF_VSOCK:
		if cid, port, ok := raw.VSOCK(); ok {
			return VSOCKAddr{CID: cid, PortNum: port}
		}
	case AF_QIPCRTR:
		if node, port, ok := raw.QIPCRTR(); ok {
			return QIPCRTRAddr{Node: node, PortNum: port}
		}
	case AF_TIPC:
		return decodeTIPC(raw)
	case AF_ALG:
		return decodeALG(raw)
	case AF_CAN:
		return s.decodeCAN(raw)
	case AF_BLUETOOTH:
		return s.decodeBluetooth(raw)
	}
	return nil
}

// otherForm names the Go type of the addresses of s's family and protocol.
func (s *Socket) otherForm() string {
	switch s.family {
	case AF_NETLINK:
		return "a NetlinkAddr"
	case AF_PACKET:
		return "a PacketAddr"
	case AF_VSOCK:
		return "a VSOCKAddr"
	case AF_QIPCRTR:
		return "a QIPCRTRAddr"
	case AF_TIPC:
		return "a TIPCAddr"
	case AF_ALG:
		return "an ALGAddr"
	case AF_CAN:
		return canForm(Proto(s.proto))
	case AF_BLUETOOTH:
		return bluetoothForm(Proto(s.proto))
	}
	return "none: its addresses are not known here"
}

// peersNameless reports whether accept(2) must not be asked for the peer's
// address: AF_ALG has none and answers ECONNABORTED.
func (s *Socket) peersNameless() bool { return s.family == AF_ALG }

// namesChange reports whether the same bytes can become a different address
// later: those of interfaces, which can be renamed.
func (s *Socket) namesChange() bool { return s.family == AF_PACKET || s.family == AF_CAN }

// ifIndex looks up an interface's name, which must have no NUL in it.
func (s *Socket) ifIndex(op, name string, addr Address) (int, error) {
	if err := checkCString(op, "interface name", name); err != nil {
		return 0, err
	}
	index, err := s.fd.InterfaceIndex(name)
	return index, failure(op, addr, err)
}

// ifName is an interface's name, "" if there is none, as in Python.
func (s *Socket) ifName(index int) string {
	if index == 0 {
		return ""
	}
	name, err := s.fd.InterfaceName(index)
	if err != nil {
		return ""
	}
	return name
}

// checkCString refuses a text that the kernel would see the beginning of.
func checkCString(op, name, text string) error {
	for i := range len(text) {
		if text[i] == 0 {
			return &ArgumentError{op, name, text, "a text without a NUL byte"}
		}
	}
	return nil
}

// decimal is Host for a first item that is a number.
func decimal[T ~uint8 | ~uint16 | ~uint32](n T) string { return strconv.FormatUint(uint64(n), 10) }
