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

func raceSending(p []byte) {
	runtime.RaceReleaseMerge(unsafe.Pointer(&ioSync))
	if len(p) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(unsafe.SliceData(p)), len(p))
	}
}
