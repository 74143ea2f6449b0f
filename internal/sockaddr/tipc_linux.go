package sockaddr

import "golang.org/x/sys/unix"

// struct sockaddr_tipc, linux/tipc.h: a union, of which the address type says
// what it holds.
const (
	tipcTypeOff  = 2
	tipcScopeOff = 3
	tipcSize     = unix.SizeofSockaddrTIPC

	// TIPC_ADDR_NAMESEQ: struct tipc_service_range.
	tipcSeqTypeOff  = 4
	tipcSeqLowerOff = 8
	tipcSeqUpperOff = 12
	// TIPC_ADDR_NAME: struct tipc_service_addr, and a domain, which stays 0.
	tipcNameTypeOff     = 4
	tipcNameInstanceOff = 8
	// TIPC_ADDR_ID: struct tipc_socket_addr.
	tipcIDRefOff  = 4
	tipcIDNodeOff = 8
)

// TIPC is what a sockaddr_tipc says. V1 to V3 are type, lower and upper of a
// name sequence; type and instance of a name, the instance again in V3 when it
// was read; node and reference of an identity.
type TIPC struct {
	AddrType   uint32
	V1, V2, V3 uint32
	Scope      int8
}

// SetTIPC makes r a sockaddr_tipc. It reports false if the address type is
// unknown.
func (r *Raw) SetTIPC(t TIPC) bool {
	r.start(unix.AF_TIPC, tipcSize)
	r.B[tipcTypeOff], r.B[tipcScopeOff] = byte(t.AddrType), byte(t.Scope)
	switch t.AddrType {
	case unix.TIPC_ADDR_NAMESEQ:
		r.put32(tipcSeqTypeOff, t.V1)
		r.put32(tipcSeqLowerOff, t.V2)
		r.put32(tipcSeqUpperOff, t.V3)
	case unix.TIPC_ADDR_NAME:
		r.put32(tipcNameTypeOff, t.V1)
		r.put32(tipcNameInstanceOff, t.V2)
	case unix.TIPC_ADDR_ID:
		r.put32(tipcIDNodeOff, t.V1)
		r.put32(tipcIDRefOff, t.V2)
	default:
		return false
	}
	return true
}

// TIPC reads a sockaddr_tipc; ok is false if r is too short to be one, or the
// address type is unknown.
func (r *Raw) TIPC() (t TIPC, ok bool) {
	if r.Len < tipcSize {
		return t, false
	}
	t = TIPC{AddrType: uint32(r.B[tipcTypeOff]), Scope: int8(r.B[tipcScopeOff])}
	switch t.AddrType {
	case unix.TIPC_ADDR_NAMESEQ:
		t.V1, t.V2, t.V3 = r.get32(tipcSeqTypeOff), r.get32(tipcSeqLowerOff), r.get32(tipcSeqUpperOff)
	case unix.TIPC_ADDR_NAME:
		t.V1, t.V2, t.V3 = r.get32(tipcNameTypeOff), r.get32(tipcNameInstanceOff), r.get32(tipcNameInstanceOff)
	case unix.TIPC_ADDR_ID:
		t.V1, t.V2 = r.get32(tipcIDNodeOff), r.get32(tipcIDRefOff)
	default:
		return TIPC{}, false
	}
	return t, true
}
