//go:build unix

package fd

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Where answers come within microseconds, from a goroutine of this process or
// from a process on another processor, parking costs more than the wait: a call
// that is expected to wait then yields to the other goroutines some times, and
// looks again after each, before it goes to the poller. With many connections at
// work it hardly ever gets there, and takes less processor time; where answers
// come from afar it would only burn some.
//
// So all calls of the process do it or none, by how it has gone: two goroutines
// that talk to each other gain nothing if only one of them does. Now and then it
// is tried for a while, and kept for as long as it mostly succeeds; each trial
// that doesn't makes the time until the next one longer.

const (
	// spinRounds is how often a call yields at the most. A round without other
	// goroutines takes about half a microsecond, waking a sleeping thread 20.
	spinRounds = 30

	spinTrial   = 64   // calls of a trial, and two more for each socket in the poller
	onTurns     = 8    // how many times as long it is kept before it is looked at again
	shortestOff = 4    // how many times as long as a trial it is off at first
	longestOff  = 1024 // and in the end
)

// spinner tells whether calls yield before they wait.
type spinner struct {
	on    atomic.Bool
	calls atomic.Uint32 // that were expected to wait since the last turn
	hits  atomic.Uint32 // those of them that didn't have to
	until atomic.Uint32 // how many calls make a turn
	_     [48]byte      // off the counters' cache line

	registered atomic.Int32 // sockets in the poller

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
	case callRecv, callRecvNew, callRecvMsg, callRecvMsgNew:
	default:
		return false
	}
	hit := spinning.on.Load() && f.yields(c)
	spinning.count(hit)
	return hit
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
	trial := spinTrial + 2*uint32(max(s.registered.Load(), 0))
	switch {
	case !on:
		s.until.Store(trial)
	case good:
		s.until.Store(trial * onTurns)
		s.off = shortestOff
	default:
		s.until.Store(trial * s.off)
		s.off = min(4*s.off, longestOff)
	}
	s.on.Store(!on || good)
	s.hits.Store(0)
	s.calls.Store(0)
}
