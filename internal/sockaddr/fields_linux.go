package sockaddr

import (
	"bytes"
	"encoding/binary"
)

// The families of these files exist on Linux alone. Their offsets are written
// out instead of taken from Go structs: the layouts are the same on every
// architecture, as the kernel pads them by hand or aligns them alike, and so
// nothing is read beyond the buffer however short an address is. Numbers are in
// the machine's byte order where a comment doesn't say otherwise.

func (r *Raw) get16(off int) uint16 { return binary.NativeEndian.Uint16(r.B[off:]) }
func (r *Raw) get32(off int) uint32 { return binary.NativeEndian.Uint32(r.B[off:]) }
func (r *Raw) get64(off int) uint64 { return binary.NativeEndian.Uint64(r.B[off:]) }

func (r *Raw) put16(off int, v uint16) { binary.NativeEndian.PutUint16(r.B[off:], v) }
func (r *Raw) put32(off int, v uint32) { binary.NativeEndian.PutUint32(r.B[off:], v) }
func (r *Raw) put64(off int, v uint64) { binary.NativeEndian.PutUint64(r.B[off:], v) }

// text reads a C string in a field of at most size bytes, of which the address
// may hold fewer.
func (r *Raw) text(off, size int) string {
	b := r.Bytes()
	b = b[min(off, len(b)):min(off+size, len(b))]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// Data returns what follows the family.
func (r *Raw) Data() string {
	b := r.Bytes()
	return string(b[min(2, len(b)):])
}
