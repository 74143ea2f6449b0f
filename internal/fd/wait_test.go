//go:build unix

package fd_test

import (
	"bytes"
	"errors"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket/internal/fd"
	"golang.org/x/sys/unix"
)

// patience bounds what a test waits for that must come.
const patience = time.Minute

func pair(t *testing.T) (a, b *fd.FD) {
	t.Helper()
	a, b, err := fd.Pair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// inside counts the goroutines in the function named.
func inside(function string) int {
	var b bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&b, 2)
	return strings.Count(b.String(), "."+function+"(")
}

// waitFor returns when n goroutines are in the function named.
func waitFor(t *testing.T, function string, n int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if inside(function) >= n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("fewer than %d goroutines in %s", n, function)
		}
	}
}

type ending struct {
	name string
	err  error
	took time.Duration
}

// TestQueuedCallsKeepTheirTimeouts: of several calls in one direction each ends
// at its own time, wherever it stands in the queue.
func TestQueuedCallsKeepTheirTimeouts(t *testing.T) {
	a, b := pair(t)
	ends := make(chan ending, 8)
	recv := func(name string, timeout time.Duration) {
		begin := time.Now()
		_, err := a.Recv(make([]byte, 1), 0, timeout)
		ends <- ending{name, err, time.Since(begin)}
	}
	go recv("seat", fd.Forever)
	waitFor(t, "(*FD).wait", 1)
	go recv("queue", fd.Forever)
	waitFor(t, "(*FD).queueUp", 1)
	timeouts := map[string]time.Duration{
		"long": 90 * time.Millisecond, "middle": 60 * time.Millisecond, "short": 30 * time.Millisecond}
	for name, timeout := range timeouts {
		go recv(name, timeout)
	}
	for range timeouts {
		e := <-ends
		if e.err != fd.ErrTimeout || e.took < timeouts[e.name] {
			t.Errorf("%s: error %v after %v, want ErrTimeout after %v", e.name, e.err, e.took, timeouts[e.name])
		}
	}
	if _, err := b.Send([]byte("xy"), 0, 0); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if e := <-ends; e.err != nil {
			t.Errorf("%s: %v", e.name, e.err)
		}
	}
}

// takeSeat has a call take the seat until its timeout, and returns when it is seen
// there. Where it was over before anybody looked, the next has more time.
func takeSeat(t *testing.T, a *fd.FD) <-chan error {
	t.Helper()
	for timeout := 30 * time.Millisecond; timeout < patience; timeout *= 2 {
		seat := make(chan error, 1)
		go func() {
			_, err := a.Recv(make([]byte, 1), 0, timeout)
			seat <- err
		}()
		for len(seat) == 0 {
			if inside("(*FD).wait") > 0 {
				return seat
			}
			time.Sleep(time.Millisecond)
		}
	}
	t.Fatal("no call is seen in the seat")
	return nil
}

// TestSeatThatTimesOutIsHandedOn: the call with the seat has the shorter timeout;
// those behind it go on.
func TestSeatThatTimesOutIsHandedOn(t *testing.T) {
	a, b := pair(t)
	seat, queued := takeSeat(t, a), make(chan error, 5)
	for range cap(queued) {
		go func() {
			_, err := a.Recv(make([]byte, 1), 0, fd.Forever)
			queued <- err
		}()
	}
	if err := <-seat; err != fd.ErrTimeout {
		t.Errorf("got error %v, want ErrTimeout", err)
	}
	waitFor(t, "(*FD).wait", 1)
	for range cap(queued) {
		if _, err := b.Send([]byte("x"), 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := <-queued; err != nil {
			t.Error(err)
		}
	}
}

// TestDeadlines sets deadlines of the connection before a call, and while one has
// the seat and others queue.
func TestDeadlines(t *testing.T) {
	far := map[string]time.Time{
		"none":          {},
		"in an hour":    time.Now().Add(time.Hour),
		"in 290 years":  time.Now().AddDate(290, 0, 0),
		"in 1000 years": time.Now().AddDate(1000, 0, 0),
		"year 292e9":    time.Unix(1<<62, 0),
	}
	for name, at := range far {
		t.Run(name, func(t *testing.T) {
			a, b := pair(t)
			got := make(chan error, 1)
			if err := a.SetDeadline(at, true, true); err != nil {
				t.Fatal(err)
			}
			go func() {
				_, err := a.Recv(make([]byte, 1), 0, fd.Forever)
				got <- err
			}()
			waitFor(t, "(*FD).wait", 1)
			if _, err := b.Send([]byte("x"), 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := <-got; err != nil {
				t.Error(err)
			}
		})
	}
	past := map[string]time.Time{
		"now":            time.Now(),
		"a second ago":   time.Now().Add(-time.Second),
		"1000 years ago": time.Now().AddDate(-1000, 0, 0),
		"year -292e9":    time.Unix(-1<<62, 0),
	}
	for name, at := range past {
		t.Run(name, func(t *testing.T) {
			a, _ := pair(t)
			got := make(chan error, 3)
			for range cap(got) {
				go func() {
					_, err := a.Recv(make([]byte, 1), 0, fd.Forever)
					got <- err
				}()
			}
			waitFor(t, "(*FD).wait", 1)
			waitFor(t, "(*FD).queueUp", 2)
			if err := a.SetDeadline(at, true, false); err != nil {
				t.Fatal(err)
			}
			for range cap(got) {
				if err := <-got; err != fd.ErrTimeout {
					t.Errorf("got error %v, want ErrTimeout", err)
				}
			}
			if _, err := a.Recv(make([]byte, 1), 0, time.Hour); err != fd.ErrTimeout {
				t.Errorf("next call: got error %v, want ErrTimeout", err)
			}
			if _, err := a.Send([]byte("x"), 0, fd.Forever); err != nil {
				t.Errorf("the other direction: %v", err)
			}
		})
	}
}

// TestDeadlineOverKernelTimeout: with a deadline and SO_RCVTIMEO, what passes first
// is what is reported.
func TestDeadlineOverKernelTimeout(t *testing.T) {
	a, _ := pair(t)
	set := func(d time.Duration) {
		tv := unix.NsecToTimeval(int64(d))
		if err := unix.SetsockoptTimeval(a.Sysfd(), unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
			t.Fatal(err)
		}
	}
	set(time.Hour)
	a.SetSockOptInt(unix.SOL_SOCKET, unix.SO_RCVTIMEO, 0) // refused, but seen: the timeouts are looked at from now on
	a.SetDeadline(time.Now().Add(5*time.Millisecond), true, true)
	if _, err := a.Recv(make([]byte, 1), 0, fd.Forever); err != fd.ErrTimeout {
		t.Errorf("got error %v, want ErrTimeout", err)
	}
	set(5 * time.Millisecond)
	a.SetDeadline(time.Now().Add(time.Hour), true, true)
	if _, err := a.Recv(make([]byte, 1), 0, fd.Forever); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("got error %v, want EAGAIN", err)
	}
}

// TestNoWakeUpIsLost sets deadlines, far and past and none, under calls that wait,
// and closes nothing: in the end every byte that was sent has been received, once.
func TestNoWakeUpIsLost(t *testing.T) {
	a, b := pair(t)
	const readers, each = 6, 500
	received := make(chan int, readers*each)
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i := range readers {
		all.Go(func() {
			buf := make([]byte, 1)
			for {
				timeout := []time.Duration{fd.Forever, time.Minute, 50 * time.Microsecond}[i%3]
				n, err := a.Recv(buf, 0, timeout)
				switch {
				case err == nil && n == 1:
					received <- 1
				case err == fd.ErrClosed:
					return
				case err != fd.ErrTimeout:
					t.Errorf("Recv: %v", err)
					return
				}
			}
		})
	}
	all.Go(func() {
		deadlines := []time.Time{{}, time.Now(), time.Now().Add(time.Hour), time.Unix(1, 0), {}}
		for i := 0; ; i++ {
			select {
			case <-stop:
				a.SetDeadline(time.Time{}, true, true)
				return
			default:
				a.SetDeadline(deadlines[i%len(deadlines)], true, true)
				time.Sleep(10 * time.Microsecond)
			}
		}
	})
	const sent = readers * each
	for i := range sent {
		if i == sent/2 {
			close(stop)
		}
		if _, err := b.Send([]byte("x"), 0, fd.Forever); err != nil {
			t.Fatal(err)
		}
	}
	for i := range sent {
		select {
		case <-received:
		case <-time.After(patience):
			t.Fatalf("%d of %d bytes came", i, sent)
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()
	if n := len(received); n != 0 {
		t.Errorf("%d bytes too many", n)
	}
}
