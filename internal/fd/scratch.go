//go:build unix

package fd

import (
	"math/bits"
	"sync"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// RecvNew returns what arrived in memory of that size, however large the buffer
// was that the caller asked for. It receives into a scratch buffer from a pool,
// which it holds only during the system call. Much data of a TCP connection goes
// into new memory at once, which is at most twice as large.

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
// back. With MSG_TRUNC n can be more than there was room for. A large buffer that
// is full but for an eighth is not copied: it becomes the caller's.
func (s *scratch) take(n int) []byte {
	n = min(n, len(s.b))
	data, room := s.b[:n:n], len(*s.whole)
	if room > smallScratch && n >= room-room/8 {
		*s.whole = nil
	} else {
		data = copied(data)
	}
	s.release()
	return data
}

// copied returns data in new memory. The compiler sees that all of it is written,
// and has none zeroed before.
func copied(data []byte) []byte {
	p := make([]byte, len(data))
	copy(p, data)
	return p
}

// release gives the buffer back.
func (s *scratch) release() {
	s.pool.Put(s.whole)
	*s = scratch{}
}

// sysRecvNew is sysRecv into new memory.
func (f *FD) sysRecvNew(size, flags int, sa *sockaddr.Raw) ([]byte, int, unix.Errno) {
	if size > largeScratch && f.is&tcp != 0 && flags == 0 {
		switch unread := sysUnread(f.sysfd); {
		case unread > largeScratch:
			return f.sysRecvMuch(min(size, roundUp(min(unread, maxScratch))), sa)
		case unread >= 0:
			size = largeScratch
		}
	}
	buf := newScratch(size)
	if flags&unix.MSG_TRUNC != 0 {
		// On TCP nothing is written then, and the count is that of the bytes
		// thrown away (tcp(7)): what others received before must not show.
		clear(buf.b)
	}
	n, errno := f.sysRecv(buf.b, flags, sa)
	if errno != 0 {
		buf.release()
		return nil, 0, errno
	}
	return buf.take(n), n, 0
}

// roundUp returns the next power of two: what arrives during the copying has room
// too, and memory of few sizes is easier to use again.
func roundUp(n int) int { return 1 << bits.Len(uint(n-1)) }

// sysRecvMuch is sysRecv into new memory of size bytes, twice of what there is to
// receive at the most. None of it is kept for the next call: in buffers of that
// size the heap would grow so much that the runtime gives pages back all the time,
// and has the kernel make them anew.
func (f *FD) sysRecvMuch(size int, sa *sockaddr.Raw) ([]byte, int, unix.Errno) {
	p := make([]byte, size)
	n, errno := f.sysRecv(p, 0, sa)
	switch {
	case errno != 0: // somebody else received it meanwhile
		return nil, 0, errno
	case n < size/2:
		return copied(p[:n]), n, 0
	}
	return p[:n:n], n, 0
}
