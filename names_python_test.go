//go:build linux

package socket_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

// pythonCall defines a function that calls one of Python's module and tells what
// came of it. Bytes travel as {"hex": …}, tuples as lists.
const pythonCall = `
import json, socket, sys

def read(v):
    if isinstance(v, dict): return bytes.fromhex(v["hex"])
    return tuple(v) if isinstance(v, list) else v

def show(v):
    if isinstance(v, bytes): return {"hex": v.hex()}
    if isinstance(v, (list, tuple)): return [show(x) for x in v]
    return int(v) if isinstance(v, int) and not isinstance(v, bool) else v

def call(f, args):
    try:
        return {"value": show(f(*map(read, args)))}
    except socket.gaierror as e:
        return {"error": "gaierror %d" % e.errno}
    except socket.herror as e:
        return {"error": "herror %d" % e.errno}
    except OSError as e:
        if e.errno is not None:
            return {"error": "errno %d" % e.errno}
        return {"error": "refused", "text": str(e)}
    except (TypeError, ValueError, OverflowError):
        return {"error": "refused"}
`

// pythonCalls calls a function with each list of arguments.
const pythonCalls = pythonCall + `
want = json.load(sys.stdin)
print(json.dumps([call(getattr(socket, want["function"]), args) for args in want["calls"]]))
`

// An outcome is what a call came to, in Go or in Python.
type outcome struct {
	Value any    `json:"value"`
	Error string `json:"error"`
	Text  string `json:"text"` // of Python's OSErrors without an errno
}

// samePython makes each call in Python and in Go and compares the outcomes. A call
// is its arguments as JSON can hold them; do makes it in Go.
func samePython(t *testing.T, function string, calls [][]any, do func(args []any) (any, error)) {
	t.Helper()
	want := askPython(t, function, calls)
	differ := 0
	for i, args := range calls {
		value, err := do(args)
		got := goOutcome(t, value, err, want[i].Text)
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("%s%s: %v (-Python +Go):\n%s", function, jsonText(t, args), err, diff)
			if differ++; differ == 20 {
				t.Fatal("and so on")
			}
		}
	}
}

// askPython makes the calls in Python.
func askPython(t *testing.T, function string, calls [][]any) []outcome {
	t.Helper()
	cmd := exec.Command(pytest.Find(t).Path, "-c", pythonCalls)
	cmd.Stdin = strings.NewReader(jsonText(t, map[string]any{"function": function, "calls": calls}))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	var outcomes []outcome
	fromJSON(t, out, &outcomes)
	if len(outcomes) != len(calls) {
		t.Fatalf("Python answered %d of %d calls", len(outcomes), len(calls))
	}
	return outcomes
}

// goOutcome describes what a call came to here. The text of a refusal has to end
// with Python's.
func goOutcome(t *testing.T, value any, err error, text string) outcome {
	t.Helper()
	if err == nil {
		var o outcome
		fromJSON(t, []byte(jsonText(t, map[string]any{"value": value})), &o)
		return o
	}
	o := outcome{Error: errorKind(err)}
	if o.Error == "refused" && strings.HasSuffix(err.Error(), text) {
		o.Text = text
	}
	return o
}

// errorKind sorts an error as pythonCalls does.
func errorKind(err error) string {
	var gai *socket.GAIError
	var h *socket.HError
	var sys *socket.Error
	switch {
	case err == nil:
		return "<nil>"
	case errors.As(err, &gai):
		return fmt.Sprint("gaierror ", gai.Code)
	case errors.As(err, &h):
		return fmt.Sprint("herror ", h.Code)
	case errors.As(err, &sys):
		return fmt.Sprint("errno ", int(sys.Errno))
	}
	return "refused"
}

// packed is how bytes travel.
func packed(b []byte) map[string]any { return map[string]any{"hex": hex.EncodeToString(b)} }

func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func fromJSON(t *testing.T, text []byte, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// insideEtc runs the test a second time in a mount namespace that has the files of
// testdata/etc in /etc, and reports whether this is that run.
func insideEtc(t *testing.T) bool {
	t.Helper()
	const mark = "SOCKET_TEST_ETC"
	if os.Getenv(mark) != "" {
		return true
	}
	pytest.Find(t)
	files, err := filepath.Glob("testdata/etc/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	flags := "-m"
	if os.Geteuid() != 0 {
		flags = "-rm"
	}
	if out, err := exec.Command("unshare", flags, "mount", "--bind", files[0], filepath.Join("/etc", filepath.Base(files[0]))).CombinedOutput(); err != nil {
		t.Skipf("no mount namespace (%v %s): run as root, or try sysctl kernel.unprivileged_userns_clone=1", err, out)
	}
	script := "set -e\n"
	for _, file := range files {
		script += fmt.Sprintf("mount --bind %s /etc/%s\n", file, filepath.Base(file))
	}
	self := machine.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd := exec.Command("unshare", append([]string{flags, "sh", "-c", script + `exec "$0" "$@"`}, self...)...)
	cmd.Env = append(os.Environ(), mark+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}
