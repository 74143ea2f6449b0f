//go:build linux

package socket_test

// The differential table: the same calls, run in Python and in Go, must give the
// same values, errno numbers and texts. What is expected is never written down;
// Python is asked.
//
// # Adding a row
//
// A row is a function in a file of testdata/differential, written in Python. Its
// name is the row's, its docstring says what it is about, and every statement of
// it is a step:
//
//	def bind_twice():
//	    """A socket can be bound once."""
//	    a = socket()
//	    a.bind(("127.0.0.1", 0))
//	    a.bind(("127.0.0.1", 0))
//
// A step is an expression or an assignment (a, b = socketpair() too). It may use
// the names of the socket module, names that earlier steps assigned, literals,
// |, +, -, *, an index, and the helpers of differential_helpers_test.go: tmp,
// abstract, pipe, readable, writable, fill, receive, nonblocking, file, len,
// list, bytes, bytearray, opened, packed.
//
// A row that only root may run has the decorator @root, one of a socket that a
// kernel may not have @needs(AF_VSOCK, SOCK_STREAM). Without that it is skipped. So
// is a row with bytes as only a machine of Python's word size and byte order lays
// them out, @layout, where Go's differs; and one with an int that Go's can't hold.
//
// testdata/differential.py runs all rows in Python, and gives the test each
// step's syntax tree and result. The test runs the tree in Go and compares the
// results. An exception is a result as well, and the row goes on after it.
// Sockets, files and descriptors need no closing at the end.
//
// Where Go is meant to differ, differs(why, python=, go=) after the step says
// so, with both results; where Python's versions differ, python is a dict of the
// versions from which on its results hold:
//
//	    a.recv(1, MSG_DONTWAIT)
//	    differs("MSG_DONTWAIT never waits",
//	            python="TimeoutError: timed out",
//	            go="BlockingIOError: [Errno 11] Resource temporarily unavailable")
//
// # Adding a call
//
// A method of a socket is an entry in diffMethods (differential_calls_test.go),
// one of a file in differential_file_test.go, a function of the module one in
// diffFunctions (differential_calls_test.go and differential_module_test.go). A
// result of a new type needs its neutral form in differential_text_test.go, and
// in write in differential.py.
//
// # Neutral forms
//
// Results are written as Python's repr writes them, with these placeholders: a
// port above 9999 in an address is <port 1>, a descriptor <fd 1>, an abstract
// name that the kernel chose <autobind 1>, the row's directory <tmp>, the
// process's number <pid>, and more than 64 bytes are their number and a hash. Of
// descriptors in a control message their number is shown. An error is its class
// by PEP 3151 and the text of Python's str(). TypeError, ValueError, OverflowError
// and an OSError without an errno are all ArgumentError, but for those of files
// and NOT_FOUND in differential.py.

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

// diffRow is a row as differential.py prints it.
type diffRow struct {
	Name    string
	Missing string // why Python didn't run it
	Machine string // the machine whose layout the row's bytes have, "" for any
	Steps   []diffStep
}

type diffStep struct {
	Text    string
	Targets []string
	Tree    diffNode
	Result  string
	Differs *diffDiffers
}

// diffDiffers says how the results of a step differ, Python's by the version
// from which on they hold.
type diffDiffers struct {
	Why    string
	Python map[string]string
	Go     string
}

// diffLinuxCalls are rows with addresses that x/sys can't write, and with control
// messages on no data, which x/sys sends a byte with.
var diffLinuxCalls = regexp.MustCompile("^(families/.*|rights/without_data.*|unix/abstract_(with_nul|length))$")

// diffAtLeast is how many rows there are at least.
const diffAtLeast = 300

func TestDifferential(t *testing.T) {
	code := readFile(t, "testdata/differential.py")
	paths, err := filepath.Glob("testdata/differential/*.py")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no rows in testdata/differential: %v", err)
	}
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			var files map[string][]diffRow
			python.Eval(t, code, &files, paths...)
			count := 0
			for _, rows := range files {
				count += len(rows)
			}
			t.Logf("%d rows", count)
			if count < diffAtLeast {
				t.Errorf("there are %d rows, want %d at least: have some got lost?", count, diffAtLeast)
			}
			for file, rows := range files {
				t.Run(file, func(t *testing.T) {
					for _, row := range rows {
						t.Run(row.Name, func(t *testing.T) {
							if diffLinuxCalls.MatchString(file + "/" + row.Name) {
								machine.Needs(t, machine.LinuxCalls)
							}
							row.compare(t, python.Version)
						})
					}
				})
			}
		})
	}
}

// compare runs the row in Go and compares the results.
func (row diffRow) compare(t *testing.T, version string) {
	if row.Missing != "" {
		t.Skip(row.Missing)
	}
	if here := diffMachine(); row.Machine != "" && row.Machine != here {
		t.Skipf("the bytes are laid out as on a machine of %s, and this one is of %s: run it where Python's is the same", row.Machine, here)
	}
	leaktest.Check(t)
	r := newDiffRun(t)
	for i, step := range row.Steps {
		want := step.Result
		if d := step.Differs; d != nil {
			d.check(t, step, version)
			want = d.Go
		}
		if diff := cmp.Diff(want, r.step(step)); diff != "" {
			t.Errorf("step %d, %s (-Python %s +Go):\n%s", i+1, step.Text, version, diff)
		}
	}
}

// diffMachine says what determines how C lays out a struct.
func diffMachine() string {
	order := "big"
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		order = "little"
	}
	return fmt.Sprintf("%d bits, %s-endian", strconv.IntSize, order)
}

// check checks that Python does what the row says it does.
func (d *diffDiffers) check(t *testing.T, step diffStep, version string) {
	t.Helper()
	want := ""
	for _, since := range sortedKeys(d.Python) {
		if since <= version {
			want = d.Python[since]
		}
	}
	if diff := cmp.Diff(want, step.Result); diff != "" {
		t.Errorf("%s: the row says what Python %s does (-row +Python):\n%s", step.Text, version, diff)
	}
	same := true
	for _, result := range d.Python {
		same = same && result == d.Go
	}
	if d.Why == "" || same {
		t.Errorf("%s: differs says no difference, or not why", step.Text)
	}
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// diffRun is one run of a row in Go.
type diffRun struct {
	t     *testing.T
	dir   string
	names map[string]any
	marks map[string]int

	fds []int // descriptors to close at the end

	mu      sync.Mutex
	opened  []io.Closer
	stopped bool
}

// diffPatience is how long the steps of a row may take together.
const diffPatience = 20 * time.Second

func newDiffRun(t *testing.T) *diffRun {
	// A path of an AF_UNIX socket is short, and t.TempDir's is not.
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	r := &diffRun{t: t, dir: dir, names: make(map[string]any), marks: make(map[string]int)}
	stop := time.AfterFunc(diffPatience, r.stop)
	t.Cleanup(func() {
		stop.Stop()
		r.close()
	})
	return r
}

// stop ends a step that waits for ever.
func (r *diffRun) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	for _, c := range r.opened {
		c.Close()
	}
}

func (r *diffRun) isStopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

// close clears up after the row.
func (r *diffRun) close() {
	for _, c := range r.opened {
		c.Close()
	}
	for _, fd := range r.fds {
		socket.CloseFd(fd)
	}
	if err := socket.SetDefaultTimeout(socket.NoTimeout); err != nil {
		r.t.Error(err)
	}
	if err := os.RemoveAll(r.dir); err != nil {
		r.t.Error(err)
	}
}

// step runs one step and returns its result's neutral form.
func (r *diffRun) step(step diffStep) string {
	r.t.Helper()
	value, err := r.eval(step.Tree)
	if r.isStopped() {
		r.t.Fatalf("%s: still waiting after %v", step.Text, diffPatience)
	}
	if err != nil {
		return r.writeError(err)
	}
	r.assign(step, value)
	return r.write(value)
}

func (r *diffRun) assign(step diffStep, value any) {
	r.t.Helper()
	values := []any{value}
	if len(step.Targets) > 1 {
		values = r.items(value)
	}
	for i, name := range step.Targets {
		r.names[name] = values[i]
	}
}
