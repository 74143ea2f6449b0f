//go:build unix

package conformance_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A job is one module of CPython's tests, run with one interpreter.
type job struct {
	python   python
	bridge   bridge
	sockets  string // whose: see run.py
	module   string
	expected expectations
}

// An outcome is how a test ended, and why.
type outcome struct {
	result string
	detail string
}

// classLimit is far above what any class takes.
const classLimit = time.Minute

// workers is how many classes run at a time. They mostly wait.
const workers = 6

// check runs the module's classes and compares what came out with the list.
func (j job) check(t *testing.T) {
	classes, err := j.classes()
	if err != nil || len(classes) == 0 {
		t.Fatalf("%d classes with tests: %v", len(classes), err)
	}
	outcomes := j.runAll(classes)
	j.blameMachine(outcomes)
	j.compare(t, outcomes)
	t.Log(j.summary(outcomes))
}

func (j job) classes() ([]string, error) {
	events, err := j.python.run(j.bridge, classLimit, j.sockets, j.module)
	var names []string
	for _, e := range events {
		names = append(names, e.Cls)
	}
	return names, err
}

// runAll runs each class in a process of its own, several at a time.
func (j job) runAll(classes []string) map[string]outcome {
	var mu sync.Mutex
	all := map[string]outcome{}
	var wg sync.WaitGroup
	turn := make(chan struct{}, workers)
	for _, class := range classes {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			outcomes := j.runClass(class)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(all, outcomes)
		})
	}
	wg.Wait()
	return all
}

// runClass returns the outcomes of a class's tests. A test that had started when
// Python ended has failed.
func (j job) runClass(class string) map[string]outcome {
	args := []string{j.sockets, j.module, class}
	args = append(args, j.expected.notRun(j.module+"."+class)...)
	events, err := j.python.run(j.bridge, classLimit, args...)
	outcomes := map[string]outcome{}
	for _, e := range events {
		if e.Outcome == started || outcomes[e.Test].result != failed {
			outcomes[e.Test] = outcome{e.Outcome, e.Detail}
		}
	}
	for test, o := range outcomes {
		if o.result == started {
			outcomes[test] = outcome{failed, fmt.Sprint("it didn't end: ", err)}
			err = nil
		}
	}
	if err != nil {
		outcomes[j.module+"."+class] = outcome{failed, err.Error()}
	}
	return outcomes
}

// machine is the result of a test that fails with CPython's own sockets too.
const machine = "fails with CPython's sockets too"

// blameMachine runs the classes with failures that nobody expects once more, with
// CPython's own sockets.
func (j job) blameMachine(outcomes map[string]outcome) {
	suspects := map[string]bool{}
	for test, o := range outcomes {
		if o.result == failed && !j.expected.has(test) {
			suspects[classOf(test)] = true
		}
	}
	own := j
	own.sockets = "cpython"
	for test, o := range own.runAll(slices.Collect(maps.Keys(suspects))) {
		if o.result == failed && outcomes[test].result == failed {
			outcomes[test] = outcome{machine, o.detail}
		}
	}
}

// classOf is the class in test_socket.Class.test.
func classOf(test string) string {
	parts := strings.Split(test, ".")
	return parts[min(1, len(parts)-1)]
}

func (j job) compare(t *testing.T, outcomes map[string]outcome) {
	for _, test := range slices.Sorted(maps.Keys(outcomes)) {
		o, listed := outcomes[test], j.expected.has(test)
		switch {
		case o.result == failed && !listed:
			t.Errorf("%s: failed, and isn't in the list of expected differences:\n%s", test, o.detail)
		case o.result == passed && listed:
			t.Errorf("%s: passed, but is in the list of expected differences: take it out", test)
		}
	}
}

// summary counts the outcomes, and gives the reasons of what wasn't run.
func (j job) summary(outcomes map[string]outcome) string {
	counts, reasons := map[string]int{}, map[string]int{}
	for test, o := range outcomes {
		switch {
		case o.result == failed && j.expected.has(test):
			counts["expected difference"]++
		case o.result == skipped:
			counts[skipped]++
			reasons[o.detail]++
		default:
			counts[o.result]++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, Python %s: %d tests", j.module, j.python.version, len(outcomes))
	for _, result := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, ", %d %s", counts[result], result)
	}
	fmt.Fprintf(&b, "; skipped by CPython:")
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(&b, "\n%6d  %s", reasons[reason], reason)
	}
	return b.String()
}
