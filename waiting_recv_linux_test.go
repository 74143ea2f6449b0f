package socket_test

import (
	"errors"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// A listener has nothing to receive and says so, also when poll(2) would be asked
// first because the call before had to wait. The errors are those of Linux.
func TestRecvFromAListener(t *testing.T) {
	tcp, _ := listener(t)
	local := sock(t, socket.AF_UNIX)
	must(t, local.Bind(socket.UnixAddr(t.TempDir()+"/s")))
	must(t, local.Listen())
	for _, tt := range []struct {
		name string
		l    *socket.Socket
		want unix.Errno
	}{{"TCP", tcp, unix.ENOTCONN}, {"AF_UNIX", local, unix.EINVAL}} {
		t.Run(tt.name, func(t *testing.T) {
			must(t, tt.l.SetTimeout(time.Millisecond))
			if _, _, err := tt.l.Accept(); !errors.Is(err, socket.ErrTimeout) {
				t.Fatalf("Accept answers %v, want a timeout", err)
			}
			must(t, tt.l.SetTimeout(time.Minute))
			if _, err := tt.l.Recv(1); !errors.Is(err, tt.want) {
				t.Errorf("Recv answers %v, want %v", err, tt.want)
			}
		})
	}
}
