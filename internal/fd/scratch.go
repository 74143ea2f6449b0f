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

// The pools. The buffers of hugeScratches are as large as was asked for once.
var smallScratches, largeScratches, hugeScratches = scratches(), scratches(), scratches()

func scratches() *sync.Pool { return &sync.Pool{New: func() any { return new([]byte) }} }

// scratch is a buffer to receive into.
type scratch struct {
	b     []byte  // as much of whole as was asked for
	whole *[]byte // what the pool keeps
	pool  *sync.Pool
}

// newScratch returns a buffer of n bytes, of maxScratch at the most. Others have
// received into it.
func newScratch(n int) scratch {
	n = min(n, maxScratch)
	pool, size := hugeScratches, n
	switch {
	case n <= smallScratch:
		pool, size = smallScratches, smallScratch
	case n <= largeScratch:
		pool, size = largeScratches, largeScratch
	}
	whole := pool.Get().(*[]byte)
	if len(*whole) < n {
		*whole = make([]byte, size)
	}
	return scratch{(*whole)[:n], whole, pool}
}

// take returns the first n bytes in memory of their own and gives the buffer
// back. With MSG_TRUNC n can be more than there was room for. Much data in a huge
// buffer is not copied: the buffer becomes the caller's.
func (s *scratch) take(n int) []byte {
	n = min(n, len(s.b))
	var data []byte
	if s.pool == hugeScratches && n >= len(*s.whole)/2 {
		data, *s.whole = s.b[:n:n], nil
	} else {
		data = make([]byte, n)
		copy(data, s.b)
	}
	s.release()
	return data
}

// release gives the buffer back.
func (s *scratch) release() {
	s.pool.Put(s.whole)
	*s = scratch{}
}
