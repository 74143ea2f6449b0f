//go:build unix && !aix

package socket_test

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// timevalBytes returns a struct timeval as setsockopt(2) takes it.
func timevalBytes(tv unix.Timeval) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&tv)), unsafe.Sizeof(tv))...)
}

// lingerBytes returns a struct linger as setsockopt(2) takes it.
func lingerBytes(on, seconds int32) []byte {
	l := unix.Linger{Onoff: on, Linger: seconds}
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&l)), unsafe.Sizeof(l))...)
}
