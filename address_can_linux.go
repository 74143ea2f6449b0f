package socket

import (
	"fmt"
	"strconv"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// A CANAddr is Python's (interface,), the address of an AF_CAN socket with the
// protocol CAN_RAW or CAN_BCM. The empty name stands for all CAN interfaces.
type CANAddr struct {
	IfName string
}

// Family returns AF_CAN.
func (a CANAddr) Family() AddressFamily { return AF_CAN }

// Host returns the interface's name.
func (a CANAddr) Host() string { return a.IfName }

// Port returns 0.
func (a CANAddr) Port() int { return 0 }

// Network returns "can".
func (a CANAddr) Network() string { return "can" }

// String returns can:vcan0, can:* for all interfaces.
func (a CANAddr) String() string { return "can:" + canName(a.IfName) }

// A CANISOTPAddr is Python's (interface, rx_id, tx_id), the address of an AF_CAN
// socket with the protocol CAN_ISOTP: the interface and the CAN identifiers to
// receive and to send with, with CAN_EFF_FLAG in them if they have 29 bits.
type CANISOTPAddr struct {
	IfName     string
	RxID, TxID uint32
}

// Family returns AF_CAN.
func (a CANISOTPAddr) Family() AddressFamily { return AF_CAN }

// Host returns the interface's name.
func (a CANISOTPAddr) Host() string { return a.IfName }

// Port returns RxID, as an int: negative above 0x7FFFFFFF where int has 32 bits.
func (a CANISOTPAddr) Port() int { return int(a.RxID) }

// Network returns "isotp".
func (a CANISOTPAddr) Network() string { return "isotp" }

// String returns the items: isotp:vcan0:0x7e0:0x7e8.
func (a CANISOTPAddr) String() string {
	return fmt.Sprintf("isotp:%s:%#x:%#x", canName(a.IfName), a.RxID, a.TxID)
}

// A CANJ1939Addr is Python's (interface, name, pgn, addr), the address of an
// AF_CAN socket with the protocol CAN_J1939. J1939_NO_NAME, J1939_NO_PGN and
// J1939_NO_ADDR stand for an item that isn't used; the zero PGN and the zero
// Addr are real ones.
type CANJ1939Addr struct {
	IfName string
	Name   uint64 // the 64-bit NAME of a control function
	PGN    uint32 // the parameter group's number
	Addr   uint8  // the dynamic address on the bus
}

// Family returns AF_CAN.
func (a CANJ1939Addr) Family() AddressFamily { return AF_CAN }

// Host returns the interface's name.
func (a CANJ1939Addr) Host() string { return a.IfName }

// Port returns 0: the second item, Name, is no port and needs 64 bits.
func (a CANJ1939Addr) Port() int { return 0 }

// Network returns "j1939".
func (a CANJ1939Addr) Network() string { return "j1939" }

// String returns the items: j1939:vcan0:0x0:0xea00:0x20.
func (a CANJ1939Addr) String() string {
	return fmt.Sprintf("j1939:%s:%#x:%#x:%#x", canName(a.IfName), a.Name, a.PGN, a.Addr)
}

func canName(ifname string) string {
	if ifname == "" {
		return "*"
	}
	return ifname
}

// encodeCAN writes the address that s's protocol takes.
func (s *Socket) encodeCAN(op string, addr Address, raw *sockaddr.Raw) error {
	switch a := addr.(type) {
	case CANAddr:
		if s.proto == CAN_RAW || s.proto == CAN_BCM {
			index, err := s.canIndex(op, a.IfName, a)
			raw.SetCAN(index)
			return err
		}
	case CANISOTPAddr:
		if s.proto == CAN_ISOTP {
			index, err := s.canIndex(op, a.IfName, a)
			raw.SetCANISOTP(index, a.RxID, a.TxID)
			return err
		}
	case CANJ1939Addr:
		if s.proto == CAN_J1939 {
			index, err := s.canIndex(op, a.IfName, a)
			raw.SetCANJ1939(index, a.Name, a.PGN, a.Addr)
			return err
		}
	}
	return wrongAddress(op, s, addr)
}

// canIndex looks up an interface, 0 for all of them.
func (s *Socket) canIndex(op, name string, addr Address) (int, error) {
	if name == "" {
		return 0, nil
	}
	if len(name) >= unix.IFNAMSIZ {
		return 0, &ArgumentError{op, "interface name", name,
			"at most " + strconv.Itoa(unix.IFNAMSIZ-1) + " bytes: AF_CAN interface name too long"}
	}
	return s.ifIndex(op, name, addr)
}

// decodeCAN reads the address as s's protocol has it. Like Python it takes that
// of a protocol that it doesn't know for a bare interface.
func (s *Socket) decodeCAN(raw *sockaddr.Raw) Address {
	switch s.proto {
	case CAN_ISOTP:
		if index, rxID, txID, ok := raw.CANISOTP(); ok {
			return CANISOTPAddr{IfName: s.ifName(index), RxID: rxID, TxID: txID}
		}
	case CAN_J1939:
		if index, name, pgn, addr, ok := raw.CANJ1939(); ok {
			return CANJ1939Addr{IfName: s.ifName(index), Name: name, PGN: pgn, Addr: addr}
		}
	default:
		if index, ok := raw.CAN(); ok {
			return CANAddr{IfName: s.ifName(index)}
		}
	}
	return nil
}

func canForm(proto Proto) string {
	switch proto {
	case CAN_RAW, CAN_BCM:
		return "a CANAddr"
	case CAN_ISOTP:
		return "a CANISOTPAddr"
	case CAN_J1939:
		return "a CANJ1939Addr"
	}
	return "none: unsupported CAN protocol " + strconv.Itoa(int(proto)) +
		", make the socket with Proto(CAN_RAW), CAN_BCM, CAN_ISOTP or CAN_J1939"
}
