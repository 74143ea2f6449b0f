//go:build unix && !aix && !(linux && socket_fallback)

package fd

import "golang.org/x/sys/unix"

// sysDup duplicates onto the lowest free number from least on, close-on-exec.
func sysDup(sysfd, least int) (int, error) {
	return unix.FcntlInt(uintptr(sysfd), unix.F_DUPFD_CLOEXEC, least)
}
