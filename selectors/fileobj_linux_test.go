package selectors_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/selectors"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

type withFileno struct{ fd int }

func (f *withFileno) Fileno() int { return f.fd }

type withFd struct{ fd uintptr }

func (f withFd) Fd() uintptr { return f.fd }

// incomparable can't be compared, nor be the key of a map.
type incomparable struct{ fds []int }

func (f incomparable) Fileno() int { return f.fds[0] }

// Everything that has a descriptor can be registered, and found by itself and by
// its number.
func TestFileobj(t *testing.T) {
	a, b := pair(t)
	send(t, a, "x")
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	must(t, w.Close())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	must(t, err)
	defer conn.Close()
	inner, err := selectors.NewEpollSelector()
	must(t, err)
	defer inner.Close()
	register(t, inner, b, read)
	for name, fileobj := range map[string]any{
		"socket":       b,
		"int":          b.Fileno(),
		"Fileno":       &withFileno{b.Fileno()},
		"Fd":           withFd{uintptr(b.Fileno())},
		"incomparable": incomparable{[]int{b.Fileno()}},
		"os.File":      r,
		"net.Listener": listener,
		"selector":     inner,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s selectors.Selector) {
				key := register(t, s, fileobj, read, name)
				got := ready(t, s, socket.NoTimeout)
				if len(got) != 1 || got[0].Key.Data != name || got[0].Key.Fd != key.Fd || got[0].Mask != read {
					t.Errorf("ready: %+v", got)
				}
				for _, by := range []any{fileobj, key.Fd} {
					if found, err := s.GetKey(by); err != nil || found.Data != name {
						t.Errorf("GetKey(%v) = %+v, %v", by, found, err)
					}
				}
				_, err := s.Unregister(fileobj)
				must(t, err)
			})
		})
	}
	// Registering has left the file in non-blocking mode, so Read parks.
	if flags, err := unix.FcntlInt(uintptr(fdOf(t, r)), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK == 0 {
		t.Errorf("the pipe's flags are %#x, %v", flags, err)
	}
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("Read: %v, want EOF", err)
	}
}

func fdOf(t *testing.T, f *os.File) (n int) {
	t.Helper()
	raw, err := f.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) { n = int(fd) }))
	return n
}

// Files that are closed are found by themselves alone.
func TestClosedFileobj(t *testing.T) {
	each(t, func(t *testing.T, s selectors.Selector) {
		r, w, err := os.Pipe()
		must(t, err)
		defer w.Close()
		a, b := pair(t)
		loose := &withFileno{b.Fileno()}
		bare := incomparable{[]int{a.Fileno()}}
		for _, fileobj := range []any{r, loose, bare} {
			register(t, s, fileobj, read)
		}
		must(t, r.Close())
		loose.fd = -1
		for _, fileobj := range []any{r, loose} {
			if _, err := s.Register(fileobj, write); !isKeyError(err, true) || !strings.HasSuffix(err.Error(), "was closed without Unregister") {
				t.Errorf("Register again: %v", err)
			}
			if _, err := s.Unregister(fileobj); err != nil {
				t.Error(err)
			}
			_, err := s.Register(fileobj, read)
			if !isArgumentError(err, "fileobj") || !errors.Is(err, net.ErrClosed) {
				t.Errorf("Register: %v", err)
			}
		}
		bare.fds[0] = -1
		if _, err := s.GetKey(bare); !isArgumentError(err, "fileobj") {
			t.Errorf("what can't be compared: %v", err)
		}
		_, err = s.Unregister(a)
		must(t, err)
	})
}

// A selector can't wait for itself.
func TestRegisterItself(t *testing.T) {
	s, err := selectors.NewEpollSelector()
	must(t, err)
	defer s.Close()
	if _, err := s.Register(s, read); !errors.Is(err, unix.EINVAL) {
		t.Errorf("Register = %v, want EINVAL", err)
	}
}

// A socket that was closed is never ready, though a duplicate of it is, and isn't
// taken for the one that has its number now.
func TestNumberReused(t *testing.T) {
	s, err := selectors.NewEpollSelector()
	must(t, err)
	defer s.Close()
	a, b := pair(t)
	dup, err := a.Dup()
	must(t, err)
	defer dup.Close()
	register(t, s, a, read)
	number := a.Fileno()
	send(t, b, "x")
	if got := ready(t, s, 0); len(got) != 1 {
		t.Fatalf("ready: %v", got)
	}
	must(t, a.Close())
	c, d := pair(t)
	if c.Fileno() != number { // the kernel gives the lowest that is free
		must(t, unix.Dup2(c.Fileno(), number))
		defer unix.Close(number)
	}

	// As in Python the number is taken as long as nobody unregisters it.
	if _, err = s.Register(number, read); !isKeyError(err, true) {
		t.Errorf("Register: %v", err)
	}
	key, err := s.Unregister(a)
	must(t, err)
	if key.Fd != number || key.Fileobj != any(a) {
		t.Errorf("Unregister = %+v", key)
	}
	register(t, s, number, both, "new")
	// The kernel still tells of a's file, which the duplicate keeps open.
	if diff := cmp.Diff([]found{{number, write}}, summary(ready(t, s, 0))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = s.Modify(number, read)
	must(t, err)
	waiting := waiter(s, socket.NoTimeout)
	parked(t, 1)
	send(t, b, "y") // for a's file
	send(t, d, "z")
	wantResult(t, waiting, found{number, read})
}

// A hang-up or an error is an event of every kind that was asked for.
func TestHangUp(t *testing.T) {
	for _, asked := range []selectors.Event{read, write, both} {
		each(t, func(t *testing.T, s selectors.Selector) {
			a, b := pair(t)
			register(t, s, a, asked)
			must(t, b.Close())
			if diff := cmp.Diff([]found{{a, asked}}, summary(ready(t, s, socket.NoTimeout))); diff != "" {
				t.Errorf("the peer has closed (-want +got):\n%s", diff)
			}
		})
	}
	each(t, func(t *testing.T, s selectors.Selector) {
		r, w, err := os.Pipe()
		must(t, err)
		defer w.Close()
		register(t, s, w, both)
		must(t, r.Close())
		if diff := cmp.Diff([]found{{w, both}}, summary(ready(t, s, socket.NoTimeout))); diff != "" {
			t.Errorf("a pipe without a reader (-want +got):\n%s", diff)
		}
	})
}

// The answers of a queue that has an event for each filter become one result for
// each descriptor.
func TestFiltersTogether(t *testing.T) {
	s, err := selectors.NewEpollSelector()
	must(t, err)
	defer s.Close()
	a, b := pair(t)
	c, d := pair(t)
	for i, sock := range []*socket.Socket{a, b, c, d} {
		register(t, s, sock, []selectors.Event{both, both, read, write}[i])
	}
	fds := []int{a.Fileno(), c.Fileno(), b.Fileno(), a.Fileno(), d.Fileno()}
	got := s.Collected(fds, []selectors.Event{read, read, write, write, write})
	want := []found{{a, both}, {c, read}, {b, write}, {d, write}}
	if diff := cmp.Diff(want, summary(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := s.Collected([]int{a.Fileno(), c.Fileno()}, []selectors.Event{read, write}); len(got) != 1 {
		t.Errorf("what wasn't asked for: %+v", got)
	}
}

func TestEventString(t *testing.T) {
	for event, want := range map[selectors.Event]string{
		0: "0", read: "EVENT_READ", write: "EVENT_WRITE", both: "EVENT_READ|EVENT_WRITE",
		4: "4", read | 8: "EVENT_READ|8", -4: "-4",
	} {
		if got := event.String(); got != want {
			t.Errorf("Event(%d) is %q, want %q", int(event), got, want)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	s, err := selectors.NewDefaultSelector()
	must(t, err)
	_, err = s.Unregister(999999)
	wantText(t, err, "unregister: 999999 is not registered")
	_, err = s.Register(-1, read)
	wantText(t, err, "register: fileobj is -1, want a descriptor's number, or a value that has one: Fileno() int, syscall.Conn or Fd() uintptr")
	_, err = s.Register(0, 4)
	wantText(t, err, "register: events is 4, want EVENT_READ, EVENT_WRITE or both")
	_, err = s.Select(5)
	wantText(t, err, "select: timeout is 5ns, want a time.Duration with its unit: write 5*time.Second, not 5")
	r, w := numbers(t)
	register(t, s, &withFileno{r}, read)
	_, err = s.Register(r, read)
	if err == nil || !strings.HasSuffix(err.Error(), ") is already registered") {
		t.Errorf("Register: %v", err)
	}
	must(t, unix.Close(r))
	must(t, unix.Close(w))
	must(t, s.Close())
	_, err = s.Select(0)
	wantText(t, err, "select: selector is closed")
}

func wantText(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
