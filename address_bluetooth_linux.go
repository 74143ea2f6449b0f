package socket

import (
	"fmt"
	"strconv"

	"example.com/socket/internal/sockaddr"
)

// A BluetoothL2Addr is Python's (bdaddr, psm[, cid[, bdaddr_type]]), the address
// of an AF_BLUETOOTH socket with the protocol BTPROTO_L2CAP. BDAddr is six
// hexadecimal bytes with colons, in upper case where it comes from the kernel;
// BDADDR_ANY is any adapter. CID and BDAddrType, which Python has since 3.14, are
// for Bluetooth Low Energy; BDADDR_BREDR is the zero type.
type BluetoothL2Addr struct {
	BDAddr     string
	PSM        uint16
	CID        uint16
	BDAddrType uint8
}

// Family returns AF_BLUETOOTH.
func (a BluetoothL2Addr) Family() AddressFamily { return AF_BLUETOOTH }

// Host returns BDAddr.
func (a BluetoothL2Addr) Host() string { return a.BDAddr }

// Port returns PSM.
func (a BluetoothL2Addr) Port() int { return int(a.PSM) }

// Network returns "l2cap".
func (a BluetoothL2Addr) Network() string { return "l2cap" }

// String returns device and PSM: l2cap:[00:1A:7D:DA:71:13]:4097.
func (a BluetoothL2Addr) String() string { return fmt.Sprintf("l2cap:[%s]:%d", a.BDAddr, a.PSM) }

// A BluetoothRCAddr is Python's (bdaddr, channel), the address of an
// AF_BLUETOOTH socket with the protocol BTPROTO_RFCOMM. BDAddr is as in a
// BluetoothL2Addr. Channel is 1 to 30; 0 lets Bind choose.
type BluetoothRCAddr struct {
	BDAddr  string
	Channel uint8
}

// Family returns AF_BLUETOOTH.
func (a BluetoothRCAddr) Family() AddressFamily { return AF_BLUETOOTH }

// Host returns BDAddr.
func (a BluetoothRCAddr) Host() string { return a.BDAddr }

// Port returns Channel.
func (a BluetoothRCAddr) Port() int { return int(a.Channel) }

// Network returns "rfcomm".
func (a BluetoothRCAddr) Network() string { return "rfcomm" }

// String returns device and channel: rfcomm:[00:1A:7D:DA:71:13]:3.
func (a BluetoothRCAddr) String() string { return fmt.Sprintf("rfcomm:[%s]:%d", a.BDAddr, a.Channel) }

// A BluetoothHCIAddr is the address of an AF_BLUETOOTH socket with the protocol
// BTPROTO_HCI: Python's (device_id[, channel]), which it returns as a bare
// number. DevID is the adapter's number, HCI_DEV_NONE for none. Channel, which
// Python has since 3.14, is one of the HCI_CHANNEL constants; HCI_CHANNEL_RAW is
// the zero one.
type BluetoothHCIAddr struct {
	DevID   uint16
	Channel uint16
}

// Family returns AF_BLUETOOTH.
func (a BluetoothHCIAddr) Family() AddressFamily { return AF_BLUETOOTH }

// Host returns DevID in decimal.
func (a BluetoothHCIAddr) Host() string { return decimal(a.DevID) }

// Port returns Channel.
func (a BluetoothHCIAddr) Port() int { return int(a.Channel) }

// Network returns "hci".
func (a BluetoothHCIAddr) Network() string { return "hci" }

// String returns device and channel: hci:0:1.
func (a BluetoothHCIAddr) String() string { return fmt.Sprintf("hci:%d:%d", a.DevID, a.Channel) }

// A BluetoothSCOAddr is Python's bdaddr, a str or bytes without a tuple: the
// address of an AF_BLUETOOTH socket with the protocol BTPROTO_SCO. BDAddr is as
// in a BluetoothL2Addr.
type BluetoothSCOAddr struct {
	BDAddr string
}

// Family returns AF_BLUETOOTH.
func (a BluetoothSCOAddr) Family() AddressFamily { return AF_BLUETOOTH }

// Host returns BDAddr.
func (a BluetoothSCOAddr) Host() string { return a.BDAddr }

// Port returns 0.
func (a BluetoothSCOAddr) Port() int { return 0 }

// Network returns "sco".
func (a BluetoothSCOAddr) Network() string { return "sco" }

// String returns the device: sco:[00:1A:7D:DA:71:13].
func (a BluetoothSCOAddr) String() string { return "sco:[" + a.BDAddr + "]" }

// encodeBluetooth writes the address that s's protocol takes.
func (s *Socket) encodeBluetooth(op string, addr Address, raw *sockaddr.Raw) error {
	switch a := addr.(type) {
	case BluetoothL2Addr:
		if s.proto == BTPROTO_L2CAP {
			b, err := parseBDAddr(op, a.BDAddr)
			raw.SetL2(sockaddr.L2{BDAddr: b, PSM: a.PSM, CID: a.CID, Type: a.BDAddrType})
			return err
		}
	case BluetoothRCAddr:
		if s.proto == BTPROTO_RFCOMM {
			b, err := parseBDAddr(op, a.BDAddr)
			raw.SetRC(b, a.Channel)
			return err
		}
	case BluetoothHCIAddr:
		if s.proto == BTPROTO_HCI {
			raw.SetHCI(a.DevID, a.Channel)
			return nil
		}
	case BluetoothSCOAddr:
		if s.proto == BTPROTO_SCO {
			b, err := parseBDAddr(op, a.BDAddr)
			raw.SetSCO(b)
			return err
		}
	}
	return wrongAddress(op, s, addr)
}

func parseBDAddr(op, text string) (sockaddr.BDAddr, error) {
	b, ok := sockaddr.ParseBDAddr(text)
	if !ok {
		return b, &ArgumentError{op, "bluetooth address", text, "six hexadecimal bytes: 00:1A:7D:DA:71:13"}
	}
	return b, nil
}

// decodeBluetooth reads the address as s's protocol has it.
func (s *Socket) decodeBluetooth(raw *sockaddr.Raw) Address {
	switch s.proto {
	case BTPROTO_L2CAP:
		if a, ok := raw.L2(); ok {
			return BluetoothL2Addr{BDAddr: a.BDAddr.String(), PSM: a.PSM, CID: a.CID, BDAddrType: a.Type}
		}
	case BTPROTO_RFCOMM:
		if b, channel, ok := raw.RC(); ok {
			return BluetoothRCAddr{BDAddr: b.String(), Channel: channel}
		}
	case BTPROTO_HCI:
		if dev, channel, ok := raw.HCI(); ok {
			return BluetoothHCIAddr{DevID: dev, Channel: channel}
		}
	case BTPROTO_SCO:
		if b, ok := raw.SCO(); ok {
			return BluetoothSCOAddr{BDAddr: b.String()}
		}
	}
	return nil
}

func bluetoothForm(proto Proto) string {
	switch proto {
	case BTPROTO_L2CAP:
		return "a BluetoothL2Addr"
	case BTPROTO_RFCOMM:
		return "a BluetoothRCAddr"
	case BTPROTO_HCI:
		return "a BluetoothHCIAddr"
	case BTPROTO_SCO:
		return "a BluetoothSCOAddr"
	}
	return "none: unknown Bluetooth protocol " + strconv.Itoa(int(proto))
}
