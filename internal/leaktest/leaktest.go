//go:build unix

// Package leaktest finds descriptors and goroutines that tests leave behind.
package leaktest

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Main is TestMain for a package whose tests must leave nothing behind: it runs
// the tests, and if they passed but left descriptors or goroutines, it lists
// them and fails.
//
//	func TestMain(m *testing.M) { leaktest.Main(m) }
func Main(m *testing.M) {
	before := take()
	code := m.Run()
	if left := before.left(); code == 0 && left != "" {
		fmt.Fprint(os.Stderr, "the tests left behind:\n", left)
		code = 1
	}
	os.Exit(code)
}

// Check fails the test if it leaves descriptors or goroutines behind that weren't
// there when Check was called. It is for tests that don't run in parallel with
// others. Clean-ups that are registered after Check run before its comparison.
func Check(t testing.TB) {
	t.Helper()
	before := take()
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			return
		}
		if left := before.left(); left != "" {
			t.Errorf("the test left behind:\n%s", left)
		}
	})
}

// state is what there was at one moment, each thing by a name of its own.
type state struct {
	files      map[string]bool
	goroutines map[string]bool
}

func take() state {
	return state{files: openFiles(), goroutines: goroutines()}
}

// patience bounds the wait for what is on its way out: a goroutine that has been
// told to end, a file that the garbage collector closes.
const patience = 30 * time.Second

// left returns a list of what is there now but wasn't before, "" for nothing.
func (before state) left() string {
	until := time.Now().Add(patience)
	for pause := 100 * time.Microsecond; ; pause = min(2*pause, 100*time.Millisecond) {
		now := take()
		list := extra(before.files, now.files) + extra(before.goroutines, now.goroutines)
		if list == "" || time.Now().After(until) {
			return list
		}
		runtime.GC()
		time.Sleep(pause)
	}
}

// extra lists what is in now and not in before, sorted.
func extra(before, now map[string]bool) string {
	var list []string
	for name := range now {
		if !before[name] {
			list = append(list, name+"\n")
		}
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

// goroutines returns the goroutines' stacks, without those of the testing
// package and of the runtime. What changes in the life of one, its state, is
// left out.
func goroutines() map[string]bool {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	found := make(map[string]bool)
	for i, stack := range strings.Split(string(buf), "\n\n") {
		if i > 0 && !strings.Contains(stack, "\ntesting.") && !strings.Contains(stack, "created by runtime") &&
			!strings.Contains(stack, "created by os/signal") {
			head, creator, _ := strings.Cut(stack, "\n")
			id, _, _ := strings.Cut(head, " [")
			found[id+": "+lastCreator(creator)] = true
		}
	}
	return found
}

// lastCreator returns where the goroutine of a stack was started.
func lastCreator(stack string) string {
	if i := strings.LastIndex(stack, "created by "); i >= 0 {
		return strings.Join(strings.Fields(stack[i:]), " ")
	}
	return strings.TrimSpace(stack)
}
