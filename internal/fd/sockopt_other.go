//go:build solaris || aix

package fd

import "golang.org/x/sys/unix"

// x/sys has no getsockopt for bytes here and no way to call the libc's.
func sysGetsockopt(int, int, int, []byte) (int, unix.Errno) { return 0, unix.EOPNOTSUPP }

func sysSetsockopt(sysfd, level, opt int, p []byte, size int) unix.Errno {
	if p == nil && size != 0 {
		return unix.EOPNOTSUPP
	}
	return errnoOf(unix.SetsockoptString(sysfd, level, opt, string(p)))
}
