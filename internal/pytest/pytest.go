//go:build unix

// Package pytest lets tests ask Python. It finds the interpreters, evaluates
// code in them, and runs Python programs that talk to the test over sockets,
// standard input and standard output. Nothing outlives its test: a program that
// is still there at the end, or after two minutes, is killed and reaped.
//
//	python := pytest.Find(t)
//	server := python.Start(t, code)
//	addr := server.Listening() // its first line: listening on HOST:PORT
//	...
//	stdout := server.Wait() // it must end with status 0
package pytest

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket/internal/machine"
)

// deadline bounds the life of each Python that is started.
const deadline = 2 * time.Minute

// An Interpreter is a Python that can be run.
type Interpreter struct {
	Path    string // the executable itself, not a link or a shim
	Version string // "3.11"
}

// All returns the Pythons from 3.11 to 3.15: python3, other versions on the
// PATH and those that pyenv has, one of each version. It skips the test if there
// is none, or under an emulator.
func All(t testing.TB) []Interpreter {
	t.Helper()
	machine.Needs(t, machine.Programs)
	found := interpreters()
	if len(found) == 0 {
		t.Skip("python3 not found: apt-get install python3")
	}
	return found
}

// Find returns the first of All.
func Find(t testing.TB) Interpreter {
	t.Helper()
	return All(t)[0]
}

// interpreters looks once in a run for what All returns.
var interpreters = sync.OnceValue(func() (found []Interpreter) {
	names := []string{"python3", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15"}
	if home, err := os.UserHomeDir(); err == nil {
		more, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.1[1-5].*/bin/python3"))
		names = append(names, more...)
	}
	seen := make(map[string]bool)
	for _, name := range names {
		if p, ok := Probe(name); ok && !seen[p.Version] {
			seen[p.Version] = true
			found = append(found, p)
		}
	}
	return found
})

// Probe asks the Python called name where and what it is. It is false if that
// can't be run, as with a shim of pyenv for a version that isn't selected, or if
// its version isn't one of All's.
func Probe(name string) (p Interpreter, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, "-c",
		`import sys; print("%d.%d" % sys.version_info[:2], sys.executable)`).Output()
	if err != nil {
		return p, false
	}
	p.Version, p.Path, _ = strings.Cut(strings.TrimSpace(string(out)), " ")
	return p, "3.11" <= p.Version && p.Version <= "3.15" && p.Path != ""
}

// Eval runs code, which finds args in sys.argv[1:], and decodes the JSON that it
// prints into result. Numbers that go into an any are json.Numbers.
func (p Interpreter) Eval(t testing.TB, code string, result any, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	cmd := p.command(ctx, code, args)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", p.Path, err, &stderr)
	}
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	if err := d.Decode(result); err != nil {
		t.Fatalf("%s: %v\n%s", p.Path, err, out)
	}
}

// command prepares to run code. Its output is UTF-8 wherever it runs.
func (p Interpreter) command(ctx context.Context, code string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Path, append([]string{"-X", "utf8", "-u", "-c", code}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	return cmd
}
