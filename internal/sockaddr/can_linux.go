package sockaddr

import "golang.org/x/sys/unix"

// struct sockaddr_can, linux/can.h: the interface, and a union of what each
// protocol adds. The kernel returns it only as long as the protocol needs.
const (
	canIfindexOff = 4
	canRxIDOff    = 8
	canTxIDOff    = 12
	canNameOff    = 8
	canPGNOff     = 16
	canAddrOff    = 20
	canSize       = unix.SizeofSockaddrCAN
)

// SetCAN makes r the sockaddr_can of a CAN_RAW or CAN_BCM socket.
func (r *Raw) SetCAN(ifindex int) {
	r.start(unix.AF_CAN, canSize)
	r.put32(canIfindexOff, uint32(ifindex))
}

// CAN reads the interface in a sockaddr_can; ok is false if r is too short.
func (r *Raw) CAN() (ifindex int, ok bool) {
	if r.Len < canIfindexOff+4 {
		return 0, false
	}
	return int(int32(r.get32(canIfindexOff))), true
}

// SetCANISOTP makes r the sockaddr_can of a CAN_ISOTP socket.
func (r *Raw) SetCANISOTP(ifindex int, rxID, txID uint32) {
	r.SetCAN(ifindex)
	r.put32(canRxIDOff, rxID)
	r.put32(canTxIDOff, txID)
}

// CANISOTP reads the sockaddr_can of a CAN_ISOTP socket; ok is false if r is
// too short to be one.
func (r *Raw) CANISOTP() (ifindex int, rxID, txID uint32, ok bool) {
	if r.Len < canTxIDOff+4 {
		return 0, 0, 0, false
	}
	ifindex, ok = r.CAN()
	return ifindex, r.get32(canRxIDOff), r.get32(canTxIDOff), ok
}

// SetCANJ1939 makes r the sockaddr_can of a CAN_J1939 socket.
func (r *Raw) SetCANJ1939(ifindex int, name uint64, pgn uint32, addr uint8) {
	r.SetCAN(ifindex)
	r.put64(canNameOff, name)
	r.put32(canPGNOff, pgn)
	r.B[canAddrOff] = addr
}

// CANJ1939 reads the sockaddr_can of a CAN_J1939 socket; ok is false if r is too
// short to be one.
func (r *Raw) CANJ1939() (ifindex int, name uint64, pgn uint32, addr uint8, ok bool) {
	if r.Len < canAddrOff+1 {
		return 0, 0, 0, 0, false
	}
	ifindex, ok = r.CAN()
	return ifindex, r.get64(canNameOff), r.get32(canPGNOff), r.B[canAddrOff], ok
}
