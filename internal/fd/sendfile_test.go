//go:build unix

package fd

import (
	"testing"

	"golang.org/x/sys/unix"
)

// What was sent before an error that only says to go on isn't lost.
func TestFileSent(t *testing.T) {
	for _, tt := range []struct {
		n     int
		err   error
		want  int
		errno unix.Errno
	}{
		{5, nil, 5, 0},
		{0, nil, 0, 0},
		{5, unix.EAGAIN, 5, 0},
		{5, unix.EINTR, 5, 0},
		{5, unix.EBUSY, 5, 0},
		{0, unix.EAGAIN, 0, unix.EAGAIN},
		{-1, unix.EINTR, 0, unix.EINTR},
		{-1, unix.EPIPE, 0, unix.EPIPE},
		{5, unix.EPIPE, 5, unix.EPIPE},
	} {
		if n, errno := fileSent(tt.n, tt.err); n != tt.want || errno != tt.errno {
			t.Errorf("fileSent(%d, %v) = %d, %v, want %d, %v", tt.n, tt.err, n, errno, tt.want, tt.errno)
		}
	}
}
