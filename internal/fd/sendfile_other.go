//go:build aix || netbsd || openbsd || solaris || (linux && socket_fallback)

package fd

import "golang.org/x/sys/unix"

// These systems have no sendfile(2), or one that x/sys doesn't offer in a form
// to rely on.
func sysSendFile(int, int, int64, int) (int, unix.Errno) { return 0, unix.ENOSYS }
