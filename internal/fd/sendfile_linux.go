package fd

import "golang.org/x/sys/unix"

func sysSendFile(sysfd, file int, offset int64, count int) (int, unix.Errno) {
	n, err := unix.Sendfile(sysfd, file, &offset, count)
	return max(n, 0), errnoOf(err)
}
