package selectors_test

import (
	"errors"
	"net"
	"runtime"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/selectors"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

type sockets = []*socket.Socket

// selects are the ways in which Select waits.
var selects = []struct {
	name string
	call func(r, w, x sockets, timeout time.Duration) (sockets, sockets, sockets, error)
}{
	{"Select", selectors.Select},
	{"in a thread", selectors.SelectInThread},
}

// names makes sockets comparable: each by its place in all.
func names(all, some sockets) (list []int) {
	for _, s := range some {
		for i := range all {
			if all[i] == s {
				list = append(list, i)
			}
		}
	}
	return list
}

// The results are the same sockets, in the given order and as often.
func TestSelectFunc(t *testing.T) {
	a, b := pair(t)
	c, d := pair(t)
	all := sockets{a, b, c, d}
	send(t, b, "x")
	must(t, d.Close())
	for _, sel := range selects {
		for _, timeout := range []time.Duration{0, time.Microsecond, time.Hour, socket.NoTimeout} {
			r, w, x, err := sel.call(sockets{c, b, a, c}, sockets{b, c, a, b}, sockets{a, b}, timeout)
			must(t, err)
			got := [][]int{names(all, r), names(all, w), names(all, x)}
			if diff := cmp.Diff([][]int{{2, 0, 2}, {1, 2, 0, 1}, nil}, got); diff != "" {
				t.Errorf("%s, %v (-want +got):\n%s", sel.name, timeout, diff)
			}
		}
	}
}

func TestSelectFuncWaits(t *testing.T) {
	for _, sel := range selects {
		t.Run(sel.name, func(t *testing.T) {
			a, b := pair(t)
			for i := range 3 {
				c := make(chan result, 1)
				go func() {
					r, w, x, err := sel.call(sockets{a}, nil, sockets{a}, []time.Duration{socket.NoTimeout, patience}[i%2])
					if len(r) != 1 || len(w)+len(x) != 0 {
						t.Errorf("%v %v %v", r, w, x)
					}
					c <- result{nil, err}
				}()
				parked(t, 1)
				send(t, b, "x")
				must(t, receive(t, c).err)
				_, err := a.Recv(1)
				must(t, err)
			}
			for _, timeout := range []time.Duration{time.Microsecond, 20 * time.Millisecond} {
				for _, list := range []sockets{{a, a, b}, nil} {
					began := time.Now()
					r, w, x, err := sel.call(list, nil, list, timeout)
					if len(r)+len(w)+len(x) != 0 || err != nil {
						t.Errorf("%v %v %v %v", r, w, x, err)
					}
					if took := time.Since(began); took < timeout {
						t.Errorf("%v: it took %v", timeout, took)
					}
				}
			}
		})
	}
}

// Out-of-band data is the exceptional condition.
func TestSelectFuncExceptional(t *testing.T) {
	for _, sel := range selects {
		a, b := tcpPair(t)
		c := make(chan result, 1)
		go func() {
			r, w, x, err := sel.call(nil, nil, sockets{a}, socket.NoTimeout)
			if len(r)+len(w) != 0 || len(x) != 1 || x[0] != a {
				t.Errorf("%s: %v %v %v", sel.name, r, w, x)
			}
			c <- result{nil, err}
		}()
		parked(t, 1)
		_, err := b.Send([]byte("!"), socket.MSG_OOB)
		must(t, err)
		must(t, receive(t, c).err)
	}
}

func tcpPair(t *testing.T) (a, b *socket.Socket) {
	t.Helper()
	l, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	must(t, err)
	defer l.Close()
	addr, err := l.GetSockName()
	must(t, err)
	a, err = socket.CreateConnection(addr)
	must(t, err)
	t.Cleanup(func() { a.Close() })
	b, _, err = l.Accept()
	must(t, err)
	t.Cleanup(func() { b.Close() })
	return a, b
}

// A hang-up that isn't asked for doesn't end the wait, nor keep a thread busy.
func TestSelectFuncIgnoresHangUp(t *testing.T) {
	a, b := pair(t)
	must(t, b.Close())
	runtime.GC() // not while the time is taken
	for _, sel := range selects {
		before := processorTime(t)
		r, w, x, err := sel.call(nil, nil, sockets{a}, 100*time.Millisecond)
		if len(r)+len(w)+len(x) != 0 || err != nil {
			t.Errorf("%s: %v %v %v %v", sel.name, r, w, x, err)
		}
		if took := processorTime(t) - before; took > 50*time.Millisecond {
			t.Errorf("%s: to wait took %v of processor time", sel.name, took)
		}
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage unix.Rusage
	must(t, unix.Getrusage(unix.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func TestSelectFuncErrors(t *testing.T) {
	a, _ := pair(t)
	closed, _ := pair(t)
	must(t, closed.Close())
	for _, timeout := range []time.Duration{0, socket.NoTimeout} {
		if _, _, _, err := selectors.Select(sockets{a}, sockets{a, closed}, nil, timeout); !errors.Is(err, net.ErrClosed) || !isArgumentError(err, "w[1]") {
			t.Errorf("a closed socket: %v", err)
		}
		if _, _, _, err := selectors.Select(nil, nil, sockets{nil}, timeout); !isArgumentError(err, "x[0]") {
			t.Errorf("nil: %v", err)
		}
	}
	for _, timeout := range []time.Duration{-1, -time.Hour, 1, 5, 999} {
		if _, _, _, err := selectors.Select(sockets{a}, nil, nil, timeout); !isArgumentError(err, "timeout") {
			t.Errorf("timeout %v: %v", timeout, err)
		}
	}
	fd, err := a.Dup()
	must(t, err)
	must(t, unix.Close(fd.Fileno())) // behind its back
	_, _, _, err = selectors.Select(sockets{fd}, nil, nil, socket.NoTimeout)
	if !errors.Is(err, unix.EBADF) || errors.Is(err, net.ErrClosed) {
		t.Errorf("a bad descriptor: %v", err)
	}
	fd.Close()
}

// A socket that is closed while Select waits for others is an error when it
// wakes.
func TestSelectFuncClosedMeanwhile(t *testing.T) {
	for _, sel := range selects {
		a, b := pair(t)
		c, _ := pair(t)
		done := make(chan result, 1)
		go func() {
			_, _, _, err := sel.call(sockets{a, c}, nil, nil, socket.NoTimeout)
			done <- result{nil, err}
		}()
		parked(t, 1)
		must(t, c.Close())
		send(t, b, "x")
		if err := receive(t, done).err; !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v, want net.ErrClosed", sel.name, err)
		}
	}
}

// Descriptors of 1024 and more, at which Python's select ends.
func TestSelectFuncHighNumbers(t *testing.T) {
	a, b := pair(t)
	room(t, 2000)
	var all sockets
	for range 1100 {
		s, err := a.Dup()
		must(t, err)
		defer s.Close()
		all = append(all, s)
	}
	r, w, _, err := selectors.Select(all, all[1099:], nil, socket.NoTimeout)
	if len(r) != 0 || len(w) != 1 || err != nil {
		t.Errorf("%d can be read and %d written, %v", len(r), len(w), err)
	}
	send(t, b, "x")
	r, _, _, err = selectors.Select(all, nil, nil, socket.NoTimeout)
	if len(r) != 1100 || err != nil {
		t.Errorf("%d can be read, %v", len(r), err)
	}
}
