//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package fd

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func sysGetsockopt(sysfd, level, opt int, p []byte) (int, unix.Errno) {
	size := uint32(len(p))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(sysfd), uintptr(level), uintptr(opt),
		uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(unsafe.Pointer(&size)), 0)
	return int(size), errno
}

func sysSetsockopt(sysfd, level, opt int, p []byte, size int) unix.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(sysfd), uintptr(level), uintptr(opt),
		uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(size), 0)
	return errno
}
