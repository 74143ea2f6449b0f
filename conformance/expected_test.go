//go:build unix

package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// expectations are the tests that end otherwise than with CPython's sockets, by
// name, and why.
type expectations map[string]string

// notRunMark begins the reason of a test that would not end.
const notRunMark = "not run: "

// readExpected reads lists of the directory testdata. A line is a test's name, a
// bar and the reason; # begins a comment. A version in brackets before the bar
// says that the line is for that Python alone.
func readExpected(t *testing.T, version string, names ...string) expectations {
	t.Helper()
	e := expectations{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			test, reason, ok := strings.Cut(line, "|")
			test, reason = strings.TrimSpace(test), strings.TrimSpace(reason)
			if !ok || reason == "" || e[test] != "" {
				t.Fatalf("testdata/%s: want one line of name | reason for each test, have: %s", name, line)
			}
			test, only, limited := strings.Cut(test, " (")
			if !limited || only == version+")" {
				e[test] = reason
			}
		}
	}
	return e
}

func (e expectations) has(test string) bool { return e[test] != "" }

// notRun returns the names, without the class's, of the tests of a class that are
// left out.
func (e expectations) notRun(class string) []string {
	var tests []string
	for test, reason := range e {
		if name, ok := strings.CutPrefix(test, class+"."); ok && strings.HasPrefix(reason, notRunMark) {
			tests = append(tests, name)
		}
	}
	return tests
}
