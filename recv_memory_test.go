//go:build unix && !aix

package socket_test

import (
	"bytes"
	"runtime"
	"testing"

	"example.com/socket"
)

// What Recv returns is the caller's alone: it stays as it is while more is
// received, can't be seen beyond what arrived, and takes no more than twice the
// memory, however much was asked for.
func TestRecvMemory(t *testing.T) {
	for _, tt := range []struct {
		name         string
		pieces, each int // sent one after the other
		ask          int
	}{
		{"short messages, much room", 2000, 64, 1 << 20},
		{"small buffer", 500, 4000, 4096},
		{"large buffer half full", 100, 33000, 64 << 10},
		{"large buffer nearly full", 100, 60000, 64 << 10},
		{"large buffer full", 100, 64 << 10, 64 << 10},
		{"a little more", 100, 64<<10 + 1, 1 << 20},
		{"much", 10, 1 << 20, 1 << 20},
		{"more room than a call takes", 10, 1 << 20, 64 << 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := tcpConns(t)
			sent := make([]byte, tt.pieces*tt.each)
			for i := range sent {
				sent[i] = byte(i % 251)
			}
			before := heap()
			var got [][]byte
			for rest := sent; len(rest) > 0; rest = rest[tt.each:] {
				ended := start(func() error { return a.SendAll(rest[:tt.each]) })
				got = append(got, recvPiece(t, b, tt.each, tt.ask)...)
				must(t, within(t, ended))
			}
			const slack = 1 << 20 // buffers of the pool, and the runtime's own
			if used := heap() - before; used > 2*len(sent)+slack {
				t.Errorf("%d bytes received take %d bytes of memory", len(sent), used)
			}
			if !bytes.Equal(bytes.Join(got, nil), sent) {
				t.Error("what was received isn't what was sent")
			}
			runtime.KeepAlive(sent)
		})
	}
}

// recvPiece receives n bytes with room for ask each time.
func recvPiece(t *testing.T, s *socket.Socket, n, ask int) (got [][]byte) {
	t.Helper()
	for n > 0 {
		p, err := s.Recv(ask)
		if err != nil || len(p) == 0 {
			t.Fatalf("Recv: %d bytes, %v", len(p), err)
		}
		if cap(p) != len(p) {
			t.Fatalf("%d bytes lie in a slice of capacity %d", len(p), cap(p))
		}
		got, n = append(got, p), n-len(p)
	}
	return got
}

// heap returns how much memory is in use.
func heap() int {
	for range 3 { // a sync.Pool lets go after two
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
