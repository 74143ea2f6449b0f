//go:build unix && !linux

package fd

import "golang.org/x/sys/unix"

// sendfile(2) differs from system to system; whoever calls it falls back to
// reading and sending.
func sysSendFile(int, int, int64, int) (int, unix.Errno) { return 0, unix.ENOSYS }
