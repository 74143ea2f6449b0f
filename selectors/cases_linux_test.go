package selectors_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"slices"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/selectors"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// The cases of CPython's test_selectors, with each kind of selector.

// tooLarge is no C int; on a 32-bit system it is negative.
var tooLarge uint32 = 1 << 31

func TestRegister(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		key := register(t, s, a, read, "data")
		want := selectors.SelectorKey{Fileobj: a, Fd: a.Fileno(), Events: read, Data: "data"}
		if key != want {
			t.Errorf("key is %+v, want %+v", key, want)
		}
		for _, events := range []selectors.Event{0, 4, 999999, -1, read | 8} {
			if _, err := s.Register(b, events); !isArgumentError(err, "events") {
				t.Errorf("events %d: %v", int(events), err)
			}
		}
		for _, fileobj := range []any{-10, int(tooLarge), nil, "a", struct{}{}, (*socket.Socket)(nil), (*os.File)(nil)} {
			if _, err := s.Register(fileobj, read); !isArgumentError(err, "fileobj") {
				t.Errorf("fileobj %v: %v", fileobj, err)
			}
		}
		if _, err := s.Register(b, read, 1, 2); !isArgumentError(err, "number of data") {
			t.Errorf("two data: %v", err)
		}
		for _, again := range []any{a, a.Fileno()} {
			if _, err := s.Register(again, write); !isKeyError(err, true) || !errors.Is(err, fs.ErrExist) {
				t.Errorf("%v again: %v", again, err)
			}
		}
		if n := s.GetMap().Len(); n != 1 {
			t.Errorf("%d are registered, want 1", n)
		}
	})
}

func TestUnregister(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		want := register(t, s, a, read)
		key, err := s.Unregister(a)
		must(t, err)
		if key != want {
			t.Errorf("the key was %+v, want %+v", key, want)
		}
		for _, fileobj := range []any{999999, a, b} {
			if _, err := s.Unregister(fileobj); !isKeyError(err, false) || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v, which isn't registered: %v", fileobj, err)
			}
		}
		if _, err := s.Unregister("a"); !isArgumentError(err, "fileobj") {
			t.Errorf("what is no file: %v", err)
		}
		send(t, b, "x")
		if got := ready(t, s, 0); got != nil {
			t.Errorf("ready: %v", got)
		}
		register(t, s, a, read)
		if got := ready(t, s, 0); len(got) != 1 {
			t.Errorf("registered again: %v is ready", got)
		}
	})
}

// numbers returns two descriptors that are no Socket's.
func numbers(t *testing.T) (r, w int) {
	t.Helper()
	a, b := pair(t)
	r, err := a.Detach()
	must(t, err)
	w, err = b.Detach()
	must(t, err)
	return r, w
}

func TestUnregisterAfterFdClose(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		r, w := numbers(t)
		register(t, s, r, read)
		register(t, s, w, write)
		must(t, unix.Close(r))
		must(t, unix.Close(w))
		for _, fd := range []int{r, w} {
			if _, err := s.Unregister(fd); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestUnregisterAfterFdCloseAndReuse(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		r, w := numbers(t)
		register(t, s, r, read)
		register(t, s, w, write)
		a, b := pair(t)
		must(t, unix.Dup2(a.Fileno(), r)) // closes what r was
		must(t, unix.Dup2(b.Fileno(), w))
		for _, fd := range []int{r, w} {
			if _, err := s.Unregister(fd); err != nil {
				t.Error(err)
			}
			must(t, unix.Close(fd))
		}
	})
}

func TestUnregisterAfterSocketClose(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		register(t, s, a, read, 1)
		register(t, s, b, write, 2)
		must(t, a.Close())
		must(t, b.Close())
		for want, sock := range []*socket.Socket{a, b} {
			if key, err := s.GetKey(sock); err != nil || key.Data != want+1 {
				t.Errorf("key %+v, %v", key, err)
			}
			if key, err := s.Unregister(sock); err != nil || key.Data != want+1 {
				t.Errorf("key %+v, %v", key, err)
			}
			if _, err := s.Unregister(sock); !errors.Is(err, net.ErrClosed) || !isArgumentError(err, "fileobj") {
				t.Errorf("again: %v", err)
			}
		}
	})
}

func TestModify(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		before := register(t, s, a, read, "old")
		after, err := s.Modify(a, write, "new")
		must(t, err)
		if before.Events != read || before.Data != "old" {
			t.Errorf("Modify changed the key that Register returned: %+v", before)
		}
		want := selectors.SelectorKey{Fileobj: a, Fd: a.Fileno(), Events: write, Data: "new"}
		if now, err := s.GetKey(a); now != want || after != want || err != nil {
			t.Errorf("keys %+v and %+v, %v; want %+v", after, now, err, want)
		}
		if diff := cmp.Diff([]found{{a, write}}, summary(ready(t, s, socket.NoTimeout))); diff != "" {
			t.Errorf("ready for writing (-want +got):\n%s", diff)
		}
		for _, events := range []selectors.Event{0, 4} {
			if _, err := s.Modify(a, events); !isArgumentError(err, "events") {
				t.Errorf("events %v: %v", events, err)
			}
		}
		if now, err := s.GetKey(a); now != want || err != nil {
			t.Errorf("wrong events changed the key to %+v, %v", now, err)
		}
		if key, err := s.Modify(a, write); err != nil || key.Data != nil {
			t.Errorf("without data: %+v, %v", key, err)
		}
		if _, err := s.Modify(a, write, 1, 2); !isArgumentError(err, "number of data") {
			t.Errorf("two data: %v", err)
		}
		for _, fileobj := range []any{999999, b} {
			if _, err := s.Modify(fileobj, read); !isKeyError(err, false) {
				t.Errorf("%v, which isn't registered: %v", fileobj, err)
			}
		}
	})
}

// What the kernel refuses to modify isn't registered any more.
func TestModifyRefused(t *testing.T) {
	s, err := selectors.NewEpollSelector()
	must(t, err)
	defer s.Close()
	r, w := numbers(t)
	defer unix.Close(w)
	register(t, s, r, read)
	must(t, unix.Close(r))
	if _, err := s.Modify(r, write); !errors.Is(err, unix.EBADF) {
		t.Errorf("Modify = %v, want EBADF", err)
	}
	if _, err := s.GetKey(r); !isKeyError(err, false) {
		t.Errorf("GetKey = %v, want a KeyError", err)
	}
}

func TestClose(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		mapping := s.GetMap()
		register(t, s, a, read)
		register(t, s, b, write)
		must(t, s.Close())
		must(t, s.Close())
		wantClosed(t, s, a)
		if _, ok := mapping.Get(a); ok || mapping.Len() != 0 {
			t.Errorf("the map still has %d", mapping.Len())
		}
		for fd := range mapping.All() {
			t.Errorf("the map still has %d", fd)
		}
		if _, err := a.Recv(1, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
			t.Errorf("Close closed a socket: %v", err)
		}
	})
}

// wantClosed checks that every method answers net.ErrClosed.
func wantClosed(t *testing.T, s selectors.Selector, fileobj any) {
	t.Helper()
	for name, call := range map[string]func() error{
		"Register":     func() error { _, err := s.Register(fileobj, read); return err },
		"Register bad": func() error { _, err := s.Register("no file", read); return err },
		"Unregister":   func() error { _, err := s.Unregister(fileobj); return err },
		"Modify":       func() error { _, err := s.Modify(fileobj, read); return err },
		"GetKey":       func() error { _, err := s.GetKey(fileobj); return err },
		"Select 0":     func() error { _, err := s.Select(0); return err },
		"Select":       func() error { _, err := s.Select(socket.NoTimeout); return err },
	} {
		if err := call(); !errors.Is(err, net.ErrClosed) || !errors.Is(err, unix.EBADF) {
			t.Errorf("%s on a closed selector: %v", name, err)
		}
	}
	if m := s.GetMap(); m != nil || m.Len() != 0 {
		t.Errorf("the map of a closed selector is %v", m)
	}
}

// A selector that no New made is a closed one.
func TestZeroSelector(t *testing.T) {
	for _, s := range []selectors.Selector{new(selectors.PollSelector), new(selectors.EpollSelector)} {
		wantClosed(t, s, 0)
		must(t, s.Close())
	}
	if fd := new(selectors.EpollSelector).Fileno(); fd != -1 {
		t.Errorf("Fileno = %d, want -1", fd)
	}
}

func TestGetKey(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		want := register(t, s, a, read, "data")
		for _, fileobj := range []any{a, a.Fileno()} {
			if key, err := s.GetKey(fileobj); key != want || err != nil {
				t.Errorf("GetKey(%v) = %+v, %v", fileobj, key, err)
			}
		}
		for _, fileobj := range []any{999999, b} {
			if _, err := s.GetKey(fileobj); !isKeyError(err, false) {
				t.Errorf("GetKey(%v): %v", fileobj, err)
			}
		}
		if _, err := s.GetKey(1.5); !isArgumentError(err, "fileobj") {
			t.Errorf("GetKey(1.5): %v", err)
		}
	})
}

func TestGetMap(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		mapping := s.GetMap()
		if mapping.Len() != 0 {
			t.Errorf("a new selector has %d", mapping.Len())
		}
		var want []int
		for range 10 { // their numbers aren't in this order
			a, b := pair(t)
			register(t, s, b, read)
			register(t, s, a, write)
			want = append(want, b.Fileno(), a.Fileno())
		}
		var got []int
		for fd, key := range mapping.All() {
			if same, ok := mapping.Get(key.Fileobj); !ok || same != key || key.Fd != fd {
				t.Errorf("Get of %d: %+v, %v", fd, same, ok)
			}
			got = append(got, fd)
			_, err := s.Unregister(fd)
			must(t, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in the order of registration (-want +got):\n%s", diff)
		}
		if _, ok := mapping.Get(want[0]); ok || mapping.Len() != 0 {
			t.Errorf("the map has still %d", mapping.Len())
		}
		for range mapping.All() {
			t.Error("the empty map has something")
		}
	})
}

func TestSelect(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		register(t, s, a, read)
		key := register(t, s, b, write, "data")
		got := ready(t, s, socket.NoTimeout)
		if diff := cmp.Diff([]selectors.Ready{{Key: key, Mask: write}}, got, cmp.Comparer(func(a, b selectors.Ready) bool { return a == b })); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// What can be read and written is one result with both, and stays one as long as
// nobody reads.
func TestSelectReadWrite(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, b := pair(t)
		send(t, b, "foo")
		register(t, s, a, both)
		for range 3 {
			if diff := cmp.Diff([]found{{a, both}}, summary(ready(t, s, patience))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		_, err := a.Recv(3)
		must(t, err)
		if diff := cmp.Diff([]found{{a, write}}, summary(ready(t, s, patience))); diff != "" {
			t.Errorf("after Recv (-want +got):\n%s", diff)
		}
	})
}

func TestFileno(t *testing.T) {
	s, err := selectors.NewEpollSelector()
	must(t, err)
	if fd := s.Fileno(); fd < 0 {
		t.Errorf("Fileno = %d", fd)
	}
	must(t, s.Close())
	if fd := s.Fileno(); fd != -1 {
		t.Errorf("after Close: %d, want -1", fd)
	}
}

// Each of twelve writers is chosen once, and its reader hears it.
func TestSelector(t *testing.T) {
	const message = " This is a test."
	each(t, func(t *testing.T, s selectors.Selector) {
		other := make(map[*socket.Socket]*socket.Socket)
		for range 12 {
			r, w := pair(t)
			register(t, s, r, read)
			register(t, s, w, write)
			other[w], other[r] = r, w
		}
		for left := 12; left > 0; left-- {
			all := ready(t, s, patience)
			if len(all) != left {
				t.Fatalf("%d are ready, want %d writers", len(all), left)
			}
			w := all[rand.IntN(left)].Key.Fileobj.(*socket.Socket)
			send(t, w, message)
			heard := slices.DeleteFunc(ready(t, s, patience), func(r selectors.Ready) bool { return r.Mask&read == 0 })
			if diff := cmp.Diff([]found{{other[w], read}}, summary(heard)); diff != "" {
				t.Fatalf("who hears (-want +got):\n%s", diff)
			}
			got, err := other[w].Recv(100)
			must(t, err)
			if string(got) != message {
				t.Errorf("received %q", got)
			}
			for _, sock := range []*socket.Socket{w, other[w]} {
				_, err := s.Unregister(sock)
				must(t, err)
			}
		}
	})
}

func TestTimeout(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		for _, timeout := range []time.Duration{0, -1, -time.Hour} {
			if got := ready(t, s, timeout); got != nil {
				t.Errorf("%v: an empty selector has %v", timeout, got)
			}
		}
		wantWait(t, s, 20*time.Millisecond)
		a, b := pair(t)
		register(t, s, b, write)
		for _, timeout := range []time.Duration{0, -1, time.Microsecond, time.Hour, socket.NoTimeout} {
			if got := ready(t, s, timeout); len(got) != 1 {
				t.Errorf("%v: %v is ready, want 1", timeout, got)
			}
		}
		_, err := s.Modify(b, read)
		must(t, err)
		register(t, s, a, read)
		for _, timeout := range []time.Duration{0, -1} {
			if got := ready(t, s, timeout); got != nil {
				t.Errorf("%v: ready %v", timeout, got)
			}
		}
		for _, timeout := range []time.Duration{time.Microsecond, 1500 * time.Microsecond, 30 * time.Millisecond} {
			wantWait(t, s, timeout)
		}
		if _, err := s.Select(5); !isArgumentError(err, "timeout") {
			t.Errorf("5 ns: %v", err)
		}
		// A deadline that has passed is no matter to the next call.
		send(t, a, "x")
		if got := ready(t, s, socket.NoTimeout); len(got) != 1 {
			t.Errorf("after timeouts: %v", got)
		}
	})
}

// wantWait checks that Select waits at least that long, and finds nothing.
func wantWait(t *testing.T, s selectors.Selector, timeout time.Duration) {
	t.Helper()
	began := time.Now()
	if got := ready(t, s, timeout); got != nil {
		t.Errorf("%v: ready %v", timeout, got)
	}
	if took := time.Since(began); took < timeout {
		t.Errorf("%v: it took %v", timeout, took)
	}
}

// Signals don't end a wait.
func TestSelectInterrupted(t *testing.T) {
	signals := make(chan os.Signal, 100)
	signal.Notify(signals, unix.SIGUSR1)
	defer signal.Stop(signals)
	each(t, func(t *testing.T, s selectors.Selector) {
		a, _ := pair(t)
		register(t, s, a, read)
		stop := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					unix.Kill(unix.Getpid(), unix.SIGUSR1)
				}
			}
		}()
		wantWait(t, s, 50*time.Millisecond)
		close(stop)
		<-ended
		select {
		case <-signals:
		case <-time.After(patience):
			t.Error("no signal came")
		}
	})
}

func TestRegularFile(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "file")
	must(t, err)
	defer f.Close()
	epoll, err := selectors.NewEpollSelector()
	must(t, err)
	defer epoll.Close()
	if _, err := epoll.Register(f, read); !errors.Is(err, socket.ErrPermission) || err.Error() != "register: [Errno 1] Operation not permitted" {
		t.Errorf("epoll: %v", err)
	}
	if _, err := epoll.GetKey(f); !isKeyError(err, false) {
		t.Errorf("GetKey: %v, want a KeyError", err)
	}
	poll, err := selectors.NewPollSelector()
	must(t, err)
	defer poll.Close()
	register(t, poll, f, both)
	if diff := cmp.Diff([]found{{f, both}}, summary(ready(t, poll, socket.NoTimeout))); diff != "" {
		t.Errorf("poll (-want +got):\n%s", diff)
	}
}

// bad is a descriptor that isn't open.
func bad(t *testing.T) int {
	t.Helper()
	r, w := numbers(t)
	must(t, unix.Close(w))
	must(t, unix.Close(r))
	return r
}

func TestRegisterBadFd(t *testing.T) {
	s, err := selectors.NewDefaultSelector()
	must(t, err)
	defer s.Close()
	fd := bad(t)
	if _, err := s.Register(fd, read); !errors.Is(err, unix.EBADF) || errors.Is(err, net.ErrClosed) {
		t.Errorf("Register = %v, want EBADF", err)
	}
	if s.GetMap().Len() != 0 {
		t.Error("it is registered")
	}
}

// poll(2) tells of a descriptor that isn't open when it is asked.
func TestPollBadFd(t *testing.T) {
	s, err := selectors.NewPollSelector()
	must(t, err)
	defer s.Close()
	fd := bad(t)
	register(t, s, fd, read)
	if diff := cmp.Diff([]found{{fd, read}}, summary(ready(t, s, socket.NoTimeout))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A Map that no selector made is an empty one.
func TestZeroMap(t *testing.T) {
	m := new(selectors.Map)
	if _, ok := m.Get(0); ok || m.Len() != 0 {
		t.Errorf("the zero Map has %d", m.Len())
	}
	for fd, key := range m.All() {
		t.Errorf("the zero Map has %d: %+v", fd, key)
	}
}

// What is closed without Unregister is never ready on epoll, always on poll.
func TestClosedIsReady(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		a, _ := pair(t)
		key := register(t, s, a, read)
		must(t, a.Close())
		var want []selectors.Ready
		if _, polls := s.(*selectors.PollSelector); polls {
			want = []selectors.Ready{{Key: key, Mask: read}}
		}
		got, err := s.Select(0)
		must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("Select = %v, want %v", got, want)
		}
	})
}
