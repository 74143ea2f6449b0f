package selectors_test

import (
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"example.com/socket/selectors"
)

// fdSpare are the descriptors that the test needs besides those it registers.
const fdSpare = 200

// room returns how many descriptors can be opened, at most n.
func room(t testing.TB, n int) int {
	t.Helper()
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	if most := int(min(limit.Cur, 1<<30)) - fdSpare; most < n {
		if most < 2000 {
			t.Skipf("the limit of open files is %d: ulimit -n 20000", limit.Cur)
		}
		return most
	}
	return n
}

// idle registers n sockets to which nothing comes, and returns one of them that
// something can be sent to, and by whom.
func idle(t testing.TB, s selectors.Selector, n int) (a, b *socket.Socket) {
	t.Helper()
	for i := range n {
		if i == n/2 {
			a, b = pair(t)
			register(t, s, a, read)
		}
		u, err := socket.New(socket.SOCK_DGRAM)
		must(t, err)
		t.Cleanup(func() { u.Close() })
		register(t, s, u, read)
	}
	return a, b
}

// Of 10,000 that are registered one is found, or all.
func TestTenThousand(t *testing.T) {
	for _, kind := range kinds[:2] {
		t.Run(kind.name, func(t *testing.T) {
			s, err := kind.make(t)
			must(t, err)
			defer s.Close()
			n := room(t, 10000)
			a, b := idle(t, s, n)
			c := waiter(s, socket.NoTimeout)
			parked(t, 1)
			send(t, b, "x")
			wantResult(t, c, found{a, read})
			for _, key := range s.GetMap().All() {
				_, err := s.Modify(key.Fileobj, both)
				must(t, err)
			}
			writable := 0
			for _, r := range ready(t, s, socket.NoTimeout) {
				if want := write | map[bool]selectors.Event{true: read}[r.Key.Fileobj == any(a)]; r.Mask != want {
					t.Fatalf("%v, want %v of %v", r.Mask, want, r.Key.Fileobj)
				}
				writable++
			}
			if diff := cmp.Diff(n+1, writable); diff != "" {
				t.Errorf("can be written to (-want +got):\n%s", diff)
			}
		})
	}
}

// Select allocates its result and nothing else, however many are registered.
func TestAllocations(t *testing.T) {
	if raceEnabled() {
		t.Skip("the race detector drops what sync.Pool holds: run without -race")
	}
	for _, n := range []int{10, 1000} {
		s, err := selectors.NewDefaultSelector()
		must(t, err)
		_, b := idle(t, s, n)
		send(t, b, "x")
		got := testing.AllocsPerRun(100, func() {
			if r := ready(t, s, socket.NoTimeout); len(r) != 1 {
				t.Fatalf("%v is ready", r)
			}
		})
		if got > 1 {
			t.Errorf("with %d registered Select allocates %v times, want 1", n, got)
		}
		must(t, s.Close())
	}
}

func BenchmarkSelect(b *testing.B) {
	for _, n := range []int{10, 10000} {
		b.Run(map[int]string{10: "10", 10000: "10000"}[n], func(b *testing.B) {
			s, err := selectors.NewDefaultSelector()
			must(b, err)
			defer s.Close()
			_, c := idle(b, s, room(b, n))
			send(b, c, "x")
			b.ReportAllocs()
			for b.Loop() {
				if r, err := s.Select(socket.NoTimeout); len(r) != 1 || err != nil {
					b.Fatal(r, err)
				}
			}
		})
	}
}
