//go:build unix

package fd

import (
	"time"

	"golang.org/x/sys/unix"
)

// SendFile sends up to count bytes from offset on of the file that the
// descriptor file reads: sendfile(2). It returns as soon as some were taken; 0 is
// the end of the file. The caller sees to it that file stays open meanwhile.
//
// The error is ENOSYS where the system has no such call, and where others have
// made the open file of the socket blocking: sendfile has no flag against
// waiting, so it would hold a thread. Reading and sending does the same then.
func (f *FD) SendFile(file int, offset int64, count int, timeout time.Duration) (int, error) {
	c := f.newCall(callSendFile, writing, timeout)
	c.file, c.size = fileRange{file, offset}, count
	n, err := f.do(c)
	c.free()
	return n, err
}

func (c *call) sendFile() {
	f := c.fd
	if f.odd.Load()&oddShared != 0 && f.blockingMode() {
		c.n, c.errno = 0, unix.ENOSYS
		return
	}
	c.n, c.errno = sysSendFile(f.sysfd, c.file.sysfd, c.file.offset, c.size)
}
