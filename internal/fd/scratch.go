//go:build unix

package fd

import "sync"

// RecvNew returns what arrived in memory of just that size, however large the
// buffer was that the caller asked for. It receives into a scratch buffer from a
// pool, which it holds only during the system call.

const (
	smallScratch = 4 << 10
	largeScratch = 64 << 10

	// maxScratch bounds what one call receives at the most. A stream loses
	// nothing by it, and no datagram is larger: it would not fit into the
	// largest socket buffer that Linux grants without privileges.
	maxScratch = 16 << 20
)

var (
	smallScratches = sync.Pool{New: func() any { return new([smallScratch]byte) }}
	largeScratches = sync.Pool{New: func() any { return new([largeScratch]byte) }}
)

// scratch is a buffer to receive into.
type scratch struct {
	b     []byte
	small *[smallScratch]byte
	large *[largeScratch]byte
}

// newScratch returns a buffer of n bytes.
func newScratch(n int) scratch {
	switch {
	case n <= smallScratch:
		p := smallScratches.Get().(*[smallScratch]byte)
		return scratch{b: p[:n], small: p}
	case n <= largeScratch:
		p := largeScratches.Get().(*[largeScratch]byte)
		return scratch{b: p[:n], large: p}
	}
	return scratch{b: make([]byte, min(n, maxScratch))}
}

// take returns the first n bytes in memory of their own and gives the buffer
// back. With MSG_TRUNC n can be more than there was room for.
func (s *scratch) take(n int) []byte {
	n = min(n, len(s.b))
	if s.small == nil && s.large == nil && n >= len(s.b)/2 {
		return s.b[:n]
	}
	data := append(make([]byte, 0, n), s.b[:n]...)
	s.release()
	return data
}

// release gives the buffer back.
func (s *scratch) release() {
	switch {
	case s.small != nil:
		smallScratches.Put(s.small)
	case s.large != nil:
		largeScratches.Put(s.large)
	}
	*s = scratch{}
}
