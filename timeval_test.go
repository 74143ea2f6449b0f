//go:build unix

package socket_test

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// timevalBytes returns a struct timeval as setsockopt(2) takes it.
func timevalBytes(tv unix.Timeval) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&tv)), unsafe.Sizeof(tv))...)
}
