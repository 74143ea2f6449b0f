package selectors_test

import (
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/selectors"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kinds are the selectors that every test of their behaviour is run with: what
// Linux has, and what other systems wait with, on Linux.
var kinds = []struct {
	name string
	make func(t testing.TB) (selectors.Selector, error)
}{
	{"Default", func(testing.TB) (selectors.Selector, error) { return selectors.NewDefaultSelector() }},
	{"Poll", func(testing.TB) (selectors.Selector, error) { return selectors.NewPollSelector() }},
	{"hub", func(t testing.TB) (selectors.Selector, error) { return testHub(t).NewEpollSelector() }},
	{"thread", func(testing.TB) (selectors.Selector, error) { return selectors.NewThreadSelector() }},
}

func testHub(t testing.TB) *selectors.TestHub {
	t.Helper()
	h, err := selectors.NewTestHub()
	must(t, err)
	t.Cleanup(h.Close)
	return h
}

// each runs a test with each kind of selector.
func each(t *testing.T, test func(t *testing.T, s selectors.Selector)) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			s, err := kind.make(t)
			must(t, err)
			t.Cleanup(func() { must(t, s.Close()) })
			test(t, s)
		})
	}
}

// pair returns two sockets that are connected.
func pair(t testing.TB) (a, b *socket.Socket) {
	t.Helper()
	a, b, err := socket.SocketPair()
	must(t, err)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func register(t testing.TB, s selectors.Selector, fileobj any, events selectors.Event, data ...any) selectors.SelectorKey {
	t.Helper()
	key, err := s.Register(fileobj, events, data...)
	must(t, err)
	return key
}

func send(t testing.TB, s *socket.Socket, data string) {
	t.Helper()
	must(t, s.SendAll([]byte(data)))
}

// ready returns what Select returns.
func ready(t testing.TB, s selectors.Selector, timeout time.Duration) []selectors.Ready {
	t.Helper()
	got, err := s.Select(timeout)
	must(t, err)
	return got
}

// found is one result, in a form that can be compared.
type found struct {
	fileobj any
	mask    selectors.Event
}

func (f found) Equal(g found) bool { return f == g }

func summary(all []selectors.Ready) (list []found) {
	for _, r := range all {
		list = append(list, found{r.Key.Fileobj, r.Mask})
	}
	return list
}

// isKeyError reports whether err is a *KeyError of that kind.
func isKeyError(err error, registered bool) bool {
	var key *selectors.KeyError
	return errors.As(err, &key) && key.Registered == registered
}

// isArgumentError reports whether err is a *socket.ArgumentError for an argument.
func isArgumentError(err error, name string) bool {
	var argument *socket.ArgumentError
	return errors.As(err, &argument) && argument.Name == name
}

// threads is how many threads the process has.
func threads(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	for line := range strings.Lines(string(status)) {
		if count, ok := strings.CutPrefix(line, "Threads:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(count))
			must(t, err)
			return n
		}
	}
	t.Fatal("/proc/self/status has no Threads")
	return 0
}

// moreThreads is how many threads the runtime may have started: one for each
// processor, and others when a system call takes its time.
func moreThreads() int { return 20 + runtime.GOMAXPROCS(0) }

const (
	read  = selectors.EVENT_READ
	write = selectors.EVENT_WRITE
	both  = read | write
)

// patience is longer than anything takes; who runs into it is stuck.
const patience = 30 * time.Second

// raceEnabled reports whether the test was built with -race.
func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
