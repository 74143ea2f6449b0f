package fd

import (
	"bytes"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// waitIn returns when a goroutine is in the method of FD that is named.
func waitIn(t *testing.T, method string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		var b bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&b, 2)
		if strings.Contains(b.String(), "fd.(*FD)."+method+"(") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no goroutine in %s", method)
		}
	}
}

func tcpSocket(t *testing.T) *FD {
	t.Helper()
	f, err := Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// unspecified is the address that dissolves a TCP connection: connect(2), AF_UNSPEC.
func unspecified() *sockaddr.Raw { return &sockaddr.Raw{Len: 16} }

// TestConnectKeepsOthersOut: whoever could end a connect, or let others reach the
// socket, waits for a connect that relies on being alone.
func TestConnectKeepsOthersOut(t *testing.T) {
	for _, tt := range []struct {
		name, waitsIn string
		call          func(f *FD) error
		want          error
	}{
		{"Shutdown", "letConnect", func(f *FD) error { return f.Shutdown(unix.SHUT_RDWR) }, unix.ENOTCONN},
		{"Connect", "connect", func(f *FD) error { return f.Connect(unspecified(), Forever) }, nil},
		{"Share", "Share", func(f *FD) error { f.Share(); return nil }, nil},
		{"Control", "Share", func(f *FD) error { return f.Control(func(uintptr) {}) }, nil},
		{"ForeignRead", "Share", func(f *FD) error {
			return f.ForeignRead(func(uintptr) bool { return true }, Forever)
		}, nil},
		{"SetBlockingMode", "Share", func(f *FD) error { return f.SetBlockingMode(false) }, nil},
		{"Dup", "Share", func(f *FD) error {
			d, err := f.Dup()
			if err == nil {
				err = d.Close()
			}
			return err
		}, nil},
		{"Close", "retire", func(f *FD) error { return f.Close() }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tcpSocket(t)
			f.mu.Lock() // as connect does
			done := make(chan error, 1)
			go func() { done <- tt.call(f) }()
			waitIn(t, tt.waitsIn)
			select {
			case err := <-done:
				t.Errorf("it didn't wait: %v", err)
				done <- err
			default:
			}
			f.mu.Unlock()
			if err := <-done; err != tt.want {
				t.Errorf("got error %v, want %v", err, tt.want)
			}
		})
	}
}

// TestConnectAlone: what keeps a connect from relying on being alone.
func TestConnectAlone(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(f *FD)
		want    bool
	}{
		{"nothing", func(*FD) {}, true},
		{"another call", func(f *FD) { f.use() }, false},
		{"a call that is over", func(f *FD) { f.use(); f.done() }, true},
		{"shared", (*FD).Share, false},
		{"deadline", func(f *FD) { f.SetDeadline(time.Now().Add(time.Hour), false, true) }, false},
		{"an error that waits", func(f *FD) { f.leaveError(unix.EPIPE) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tcpSocket(t)
			tt.prepare(f)
			before := f.state.Load()
			f.use()
			if got := f.alone(); got != tt.want {
				t.Errorf("alone: got %v, want %v", got, tt.want)
			}
			f.done()
			for range before {
				f.done()
			}
		})
	}
}
