//go:build aix || (linux && socket_fallback)

package fd

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// sysDup duplicates onto the lowest free number from least on, close-on-exec. AIX
// has no F_DUPFD_CLOEXEC.
func sysDup(sysfd, least int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	n, err := unix.FcntlInt(uintptr(sysfd), unix.F_DUPFD, least)
	if err == nil {
		unix.CloseOnExec(n)
	}
	return n, err
}
