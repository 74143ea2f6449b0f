package socket_test

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// TestKernelTimeoutsByTheirNewNumbers: SO_RCVTIMEO and SO_SNDTIMEO are what 32-bit
// programs with 64-bit times know under other numbers. The kernel takes them
// everywhere (asm-generic/socket.h).
func TestKernelTimeoutsByTheirNewNumbers(t *testing.T) {
	const d = 20 * time.Millisecond
	timeval := binary.NativeEndian.AppendUint64(nil, 0)
	timeval = binary.NativeEndian.AppendUint64(timeval, uint64(d.Microseconds()))
	a, _ := streamPair(t)
	fill(t, a)
	for name, tt := range map[string]struct {
		opt  int
		call func() error
	}{
		"SO_RCVTIMEO_NEW": {unix.SO_RCVTIMEO_NEW, func() error { _, err := a.Recv(1); return err }},
		"SO_SNDTIMEO_NEW": {unix.SO_SNDTIMEO_NEW, func() error { _, err := a.Send([]byte("x")); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			err := a.SetSockOptBytes(socket.SOL_SOCKET, tt.opt, timeval)
			if errors.Is(err, unix.ENOPROTOOPT) {
				t.Skipf("%v: run it on Linux 5.1 or later, without an emulator", err)
			}
			must(t, err)
			begin := time.Now()
			if err := within(t, start(tt.call)); !errors.Is(err, unix.EAGAIN) {
				t.Errorf("got error %v, want EAGAIN", err)
			}
			if took := time.Since(begin); took < d {
				t.Errorf("it took %v, less than the timeout of %v", took, d)
			}
		})
	}
}
