package socket

import (
	"fmt"
	"math"
	"strconv"

	"example.com/socket/internal/sockaddr"
)

// A VSOCKAddr is Python's (CID, port), the address of an AF_VSOCK socket:
// vsock(7). VMADDR_CID_ANY and VMADDR_PORT_ANY stand for any; an unbound socket
// has both. The second item's field is PortNum because Port is a method, as of
// every Address.
type VSOCKAddr struct {
	CID     uint32 // the context: VMADDR_CID_HOST, VMADDR_CID_LOCAL or a virtual machine's
	PortNum uint32 // the port, of 32 bits
}

// Family returns AF_VSOCK.
func (a VSOCKAddr) Family() AddressFamily { return AF_VSOCK }

// Host returns CID in decimal.
func (a VSOCKAddr) Host() string { return decimal(a.CID) }

// Port returns PortNum, as an int: where int has 32 bits, VMADDR_PORT_ANY is -1.
func (a VSOCKAddr) Port() int { return int(a.PortNum) }

// Network returns "vsock".
func (a VSOCKAddr) Network() string { return "vsock" }

// String returns the items: vsock:2:1234.
func (a VSOCKAddr) String() string { return fmt.Sprintf("vsock:%d:%d", a.CID, a.PortNum) }

// A QIPCRTRAddr is Python's (node, port), the address of an AF_QIPCRTR socket,
// with which the processors of a Qualcomm chip talk. The second item's field is
// PortNum because Port is a method, as of every Address.
type QIPCRTRAddr struct {
	Node    uint32
	PortNum uint32
}

// Family returns AF_QIPCRTR.
func (a QIPCRTRAddr) Family() AddressFamily { return AF_QIPCRTR }

// Host returns Node in decimal.
func (a QIPCRTRAddr) Host() string { return decimal(a.Node) }

// Port returns PortNum, as an int: negative above 0x7FFFFFFF where int has 32 bits.
func (a QIPCRTRAddr) Port() int { return int(a.PortNum) }

// Network returns "qipcrtr".
func (a QIPCRTRAddr) Network() string { return "qipcrtr" }

// String returns the items: qipcrtr:1:16384.
func (a QIPCRTRAddr) String() string { return fmt.Sprintf("qipcrtr:%d:%d", a.Node, a.PortNum) }

// A TIPCAddr is Python's (addr_type, v1, v2, v3, scope), the address of an
// AF_TIPC socket. AddrType says what the values are:
//
//	TIPC_ADDR_NAMESEQ  type, lower and upper instance
//	TIPC_ADDR_NAME     type, instance, 0; the kernel's come with the instance twice
//	TIPC_ADDR_ID       node, reference, 0
//
// Scope is one of the TIPC scope constants, -128 to 127; left out, as 0, it is
// TIPC_CLUSTER_SCOPE, which is Python's default.
type TIPCAddr struct {
	AddrType   uint32
	V1, V2, V3 uint32
	Scope      int
}

// Family returns AF_TIPC.
func (a TIPCAddr) Family() AddressFamily { return AF_TIPC }

// Host returns AddrType in decimal.
func (a TIPCAddr) Host() string { return decimal(a.AddrType) }

// Port returns V1, as an int: negative above 0x7FFFFFFF where int has 32 bits.
func (a TIPCAddr) Port() int { return int(a.V1) }

// Network returns "tipc".
func (a TIPCAddr) Network() string { return "tipc" }

// String returns the items that count: tipc:nameseq:18888:0:17,
// tipc:name:18888:17, tipc:id:1:4711.
func (a TIPCAddr) String() string {
	switch a.AddrType {
	case TIPC_ADDR_NAMESEQ:
		return fmt.Sprintf("tipc:nameseq:%d:%d:%d", a.V1, a.V2, a.V3)
	case TIPC_ADDR_NAME:
		return fmt.Sprintf("tipc:name:%d:%d", a.V1, a.V2)
	case TIPC_ADDR_ID:
		return fmt.Sprintf("tipc:id:%d:%d", a.V1, a.V2)
	}
	return fmt.Sprintf("tipc:%d:%d:%d:%d", a.AddrType, a.V1, a.V2, a.V3)
}

func encodeTIPC(op string, a TIPCAddr, raw *sockaddr.Raw) error {
	scope := a.Scope
	if scope < math.MinInt8 || scope > math.MaxInt8 {
		return &ArgumentError{op, "scope", scope, "TIPC_ZONE_SCOPE, TIPC_CLUSTER_SCOPE or TIPC_NODE_SCOPE"}
	}
	if scope == 0 {
		scope = TIPC_CLUSTER_SCOPE
	}
	if raw.SetTIPC(sockaddr.TIPC{AddrType: a.AddrType, V1: a.V1, V2: a.V2, V3: a.V3, Scope: int8(scope)}) {
		return nil
	}
	return &ArgumentError{op, "addr_type", a.AddrType, "TIPC_ADDR_NAMESEQ, TIPC_ADDR_NAME or TIPC_ADDR_ID"}
}

func decodeTIPC(raw *sockaddr.Raw) Address {
	t, ok := raw.TIPC()
	if !ok {
		return nil
	}
	return TIPCAddr{AddrType: t.AddrType, V1: t.V1, V2: t.V2, V3: t.V3, Scope: int(t.Scope)}
}

// An ALGAddr is Python's (type, name, feat, mask), the address of an AF_ALG
// socket, which only Bind takes: the kernel's cipher or hash. Type is "hash",
// "skcipher", "aead" or "rng", of at most 13 bytes; Name is as /proc/crypto has
// it, of at most 63. Feat and Mask select among implementations, by the kernel's
// flags; Python takes the lower 16 bits of each.
type ALGAddr struct {
	Type, Name string
	Feat, Mask uint32
}

// Family returns AF_ALG.
func (a ALGAddr) Family() AddressFamily { return AF_ALG }

// Host returns Type.
func (a ALGAddr) Host() string { return a.Type }

// Port returns 0.
func (a ALGAddr) Port() int { return 0 }

// Network returns "alg".
func (a ALGAddr) Network() string { return "alg" }

// String returns type and name: alg:hash:sha256.
func (a ALGAddr) String() string { return "alg:" + a.Type + ":" + a.Name }

func encodeALG(op string, a ALGAddr, raw *sockaddr.Raw) error {
	if err := checkALGText(op, "AF_ALG type", a.Type, sockaddr.ALGTypeMax); err != nil {
		return err
	}
	if err := checkALGText(op, "AF_ALG name", a.Name, sockaddr.ALGNameMax); err != nil {
		return err
	}
	raw.SetALG(sockaddr.ALG{Type: a.Type, Name: a.Name, Feat: a.Feat, Mask: a.Mask})
	return nil
}

func checkALGText(op, name, text string, size int) error {
	if len(text) >= size {
		return &ArgumentError{op, name, text, "at most " + strconv.Itoa(size-1) + " bytes: " + name + " too long"}
	}
	return checkCString(op, name, text)
}

func decodeALG(raw *sockaddr.Raw) Address {
	a, ok := raw.ALG()
	if !ok {
		return nil
	}
	return ALGAddr{Type: a.Type, Name: a.Name, Feat: a.Feat, Mask: a.Mask}
}
