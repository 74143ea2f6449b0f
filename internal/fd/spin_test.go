//go:build unix

package fd

import (
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// play has a spinner count calls, of which hits of 10 are hits while it is on,
// and returns how long it was on and off in turn. It begins when it is off.
func play(s *spinner, calls int, hits func(phase int) int) (phases []int) {
	phases = append(phases, 0)
	for i, on := 0, false; i < calls; i++ {
		if now := s.on.Load(); now != on {
			on = now
			phases = append(phases, 0)
		}
		phase := len(phases) - 1
		phases[phase]++
		s.count(on && i%10 < hits(phase))
	}
	return phases
}

func TestSpinner(t *testing.T) {
	always := func(hits int) func(int) int { return func(int) int { return hits } }
	for _, test := range []struct {
		name  string
		calls int
		hits  func(phase int) int
		want  []int // calls that it was off, on, off …
	}{
		{"nothing comes: ever longer off", 256 + 64 + 256 + 64 + 1024 + 64 + 4096 + 1, always(0),
			[]int{256, 64, 256, 64, 1024, 64, 4096, 1}},
		{"it mostly comes: it stays on", 256 + 100_000, always(9), []int{256, 100_000}},
		{"more often than not isn't enough", 256 + 64 + 256 + 64 + 1, always(6), []int{256, 64, 256, 64, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSpinner()
			if diff := cmp.Diff(test.want, play(s, test.calls, test.hits)); diff != "" {
				t.Errorf("calls without and with yielding (-want +got):\n%s", diff)
			}
		})
	}
}

// What went well for long and then doesn't is left, and soon tried again.
func TestSpinnerForgives(t *testing.T) {
	s := newSpinner()
	play(s, 5*int(s.until.Load()), func(int) int { return 0 })
	for !s.on.Load() {
		s.count(false)
	}
	play(s, 10_000, func(int) int { return 10 })
	if !s.on.Load() {
		t.Fatal("off though every call was a hit")
	}
	for s.on.Load() {
		s.count(false)
	}
	if got, want := s.until.Load(), uint32(shortestOff*spinTrial); got != want {
		t.Errorf("off for %d calls, not %d", got, want)
	}
}

// The longest time off is bounded.
func TestSpinnerTriesAgain(t *testing.T) {
	s := newSpinner()
	trials := 0
	for i, on := 0, false; i < 2_000_000; i++ {
		s.count(false)
		if now := s.on.Load(); now != on {
			on = now
			trials++
		}
	}
	if want := 2_000_000 / (longestOff * spinTrial); trials/2 < want {
		t.Errorf("%d trials in 2,000,000 calls, at least %d wanted", trials/2, want)
	}
}

// Two calls may both find a turn complete. What the second finds once the first
// has turned isn't a turn without hits.
func TestSpinnerTurnsOnce(t *testing.T) {
	s := newSpinner()
	play(s, int(s.until.Load()), func(int) int { return 0 })
	want := s.until.Load()
	s.mu.Lock()
	s.turn()
	s.mu.Unlock()
	if !s.on.Load() || s.until.Load() != want {
		t.Errorf("on %v for %d calls after a second turn, not true for %d", s.on.Load(), s.until.Load(), want)
	}
}

// A call that yields gives up when it is late. Each attempt here takes longer than
// the call may, as beside goroutines that compute.
func TestYieldsUntilLate(t *testing.T) {
	for _, test := range []struct {
		name    string
		timeout time.Duration
		prepare func(f *FD) error
		attempt func(f *FD, c *call)
	}{
		{"timeout", time.Millisecond, func(*FD) error { return nil }, exceed},
		{"deadline set meanwhile", Forever, func(*FD) error { return nil },
			func(f *FD, _ *call) { f.SetDeadline(time.Unix(1, 0), true, false) }},
		{"SO_RCVTIMEO", Forever, func(f *FD) error {
			tv := unix.NsecToTimeval(int64(20 * time.Millisecond))
			f.mark(oddKernelTimeouts)
			return unix.SetsockoptTimeval(f.sysfd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv)
		}, exceed},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, peer, err := Pair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			defer peer.Close()
			if err := test.prepare(f); err != nil {
				t.Fatal(err)
			}
			c := f.newOperandCall(callForeign, reading, test.timeout)
			c.foreign = func(uintptr) bool {
				test.attempt(f, c)
				return false
			}
			if f.yields(c) || c.tries > 1 {
				t.Errorf("%d attempts, though it was late after the first", c.tries)
			}
		})
	}
}

// A call that has yielded and then waits has the time of SO_RCVTIMEO once: what the
// yielding took, beside goroutines that compute some times 10 ms, is part of it.
func TestYieldingIsPartOfTheKernelTimeout(t *testing.T) {
	f, peer, err := Pair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	defer peer.Close()
	tv := unix.NsecToTimeval(int64(time.Hour))
	f.mark(oddKernelTimeouts)
	if err := unix.SetsockoptTimeval(f.sysfd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		t.Fatal(err)
	}
	c := f.newCall(callRecv, reading, Forever)
	defer c.free()
	c.p = make([]byte, 1)
	if f.yields(c) {
		t.Fatal("it was settled with nothing to receive")
	}
	end := c.end
	for begin := now(); now() == begin; {
	}
	if err := f.sit(c); err != nil {
		t.Fatal(err)
	}
	f.rise(c, nil)
	if end == 0 || c.end != end {
		t.Errorf("it may wait until %d, until %d before it waited", c.end, end)
	}
}

// exceed returns after the time until which c may wait, if there is one.
func exceed(_ *FD, c *call) {
	for c.end != 0 && now() <= c.end {
		time.Sleep(time.Duration(c.end - now()))
	}
}

// Only some calls yield at once, and none once the poller has long woken nobody.
func TestSpinnerEnter(t *testing.T) {
	for _, test := range []struct {
		name string
		room int32
		turn bool // the poller's: it has long woken nobody
		want []bool
	}{
		{"room for two", 2, false, []bool{true, true, false, false}},
		{"one processor", 0, false, []bool{false}},
		{"the poller's turn", 2, true, []bool{false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSpinner()
			s.room.Store(test.room)
			s.woken.Store(now() + int64(time.Hour)) // however slow the test is
			if test.turn {
				s.woken.Store(now() - 2*unasked)
			}
			var got []bool
			for range test.want {
				got = append(got, s.enter())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("who may yield (-want +got):\n%s", diff)
			}
		})
	}
}

// A socket that nobody closed leaves the count when the garbage collector closes it:
// else a few of them would end the yielding for good.
func TestDroppedSocketsAreNotCounted(t *testing.T) {
	before := spinning.registered.Load()
	for range fewSockets {
		a, b, err := Pair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Recv(make([]byte, 1), 0, time.Microsecond); err != ErrTimeout {
			t.Fatalf("got error %v, want ErrTimeout", err)
		}
		b.Close()
	}
	for end := time.Now().Add(time.Minute); spinning.registered.Load() > before; time.Sleep(time.Millisecond) {
		runtime.GC()
		if time.Now().After(end) {
			t.Fatalf("%d sockets are counted, %d were before", spinning.registered.Load(), before)
		}
	}
}
