//go:build !socket_fallback

package fd

import (
	"unsafe"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// sysAccept accepts into sa, if it isn't nil. It tells the scheduler, since on a
// listener that others have made blocking it might wait.
func sysAccept(sysfd int, sa *sockaddr.Raw) (int, unix.Errno) {
	var addr, addrLen unsafe.Pointer
	if sa != nil {
		sa.Len = sockaddr.Size
		addr, addrLen = unsafe.Pointer(&sa.B), unsafe.Pointer(&sa.Len)
	}
	n, _, errno := unix.Syscall6(unix.SYS_ACCEPT4, uintptr(sysfd), uintptr(addr), uintptr(addrLen),
		unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0, 0)
	return int(n), errno
}
