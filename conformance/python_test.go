//go:build unix

package conformance_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A python is an interpreter of one of the versions that the lists of expected
// differences were made with.
type python struct {
	path    string
	version string // 3.11
}

var wantedPython = regexp.MustCompile(`^3\.1[123]$`)

// needPythons returns an interpreter of each version that is found: those in
// GOSOCKET_PYTHONS, a list like PATH, or else those on the PATH and pyenv's.
func needPythons(t *testing.T) []python {
	t.Helper()
	var found []python
	seen := map[string]bool{}
	for _, path := range pythonPaths() {
		version := pythonVersion(path)
		if wantedPython.MatchString(version) && !seen[version] {
			seen[version] = true
			found = append(found, python{path, version})
		}
	}
	if len(found) == 0 {
		t.Skip("python3 not found, of version 3.11, 3.12 or 3.13: apt-get install python3")
	}
	return found
}

func pythonPaths() []string {
	if list := os.Getenv("GOSOCKET_PYTHONS"); list != "" {
		return filepath.SplitList(list)
	}
	paths := []string{"python3", "python3.11", "python3.12", "python3.13"}
	if home, err := os.UserHomeDir(); err == nil {
		more, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.1[1-3].*/bin/python3"))
		paths = append(paths, more...)
	}
	return paths
}

// pythonVersion is "" if path can't be run, as with a shim of pyenv for a version
// that isn't selected.
func pythonVersion(path string) string {
	out, err := exec.Command(path, "-c", `import sys; print("%d.%d" % sys.version_info[:2])`).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// needTests skips if the interpreter came without CPython's tests.
func (p python) needTests(t *testing.T, module string) {
	t.Helper()
	find := `import importlib.util, sys; sys.exit(importlib.util.find_spec("test." + sys.argv[1]) is None)`
	if err := exec.Command(p.path, "-c", find, module).Run(); err != nil {
		t.Skipf("test.%s not found: apt-get install libpython%s-testsuite", module, p.version)
	}
}

// An event is a line of run.py: a class, or a test's start or outcome.
type event struct {
	Cls, Test, Outcome, Detail string
}

const (
	started = "started"
	passed  = "passed"
	skipped = "skipped"
	failed  = "failed"
)

// run runs run.py.
func (p python) run(b bridge, limit time.Duration, args ...string) ([]event, error) {
	return p.script(b, limit, append([]string{"run.py"}, args...)...)
}

// script runs a program and returns what it reported on descriptor 3. What it
// prints is only of use when it ends badly.
func (p python) script(b bridge, limit time.Duration, args ...string) ([]event, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var said strings.Builder
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Dir = b.scripts
	cmd.Env, cmd.ExtraFiles = b.env(), []*os.File{w}
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second
	err = cmd.Start()
	w.Close()
	if err != nil {
		return nil, err
	}
	timer := time.AfterFunc(limit+time.Second, func() { r.SetReadDeadline(time.Now()) })
	defer timer.Stop()
	events := readEvents(r)
	err = cmd.Wait()
	if ctx.Err() != nil {
		return events, fmt.Errorf("not done after %v", limit)
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return events, fmt.Errorf("%w\n%s", err, &said)
	}
	return events, nil
}

func readEvents(r *os.File) []event {
	var events []event
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return events
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			e = event{Test: "run.py", Outcome: failed, Detail: err.Error()}
		}
		events = append(events, e)
	}
}
