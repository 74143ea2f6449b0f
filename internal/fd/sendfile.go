//go:build unix

package fd

import "time"

// SendFile sends up to count bytes from offset on of the file that the
// descriptor file reads: sendfile(2). It returns as soon as some were taken; 0 is
// the end of the file. The caller sees to it that file stays open meanwhile.
//
// The error is ENOSYS where the system has no such call.
func (f *FD) SendFile(file int, offset int64, count int, timeout time.Duration) (int, error) {
	c := f.newCall(callSendFile, writing, timeout)
	c.file, c.size = fileRange{file, offset}, count
	n, err := f.do(c)
	c.free()
	return n, err
}
