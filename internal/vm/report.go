//go:build linux && amd64

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// exitLine ends what the machine prints, with the exit status of the tests.
const exitLine = "vm: exit status %d"

// An event is what test2json makes of a line.
type event struct{ Action, Test, Output string }

// A report is what became of the tests.
type report struct {
	passed, failed int
	skipped        map[string]string // the tests' names, and what they print
	ended          bool              // whether the exit status has come
	status         int
}

// follow reads the machine's events to their end. It prints those that belong to
// no test, and what the tests print that fail; if verbose, all.
func follow(stream io.Reader, verbose bool) (report, error) {
	r := report{skipped: make(map[string]string)}
	printed := make(map[string]string)
	for events := json.NewDecoder(stream); ; {
		var e event
		if err := events.Decode(&e); err == io.EOF {
			return r, nil
		} else if err != nil {
			return r, err
		}
		if e.Action == "output" {
			printed[e.Test] += e.Output
			r.line(e.Output)
		}
		if verbose || e.Test == "" && e.Action == "output" {
			fmt.Print(e.Output)
		}
		r.count(e, printed[e.Test], verbose)
	}
}

// line looks for the exit status. A test without a line's end may stand before it.
func (r *report) line(text string) {
	_, text, found := strings.Cut(text, exitLine[:len(exitLine)-2])
	if found {
		_, err := fmt.Sscan(text, &r.status)
		r.ended = err == nil
	}
}

func (r *report) count(e event, printed string, verbose bool) {
	switch {
	case e.Test == "":
	case e.Action == "pass":
		r.passed++
	case e.Action == "skip":
		r.skipped[e.Test] = printed
	case e.Action == "fail":
		r.failed++
		if !verbose {
			fmt.Print(printed)
		}
	}
}

// judge prints the sums, and what was skipped.
func (r report) judge() error {
	for _, test := range slices.Sorted(maps.Keys(r.skipped)) {
		fmt.Printf("skipped: %s: %s\n", test, reason(r.skipped[test]))
	}
	fmt.Printf("vm: %d passed, %d failed, %d skipped\n", r.passed, r.failed, len(r.skipped))
	switch {
	case !r.ended:
		return errors.New("the machine ended before the tests did")
	case r.status != 0 || r.failed != 0:
		return fmt.Errorf("the tests failed, with exit status %d", r.status)
	case r.passed == 0:
		return errors.New("no test ran")
	case len(r.skipped) != 0:
		return fmt.Errorf("%d tests were skipped, and all should run", len(r.skipped))
	}
	return nil
}

// reason is what a skipped test prints, without the marks of its course.
func reason(printed string) string {
	var lines []string
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "===") && !strings.HasPrefix(strings.TrimSpace(line), "---") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, " ")
}
