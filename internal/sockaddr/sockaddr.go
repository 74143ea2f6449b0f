//go:build unix

// Package sockaddr turns plain values into the bytes of the kernel's struct
// sockaddr and back, one pair of methods for each address family. It makes no
// system call and knows nothing of who uses the address.
package sockaddr

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Size is the room for any address: sizeof(struct sockaddr_storage).
const Size = 128

// Raw is one struct sockaddr: the first Len bytes of B. The zero value is an
// address of no length, which is how the kernel says that there is none.
type Raw struct {
	Len uint32
	B   [Size]byte
}

// The fields of sockaddr_in, sockaddr_in6 and sockaddr_un lie at the same
// offsets on every unix; only the two bytes that hold the family differ
// (family_len.go, family.go).
const (
	portOff = 2

	inet4AddrOff = 4
	inet4Size    = unix.SizeofSockaddrInet4

	inet6FlowOff  = 4
	inet6AddrOff  = 8
	inet6ScopeOff = 24
	inet6Size     = unix.SizeofSockaddrInet6

	unixPathOff = 2
	// UnixPathMax is the size of sun_path. A path needs one byte of it for
	// its NUL; an abstract name may fill it.
	UnixPathMax = unix.SizeofSockaddrUnix - unixPathOff
)

// Bytes returns the address as the kernel sees it. It shares r's memory.
func (r *Raw) Bytes() []byte { return r.B[:min(r.Len, Size)] }

// Equal reports whether two addresses are the same, byte for byte.
func (r *Raw) Equal(o *Raw) bool { return r.Len == o.Len && bytes.Equal(r.Bytes(), o.Bytes()) }

// Family returns the address family, AF_UNSPEC where there is no address.
func (r *Raw) Family() int {
	if r.Len < 2 {
		return unix.AF_UNSPEC
	}
	return r.family()
}

// SetInet4 makes r a sockaddr_in.
func (r *Raw) SetInet4(ip [4]byte, port uint16) {
	r.start(unix.AF_INET, inet4Size)
	binary.BigEndian.PutUint16(r.B[portOff:], port)
	copy(r.B[inet4AddrOff:], ip[:])
}

// Inet4 reads a sockaddr_in; ok is false if r is too short to be one.
func (r *Raw) Inet4() (ip [4]byte, port uint16, ok bool) {
	if r.Len < inet4AddrOff+4 {
		return ip, 0, false
	}
	copy(ip[:], r.B[inet4AddrOff:])
	return ip, binary.BigEndian.Uint16(r.B[portOff:]), true
}

// SetInet6 makes r a sockaddr_in6. The flow information is in host byte order.
func (r *Raw) SetInet6(ip [16]byte, port uint16, flowInfo, scopeID uint32) {
	r.start(unix.AF_INET6, inet6Size)
	binary.BigEndian.PutUint16(r.B[portOff:], port)
	binary.BigEndian.PutUint32(r.B[inet6FlowOff:], flowInfo)
	copy(r.B[inet6AddrOff:], ip[:])
	binary.NativeEndian.PutUint32(r.B[inet6ScopeOff:], scopeID)
}

// Inet6 reads a sockaddr_in6; ok is false if r is too short to be one. The flow
// information comes in host byte order.
func (r *Raw) Inet6() (ip [16]byte, port uint16, flowInfo, scopeID uint32, ok bool) {
	if r.Len < inet6ScopeOff+4 {
		return ip, 0, 0, 0, false
	}
	copy(ip[:], r.B[inet6AddrOff:])
	port = binary.BigEndian.Uint16(r.B[portOff:])
	flowInfo = binary.BigEndian.Uint32(r.B[inet6FlowOff:])
	scopeID = binary.NativeEndian.Uint32(r.B[inet6ScopeOff:])
	return ip, port, flowInfo, scopeID, true
}

// SetUnix makes r a sockaddr_un. A path is followed by a NUL; an abstract name
// (a leading NUL) and the empty name, which asks Linux for an abstract one of
// its choice, are not: unix(7). It reports false if the name is too long.
func (r *Raw) SetUnix(path string) bool {
	size := len(path)
	if path != "" && path[0] != 0 {
		size++
	}
	if size > UnixPathMax {
		return false
	}
	r.start(unix.AF_UNIX, unixPathOff+size)
	copy(r.B[unixPathOff:], path)
	return true
}

// Unix reads a sockaddr_un: a path up to its NUL, an abstract name whole, with
// its leading NUL, "" for a socket without a name.
func (r *Raw) Unix() string {
	end := min(r.Len, unixPathOff+UnixPathMax)
	if end <= unixPathOff {
		return ""
	}
	name := r.B[unixPathOff:end]
	if name[0] == 0 {
		return abstract(name)
	}
	if i := bytes.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	return string(name)
}

// start clears r and writes what all addresses begin with.
func (r *Raw) start(family, size int) {
	clear(r.B[:])
	r.Len = uint32(size)
	r.setFamily(family, size)
}
