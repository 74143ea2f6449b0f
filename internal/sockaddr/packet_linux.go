package sockaddr

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// struct sockaddr_ll, linux/if_packet.h.
const (
	packetProtoOff   = 2 // big-endian
	packetIfindexOff = 4
	packetHATypeOff  = 8
	packetTypeOff    = 10
	packetHALenOff   = 11
	packetAddrOff    = 12
	packetSize       = unix.SizeofSockaddrLinklayer

	// PacketAddrMax is the longest hardware address that sockaddr_ll has room
	// for. The kernel returns longer ones past its end, up to 32 bytes:
	// InfiniBand has 20.
	PacketAddrMax = packetSize - packetAddrOff
)

// Packet is what a sockaddr_ll says.
type Packet struct {
	Ifindex int
	Proto   uint16 // in host byte order
	PktType uint8
	HAType  uint16
	Addr    string
}

// SetPacket makes r a sockaddr_ll. It reports false if the hardware address is
// too long.
func (r *Raw) SetPacket(p Packet) bool {
	if len(p.Addr) > PacketAddrMax {
		return false
	}
	r.start(unix.AF_PACKET, packetSize)
	binary.BigEndian.PutUint16(r.B[packetProtoOff:], p.Proto)
	r.put32(packetIfindexOff, uint32(p.Ifindex))
	r.put16(packetHATypeOff, p.HAType)
	r.B[packetTypeOff] = p.PktType
	r.B[packetHALenOff] = byte(len(p.Addr))
	copy(r.B[packetAddrOff:], p.Addr)
	return true
}

// Packet reads a sockaddr_ll; ok is false if r is too short to be one. The
// hardware address ends where the kernel's answer does.
func (r *Raw) Packet() (p Packet, ok bool) {
	if r.Len < packetAddrOff {
		return p, false
	}
	b := r.Bytes()
	p = Packet{
		Ifindex: int(int32(r.get32(packetIfindexOff))),
		Proto:   binary.BigEndian.Uint16(r.B[packetProtoOff:]),
		PktType: r.B[packetTypeOff],
		HAType:  r.get16(packetHATypeOff),
		Addr:    string(b[packetAddrOff:min(packetAddrOff+int(r.B[packetHALenOff]), len(b))]),
	}
	return p, true
}
