//go:build unix

package fd

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// To be parked and woken by a packet from another process takes 20 microseconds
// and more on a processor that has gone idle meanwhile, often longer than the
// answer does. So a call that is expected to wait may first yield to the other
// goroutines some times, and look again after each.
//
// It is done only where it helps and harms nobody: in a process with few sockets,
// by so few calls at once that half the processors are left, for as long as it
// mostly succeeds. Now and then it is tried for a while; each trial that fails makes
// the time until the next one longer.

const (
	// spinRounds is how often a call yields at the most. A round without other
	// goroutines takes about half a microsecond.
	spinRounds = 30

	// fewSockets is how many sockets there may be in the poller. With many at work
	// the poller finds several at a time, and nobody waits for a processor to wake.
	fewSockets = 16

	// keptFinalizers is how many sockets there may be in the poller for one more to
	// keep its finalizer beside that of its os.File, which doesn't know of the count
	// of them. Where there are more, memory counts, and one that is dropped
	// without Close stays in the count.
	keptFinalizers = 8 * fewSockets

	spinTrial   = 64   // calls of a trial
	onTurns     = 8    // how many times as long it is kept before it is looked at again
	shortestOff = 4    // how many times as long as a trial it is off at first
	longestOff  = 1024 // and in the end

	// unasked is how long, in ns, calls go on yielding while the poller wakes none.
	// The runtime asks the poller when a processor has nothing to run; while all are
	// busy it does so but every 10 ms (sysmon), and who is parked waits as long.
	unasked = int64(time.Millisecond)
)

// spinner tells whether calls yield before they wait.
type spinner struct {
	on    atomic.Bool
	calls atomic.Uint32 // that were expected to wait since the last turn
	hits  atomic.Uint32 // those of them that didn't have to
	until atomic.Uint32 // how many calls make a turn
	_     [48]byte      // off the counters' cache line

	registered atomic.Int32 // sockets in the poller
	woken      atomic.Int64 // when the poller last woke a call, while it is on
	yielding   atomic.Int32 // calls that yield now
	room       atomic.Int32 // and how many may

	mu  sync.Mutex // held at a turn
	off uint32     // how many times as long as the last trial it is off
}

var spinning = newSpinner()

func newSpinner() *spinner {
	s := &spinner{off: shortestOff}
	s.until.Store(shortestOff * spinTrial)
	return s
}

// spin yields until c is settled, if that is likely to help.
func (f *FD) spin(c *call) bool {
	switch c.kind {
	case callRecv, callRecvNew, callRecvMsg, callRecvMsgNew, callReadable:
	default:
		return false
	}
	if spinning.registered.Load() > fewSockets {
		return false
	}
	hit := false
	if spinning.on.Load() {
		if !spinning.enter() {
			return false
		}
		hit = f.yields(c)
		spinning.yielding.Add(-1)
	}
	spinning.count(hit)
	return hit
}

// enter adds a call that yields, if there is room and the poller has had its turn.
func (s *spinner) enter() bool {
	if now()-s.woken.Load() > unasked {
		return false
	}
	if s.yielding.Add(1) <= s.room.Load() {
		return true
	}
	s.yielding.Add(-1)
	return false
}

// polled notes that the poller has woken a call.
func (s *spinner) polled() {
	if s.on.Load() {
		s.woken.Store(now())
	}
}

// yields reports whether c was settled after one of a few yields. Beside goroutines
// that compute, each may take some times 10 ms: what is late goes to wait, which
// knows what to do with it.
func (f *FD) yields(c *call) bool {
	f.limit(c)
	for round := range spinRounds {
		runtime.Gosched()
		if f.closing() || f.late(c) {
			return false
		}
		if c.attempt() {
			if round == 0 {
				// It may have been there before: the next call just tries.
				f.odd.And(^c.dir.oddWaits())
			}
			return true
		}
	}
	return false
}

// late reports whether c may wait no longer.
func (f *FD) late(c *call) bool {
	if c.end == 0 && f.odd.Load()&oddDeadline == 0 {
		return false
	}
	_, err := f.left(c)
	return err != nil
}

// count counts a call, which is a hit if yielding settled it.
func (s *spinner) count(hit bool) {
	if hit {
		s.hits.Add(1)
	}
	if s.calls.Add(1) >= s.until.Load() && s.mu.TryLock() {
		s.turn()
		s.mu.Unlock()
	}
}

// turn decides how to go on after a turn's calls. s.mu is held.
func (s *spinner) turn() {
	n := s.calls.Load()
	if n < s.until.Load() {
		return // somebody else just has
	}
	on, good := s.on.Load(), s.hits.Load() >= n/3*2
	switch {
	case !on:
		s.until.Store(spinTrial)
	case good:
		s.until.Store(spinTrial * onTurns)
		s.off = shortestOff
	default:
		s.until.Store(spinTrial * s.off)
		s.off = min(4*s.off, longestOff)
	}
	s.woken.Store(now())
	s.room.Store(int32(runtime.GOMAXPROCS(0) / 2))
	s.on.Store(!on || good)
	s.hits.Store(0)
	s.calls.Store(0)
}
