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
// The error is ENOSYS where the system has no such call.
func (f *FD) SendFile(file int, offset int64, count int, timeout time.Duration) (int, error) {
	c := f.newOperandCall(callSendFile, writing, timeout)
	c.file, c.size = fileRange{file, offset}, count
	n, err := f.do(c)
	c.free()
	return n, err
}

// fileSent returns the outcome of sendfile(2). That of the BSDs counts what was
// sent even if it then ran into EAGAIN or a signal.
func fileSent(n int, err error) (int, unix.Errno) {
	if n > 0 && (err == unix.EAGAIN || err == unix.EINTR || err == unix.EBUSY) {
		return n, 0
	}
	return max(n, 0), errnoOf(err)
}
