//go:build unix

package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each line of a Python program stands in a comment of its Go counterpart, but
// for what Go has no line for.
func TestPythonLinesBesideGo(t *testing.T) {
	programs, err := filepath.Glob("testdata/*.py")
	must(t, err)
	if len(programs) == 0 {
		t.Fatal("no Python programs in testdata")
	}
	for _, path := range programs {
		python, err := os.ReadFile(path)
		must(t, err)
		name := strings.TrimSuffix(filepath.Base(path), ".py")
		beside := comments(t, filepath.Join(name, "main.go"))
		for i, line := range strings.Split(string(python), "\n") {
			line = strings.TrimSuffix(strings.TrimSpace(line), ":")
			if i > 0 && line != "" && !onlyPython(line) && !strings.Contains(beside, line) {
				t.Errorf("%s:%d: not beside its Go line: %s", path, i+1, line)
			}
		}
	}
}

func onlyPython(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return word == "import" || word == "from" || word == "def" || word == "try"
}

// comments returns the comments of a Go file after its package clause.
func comments(t *testing.T, path string) string {
	t.Helper()
	source, err := os.ReadFile(path)
	must(t, err)
	_, code, _ := strings.Cut(string(source), "\npackage main\n")
	var found strings.Builder
	for line := range strings.Lines(code) {
		if _, comment, ok := strings.Cut(line, "// "); ok {
			found.WriteString(comment)
		}
	}
	return found.String()
}
