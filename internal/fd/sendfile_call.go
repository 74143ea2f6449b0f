//go:build (linux && !socket_fallback) || darwin || freebsd || dragonfly

package fd

import "golang.org/x/sys/unix"

func sysSendFile(sysfd, file int, offset int64, count int) (int, unix.Errno) {
	return fileSent(unix.Sendfile(sysfd, file, &offset, count))
}
