//go:build unix && race

package fd

import (
	"runtime"
	"unsafe"
)

// The race detector doesn't see the memory that a raw system call reads and
// writes (golang/go#35329). It is told here; and that what was received comes
// after what was sent, as package syscall tells it.

var ioSync byte

func raceReceived(p []byte, n int) {
	runtime.RaceAcquire(unsafe.Pointer(&ioSync))
	if n = min(n, len(p)); n > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(unsafe.SliceData(p)), n)
	}
}

// raceSending comes before the system call: what is received after it comes after
// all that was done until now.
func raceSending() { runtime.RaceReleaseMerge(unsafe.Pointer(&ioSync)) }

// raceSent comes after it, since only then it is known how much was read: to mark
// all of a large buffer at each attempt takes longer than to send it.
func raceSent(p []byte, n int) {
	if n = min(n, len(p)); n > 0 {
		runtime.RaceReadRange(unsafe.Pointer(unsafe.SliceData(p)), n)
	}
}
