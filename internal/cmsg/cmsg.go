//go:build unix

// Package cmsg turns control messages (ancillary data) into the bytes that
// sendmsg(2) takes and recvmsg(2) fills in, and back: cmsg(3). It makes no
// system call.
package cmsg

import (
	"encoding/binary"
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxLen is the largest control buffer: msg_controllen is a C int on some
// systems, and CPython keeps to that everywhere.
const maxLen = math.MaxInt32

// dataOff is where an item's data begins: its header, rounded up to what the
// platform aligns items to. That is 16 on 64-bit Linux and 12 on 32-bit.
var dataOff = unix.CmsgLen(0)

// Len returns the length of an item with n bytes of data, without the padding
// after it: CMSG_LEN. ok is false if n is negative or the length too large.
func Len(n int) (size int, ok bool) {
	if n < 0 || n > maxLen-dataOff {
		return 0, false
	}
	return unix.CmsgLen(n), true
}

// Space returns the room that an item with n bytes of data takes up: CMSG_SPACE.
// ok is false if n is negative or the room too large, by CPython's reckoning,
// which leaves room for one more alignment.
func Space(n int) (size int, ok bool) {
	if n < 0 || n > maxLen-unix.CmsgSpace(1) {
		return 0, false
	}
	return unix.CmsgSpace(n), true
}

// Append adds an item to the control buffer b, padding included. The lengths
// must have been checked with Space.
func Append(b []byte, level, typ int, data []byte) []byte {
	h := unix.Cmsghdr{Level: int32(level), Type: int32(typ)}
	h.SetLen(unix.CmsgLen(len(data)))
	start, room := len(b), unix.CmsgSpace(len(data))
	b = append(b, headerBytes(&h)...)
	b = append(b, make([]byte, dataOff-unix.SizeofCmsghdr)...)
	b = append(b, data...)
	return append(b, make([]byte, start+room-len(b))...)
}

// An Item is one control message. Data shares the buffer's memory.
type Item struct {
	Level, Type int
	Data        []byte
}

// Next reads the first item of the control buffer b and returns what follows
// it. ok is false at the end, and where a length is less than a header's, for
// then nothing tells where the next item begins. An item that says that it goes
// on beyond the buffer was cut there by the kernel: it is returned as far as it
// came.
func Next(b []byte) (item Item, rest []byte, ok bool) {
	if len(b) < dataOff {
		return Item{}, nil, false
	}
	var h unix.Cmsghdr
	copy(headerBytes(&h), b)
	if uint64(h.Len) < uint64(dataOff) {
		return Item{}, nil, false
	}
	item = Item{Level: int(h.Level), Type: int(h.Type)}
	if uint64(h.Len) > uint64(len(b)) {
		item.Data = b[dataOff:len(b):len(b)]
		return item, nil, true
	}
	end := int(h.Len)
	item.Data = b[dataOff:end:end]
	return item, b[min(unix.CmsgSpace(end-dataOff), len(b)):], true
}

// Rights reports whether the item carries descriptors: SCM_RIGHTS.
func (i Item) Rights() bool { return i.Level == unix.SOL_SOCKET && i.Type == unix.SCM_RIGHTS }

// AppendFds adds the descriptors in an SCM_RIGHTS item's data to fds. Bytes at
// the end that don't make up a whole number are none.
func AppendFds(fds []int, data []byte) []int {
	for ; len(data) >= 4; data = data[4:] {
		fds = append(fds, int(int32(binary.NativeEndian.Uint32(data))))
	}
	return fds
}

// PutFds returns descriptors as an SCM_RIGHTS item's data.
func PutFds(fds []int) []byte {
	data := make([]byte, 0, 4*len(fds))
	for _, fd := range fds {
		data = binary.NativeEndian.AppendUint32(data, uint32(int32(fd)))
	}
	return data
}

// Descriptors returns all descriptors in a control buffer.
func Descriptors(b []byte) (fds []int) {
	for item, rest, ok := Next(b); ok; item, rest, ok = Next(rest) {
		if item.Rights() {
			fds = AppendFds(fds, item.Data)
		}
	}
	return fds
}

// WithoutRights returns a copy of a control buffer without its descriptors.
func WithoutRights(b []byte) (kept []byte) {
	for item, rest, ok := Next(b); ok; item, rest, ok = Next(rest) {
		if !item.Rights() {
			kept = Append(kept, item.Level, item.Type, item.Data)
		}
	}
	return kept
}

// headerBytes is h's memory: a control buffer needn't be aligned like a Cmsghdr.
func headerBytes(h *unix.Cmsghdr) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(h)), unix.SizeofCmsghdr)
}
