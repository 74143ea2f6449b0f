package fd

import (
	"encoding/binary"
	"testing"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// linger is a struct linger: on, for a second.
var linger = binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, 1), 1)

// TestCloseThatMayWait: what makes close(2) tell the scheduler, on a listener and on
// the connections that it accepts.
func TestCloseThatMayWait(t *testing.T) {
	lingers := func(f *FD) error { return f.SetSockOpt(unix.SOL_SOCKET, unix.SO_LINGER, linger) }
	shares := func(f *FD) error { f.Share(); return nil }
	for _, tt := range []struct {
		name          string
		before, after func(f *FD) error // the connection is made
		listener      uint32
		conn          uint32
	}{
		{"nothing", nil, nil, oddListens, 0},
		{"the listener lingers", lingers, nil, oddListens | oddSlowClose, oddSlowClose},
		{"the listener lingers, late", nil, lingers, oddListens | oddSlowClose, 0},
		{"others may have made it linger", shares, nil, oddListens | oddShared, oddSlowClose},
		{"an upper layer", func(f *FD) error {
			f.SetSockOpt(unix.IPPROTO_TCP, unix.TCP_ULP, []byte("tls")) // refused, not connected
			return nil
		}, nil, oddListens | oddSlowClose, oddSlowClose},
		{"another option", func(f *FD) error {
			return f.SetSockOptInt(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		}, nil, oddListens, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, client := tcpSocket(t), tcpSocket(t)
			var addr sockaddr.Raw
			addr.SetInet4([4]byte{127, 0, 0, 1}, 0)
			var conn *FD
			for _, step := range []func() error{
				func() error { return l.Bind(&addr) },
				func() error { return l.LocalName(&addr) },
				func() error { return l.Listen(1) },
				func() error { return apply(tt.before, l) },
				func() error { return client.Connect(&addr, Forever) },
				func() (err error) { conn, err = l.Accept(nil, Forever); return err },
				func() error { return apply(tt.after, l) },
			} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			defer conn.Close()
			const bits = oddShared | oddListens | oddSlowClose
			if got := l.odd.Load() & bits; got != tt.listener {
				t.Errorf("listener: got bits %b, want %b", got, tt.listener)
			}
			if got := conn.odd.Load() & bits; got != tt.conn {
				t.Errorf("connection: got bits %b, want %b", got, tt.conn)
			}
			for _, f := range []*FD{client, conn, l} {
				if err := f.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
				if _, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_GETFD, 0); err != unix.EBADF {
					t.Errorf("after Close: got error %v, want EBADF", err)
				}
			}
		})
	}
}

func apply(f func(*FD) error, on *FD) error {
	if f == nil {
		return nil
	}
	return f(on)
}
