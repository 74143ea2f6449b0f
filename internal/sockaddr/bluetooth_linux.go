package sockaddr

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The addresses of AF_BLUETOOTH, one struct for each protocol. bdaddr_t has the
// last byte of the text first (bluetooth/bluetooth.h). Numbers that travel over
// the air, the PSM and the channel identifier, are little-endian on every
// machine (bluetooth/l2cap.h); a controller's number and channel are not.
const (
	// struct sockaddr_l2, bluetooth/l2cap.h.
	l2PSMOff    = 2
	l2BDAddrOff = 4
	l2CIDOff    = 10
	l2TypeOff   = 12
	l2Size      = unix.SizeofSockaddrL2

	// struct sockaddr_rc, bluetooth/rfcomm.h.
	rcBDAddrOff  = 2
	rcChannelOff = 8
	rcSize       = unix.SizeofSockaddrRFCOMM

	// struct sockaddr_hci, bluetooth/hci.h.
	hciDevOff     = 2
	hciChannelOff = 4
	hciSize       = unix.SizeofSockaddrHCI

	// struct sockaddr_sco, bluetooth/sco.h.
	scoBDAddrOff = 2
	scoSize      = 8
)

// A BDAddr is a Bluetooth device address, its bytes in the order of the text.
type BDAddr [6]byte

// ParseBDAddr reads six hexadecimal bytes with colons between them.
func ParseBDAddr(text string) (b BDAddr, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != len(b) {
		return b, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 16, 8)
		if err != nil {
			return BDAddr{}, false
		}
		b[i] = byte(n)
	}
	return b, true
}

// String returns XX:XX:XX:XX:XX:XX.
func (b BDAddr) String() string {
	return fmt.Sprintf("%02X:%02X:%02X:%02X:%02X:%02X", b[0], b[1], b[2], b[3], b[4], b[5])
}

func (r *Raw) putBDAddr(off int, b BDAddr) {
	for i, v := range b {
		r.B[off+len(b)-1-i] = v
	}
}

func (r *Raw) getBDAddr(off int) (b BDAddr) {
	for i := range b {
		b[i] = r.B[off+len(b)-1-i]
	}
	return b
}

// L2 is what a sockaddr_l2 says.
type L2 struct {
	BDAddr   BDAddr
	PSM, CID uint16
	Type     uint8
}

// SetL2 makes r a sockaddr_l2.
func (r *Raw) SetL2(a L2) {
	r.start(unix.AF_BLUETOOTH, l2Size)
	binary.LittleEndian.PutUint16(r.B[l2PSMOff:], a.PSM)
	r.putBDAddr(l2BDAddrOff, a.BDAddr)
	binary.LittleEndian.PutUint16(r.B[l2CIDOff:], a.CID)
	r.B[l2TypeOff] = a.Type
}

// L2 reads a sockaddr_l2; ok is false if r is too short to be one.
func (r *Raw) L2() (a L2, ok bool) {
	if r.Len <= l2TypeOff {
		return a, false
	}
	a = L2{
		BDAddr: r.getBDAddr(l2BDAddrOff),
		PSM:    binary.LittleEndian.Uint16(r.B[l2PSMOff:]),
		CID:    binary.LittleEndian.Uint16(r.B[l2CIDOff:]),
		Type:   r.B[l2TypeOff],
	}
	return a, true
}

// SetRC makes r a sockaddr_rc.
func (r *Raw) SetRC(b BDAddr, channel uint8) {
	r.start(unix.AF_BLUETOOTH, rcSize)
	r.putBDAddr(rcBDAddrOff, b)
	r.B[rcChannelOff] = channel
}

// RC reads a sockaddr_rc; ok is false if r is too short to be one.
func (r *Raw) RC() (b BDAddr, channel uint8, ok bool) {
	if r.Len <= rcChannelOff {
		return b, 0, false
	}
	return r.getBDAddr(rcBDAddrOff), r.B[rcChannelOff], true
}

// SetHCI makes r a sockaddr_hci.
func (r *Raw) SetHCI(dev, channel uint16) {
	r.start(unix.AF_BLUETOOTH, hciSize)
	r.put16(hciDevOff, dev)
	r.put16(hciChannelOff, channel)
}

// HCI reads a sockaddr_hci; ok is false if r is too short to be one.
func (r *Raw) HCI() (dev, channel uint16, ok bool) {
	if r.Len < hciSize {
		return 0, 0, false
	}
	return r.get16(hciDevOff), r.get16(hciChannelOff), true
}

// SetSCO makes r a sockaddr_sco.
func (r *Raw) SetSCO(b BDAddr) {
	r.start(unix.AF_BLUETOOTH, scoSize)
	r.putBDAddr(scoBDAddrOff, b)
}

// SCO reads a sockaddr_sco; ok is false if r is too short to be one.
func (r *Raw) SCO() (b BDAddr, ok bool) {
	if r.Len < scoSize {
		return b, false
	}
	return r.getBDAddr(scoBDAddrOff), true
}
