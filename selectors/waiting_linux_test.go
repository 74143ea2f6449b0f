package selectors_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/selectors"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// A result is what Select returned in another goroutine.
type result struct {
	ready []selectors.Ready
	err   error
}

// waiter calls Select in a goroutine.
func waiter(s selectors.Selector, timeout time.Duration) <-chan result {
	c := make(chan result, 1)
	go func() {
		ready, err := s.Select(timeout)
		c <- result{ready, err}
	}()
	return c
}

// parked waits until n goroutines of the test's wait in Select.
func parked(t *testing.T, n int) {
	t.Helper()
	buf := make([]byte, 1<<14+n<<11)
	for until := time.Now().Add(patience); ; runtime.Gosched() {
		count := 0
		for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			state, _, _ := strings.Cut(stack, "\n")
			waits := strings.Contains(state, "[IO wait") || strings.Contains(state, "[select") || strings.Contains(state, "[syscall")
			if waits && strings.Contains(stack, "selectors.") && strings.Contains(stack, "ark(") || waits && strings.Contains(stack, ".sit(") {
				count++
			}
		}
		if count == n {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d goroutines wait in Select, want %d\n%s", count, n, buf)
		}
	}
}

func receive(t *testing.T, c <-chan result) result {
	t.Helper()
	select {
	case r := <-c:
		return r
	case <-time.After(patience):
		t.Fatal("Select doesn't return")
		panic("unreachable")
	}
}

func wantResult(t *testing.T, c <-chan result, want ...found) {
	t.Helper()
	r := receive(t, c)
	if r.err != nil {
		t.Fatal(r.err)
	}
	if diff := cmp.Diff(want, summary(r.ready)); diff != "" {
		t.Errorf("Select (-want +got):\n%s", diff)
	}
}

// What comes while Select waits ends the wait, with and without a timeout, again
// and again.
func TestWait(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		register(t, s, a, read)
		for i, timeout := range []time.Duration{socket.NoTimeout, patience, socket.NoTimeout, patience, patience} {
			c := waiter(s, timeout)
			parked(t, 1)
			send(t, b, "x")
			wantResult(t, c, found{a, read})
			if _, err := a.Recv(1); err != nil {
				t.Fatal(i, err)
			}
		}
		c := waiter(s, socket.NoTimeout)
		parked(t, 1)
		must(t, b.Close())
		wantResult(t, c, found{a, read})
	})
}

// A full buffer that is emptied makes a socket writable.
func TestWaitForWriting(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		must(t, a.SetBlocking(false))
		sent := 0
		for {
			n, err := a.Send(make([]byte, 65536))
			if errors.Is(err, socket.ErrBlockingIO) {
				break
			}
			must(t, err)
			sent += n
		}
		register(t, s, a, both)
		c := waiter(s, socket.NoTimeout)
		parked(t, 1)
		for sent > 0 {
			data, err := b.Recv(65536)
			must(t, err)
			sent -= len(data)
		}
		wantResult(t, c, found{a, write})
	})
}

// What others do to a selector counts for a Select that waits.
func TestChangesWhileWaiting(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		c := waiter(s, socket.NoTimeout)
		parked(t, 1)
		register(t, s, b, write)
		wantResult(t, c, found{b, write})

		_, err := s.Modify(b, read)
		must(t, err)
		c = waiter(s, patience)
		parked(t, 1)
		_, err = s.Modify(b, both)
		must(t, err)
		wantResult(t, c, found{b, write})

		_, err = s.Modify(b, read)
		must(t, err)
		c = waiter(s, socket.NoTimeout)
		parked(t, 1)
		_, err = s.Unregister(b)
		must(t, err)
		register(t, s, a, read)
		send(t, a, "for b, who isn't waited for")
		send(t, b, "x")
		wantResult(t, c, found{a, read})
	})
}

// Close ends all that wait, however they do.
func TestCloseWhileWaiting(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, _ := pair(t)
		register(t, s, a, read)
		var waiters []<-chan result
		for i := range 4 {
			waiters = append(waiters, waiter(s, []time.Duration{socket.NoTimeout, time.Hour}[i%2]))
		}
		parked(t, len(waiters))
		must(t, s.Close())
		for _, c := range waiters {
			if r := receive(t, c); !errors.Is(r.err, net.ErrClosed) || r.ready != nil {
				t.Errorf("Select = %v, %v; want net.ErrClosed", r.ready, r.err)
			}
		}
	})
}

// Each of several waiters keeps its own timeout, though another waits for longer.
func TestWaitersTimeouts(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		register(t, s, a, read)
		long := waiter(s, socket.NoTimeout)
		parked(t, 1)
		wantWait(t, s, 10*time.Millisecond)
		if got := ready(t, s, 0); got != nil {
			t.Errorf("ready: %v", got)
		}
		second := waiter(s, patience)
		parked(t, 2)
		// Nobody takes the byte away, so both are told of it.
		send(t, b, "x")
		wantResult(t, long, found{a, read})
		wantResult(t, second, found{a, read})
	})
}

// A goroutine that waits holds no thread.
func TestThreads(t *testing.T) {
	const many = 1000
	room(t, 2000)
	before := threads(t)
	var all []selectors.Selector
	var waiters []<-chan result
	for i := range many {
		s, err := kinds[i%2].make(t)
		must(t, err)
		defer s.Close()
		all = append(all, s)
	}
	var a, b *socket.Socket
	var writers []*socket.Socket
	for i, s := range all {
		if i%100 == 0 {
			a, b = pair(t)
			writers = append(writers, b)
		}
		register(t, s, a, read)
		waiters = append(waiters, waiter(s, socket.NoTimeout))
	}
	for range 100 {
		waiters = append(waiters, selecting(a))
	}
	parked(t, len(waiters))
	if n := threads(t) - before; n > moreThreads() {
		t.Errorf("%d goroutines that wait hold %d threads", len(waiters), n)
	}
	for _, b := range writers {
		send(t, b, "x")
	}
	for i, c := range waiters {
		if r := receive(t, c); r.err != nil || i < many && len(r.ready) != 1 {
			t.Fatalf("%d: %v, %v", i, r.ready, r.err)
		}
	}
}

// selecting calls the function Select in a goroutine.
func selecting(s *socket.Socket) <-chan result {
	c := make(chan result, 1)
	go func() {
		r, _, _, err := selectors.Select([]*socket.Socket{s}, nil, nil, socket.NoTimeout)
		if len(r) != 1 || r[0] != s {
			err = fmt.Errorf("%v is ready, %w", r, err)
		}
		c <- result{nil, err}
	}()
	return c
}

// Linux lets at most 500 epolls that the runtime's poller watches wait for one
// socket. Those that come later wait otherwise; Register tells.
func TestManyForOneSocket(t *testing.T) {
	a, b := pair(t)
	var waiters []<-chan result
	for range 550 {
		waiters = append(waiters, selecting(a))
	}
	parked(t, len(waiters))
	s, err := selectors.NewEpollSelector()
	must(t, err)
	defer s.Close()
	if _, err := s.Register(a, read); !errors.Is(err, unix.EINVAL) || s.GetMap().Len() != 0 {
		t.Errorf("Register = %v, want EINVAL", err)
	}
	send(t, b, "x")
	for _, c := range waiters {
		if r := receive(t, c); r.err != nil {
			t.Fatal(r.err)
		}
	}
	register(t, s, a, read)
}

// The hub holds one thread for all, and forgets who has left.
func TestHubThreads(t *testing.T) {
	h := testHub(t)
	before := threads(t)
	a, b := pair(t)
	var waiters []<-chan result
	for i := range 200 {
		s, err := h.NewEpollSelector()
		must(t, err)
		defer s.Close()
		register(t, s, a, read)
		if i%2 == 0 {
			wantWait(t, s, time.Microsecond)
			continue
		}
		waiters = append(waiters, waiter(s, socket.NoTimeout))
	}
	parked(t, len(waiters))
	if n := threads(t) - before; n > moreThreads() {
		t.Errorf("%d goroutines that wait hold %d threads", len(waiters), n)
	}
	if n := h.Waiting(); n != len(waiters) {
		t.Errorf("the hub waits for %d, want %d", n, len(waiters))
	}
	send(t, b, "x")
	for _, c := range waiters {
		wantResult(t, c, found{a, read})
	}
	if n := h.Waiting(); n != 0 {
		t.Errorf("the hub waits for %d, want none", n)
	}
}

// Everything at once from many goroutines: for the race detector, and for what
// gets stuck.
func TestTogether(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		var workers, waiting sync.WaitGroup
		for range 4 {
			waiting.Go(func() {
				for {
					all, err := s.Select(socket.NoTimeout)
					if errors.Is(err, net.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
					}
					for _, r := range all {
						r.Key.Fileobj.(*socket.Socket).Recv(100)
					}
				}
			})
		}
		for range 4 {
			a, b := pair(t)
			must(t, a.SetBlocking(false))
			workers.Go(func() {
				for i := range 100 {
					if _, err := s.Register(a, read, i); err != nil {
						t.Error(err)
					}
					if _, err := b.Send([]byte("x")); err != nil {
						t.Error(err)
					}
					if _, err := s.Modify(a, both, i); err != nil {
						t.Error(err)
					}
					if key, err := s.GetKey(a); err != nil || key.Data != i {
						t.Errorf("%+v, %v", key, err)
					}
					if _, err := s.Select(0); err != nil {
						t.Error(err)
					}
					if _, err := s.Unregister(a); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
		must(t, s.Close())
		waiting.Wait()
	})
}

// Close at any moment of a Select.
func TestCloseRaces(t *testing.T) {
	a, b := pair(t)
	send(t, b, "x")
	for i := range 300 {
		kind := kinds[i%len(kinds)]
		if kind.name == "hub" {
			continue // makes a thread each time
		}
		s, err := kind.make(t)
		must(t, err)
		register(t, s, a, []selectors.Event{read, both}[i%2])
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for {
					if _, err := s.Select(patience); err != nil {
						if !errors.Is(err, net.ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		all.Go(func() { must(t, s.Close()) })
		must(t, s.Close())
		all.Wait()
	}
}

// eventpolls counts the epoll descriptors of the process, of which the runtime
// has one.
func eventpolls(t *testing.T) (n int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	for _, entry := range entries {
		what, _ := os.Readlink("/proc/self/fd/" + entry.Name())
		if what == "anon_inode:[eventpoll]" {
			n++
		}
	}
	return n
}

// Selectors that are closed, and waits that have ended, leave no epoll behind.
func TestNothingLeft(t *testing.T) {
	a, _ := pair(t)
	wait := func(s selectors.Selector) {
		register(t, s, a, read)
		wantWait(t, s, time.Microsecond)
		must(t, s.Close())
	}
	first, err := selectors.NewDefaultSelector()
	must(t, err)
	wait(first) // the runtime has its own now
	before := eventpolls(t)
	for range 10 {
		for _, kind := range kinds[:2] {
			s, err := kind.make(t)
			must(t, err)
			wait(s)
		}
		if _, _, _, err := selectors.Select([]*socket.Socket{a}, nil, nil, time.Microsecond); err != nil {
			t.Error(err)
		}
	}
	if after := eventpolls(t); after > before {
		t.Errorf("there are %d epoll descriptors, before there were %d", after, before)
	}
}

// A selector without a way to wait says so, and still polls.
func TestNoWayToWait(t *testing.T) {
	s := selectors.NewBrokenSelector(unix.EMFILE)
	defer s.Close()
	a, b := pair(t)
	register(t, s, a, read)
	if got := ready(t, s, 0); got != nil {
		t.Errorf("ready: %v", got)
	}
	if _, err := s.Select(patience); !errors.Is(err, unix.EMFILE) {
		t.Errorf("Select = %v, want EMFILE", err)
	}
	send(t, b, "x")
	if got := ready(t, s, patience); len(got) != 1 {
		t.Errorf("ready: %v, want 1", got)
	}
}

// What is left until a deadline is rounded up, as Python does it.
func TestMilliseconds(t *testing.T) {
	for _, tt := range []struct {
		left     time.Duration
		min, max int
	}{
		{-time.Second, 0, 0}, {900 * time.Microsecond, 0, 1}, {time.Hour - time.Microsecond, 3599000, 3600000}, {1000 * time.Hour, 86400000, 86400000},
	} {
		if got := selectors.Milliseconds(time.Now().Add(tt.left)); got < tt.min || got > tt.max {
			t.Errorf("%v: %d, want %d to %d", tt.left, got, tt.min, tt.max)
		}
	}
	if got := selectors.Milliseconds(time.Time{}); got != -1 {
		t.Errorf("no deadline: %d, want -1", got)
	}
}
