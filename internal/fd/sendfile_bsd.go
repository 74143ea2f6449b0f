//go:build darwin || freebsd || dragonfly

package fd

import "golang.org/x/sys/unix"

// sysSendFile is sendfile(2) of the BSDs, which counts what was sent even if it
// then ran into EAGAIN or a signal.
func sysSendFile(sysfd, file int, offset int64, count int) (int, unix.Errno) {
	n, err := unix.Sendfile(sysfd, file, &offset, count)
	if n > 0 && (err == unix.EAGAIN || err == unix.EINTR || err == unix.EBUSY) {
		return n, 0
	}
	return max(n, 0), errnoOf(err)
}
