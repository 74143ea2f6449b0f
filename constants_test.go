//go:build linux

package socket_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

// notMirrored are the int and str names in Python's module that are no
// constants of the socket API.
var notMirrored = map[string]bool{
	"has_ipv6": true, // a bool; the package has its own check
}

// pythonConstants prints every public int or str in Python's module.
const pythonConstants = `
import json, socket
print(json.dumps({n: int(v) if isinstance(v, int) else v
    for n, v in vars(socket).items()
    if not n.startswith("_") and isinstance(v, (int, str))}))
`

func TestConstantsMatchPython(t *testing.T) {
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			want := make(map[string]any)
			python.Eval(t, pythonConstants, &want)
			got := make(map[string]any)
			for name := range want {
				if notMirrored[name] {
					delete(want, name)
					continue
				}
				if v, ok := goConstants[name]; ok {
					got[name] = v
				}
			}
			if diff := cmp.Diff(integers(t, want), got); diff != "" {
				t.Errorf("constants differ from Python's (-want +got):\n%s", diff)
			}
		})
	}
}

// integers turns the numbers that came as JSON into int64.
func integers(t *testing.T, m map[string]any) map[string]any {
	t.Helper()
	for name, v := range m {
		n, ok := v.(json.Number)
		if !ok {
			continue
		}
		i, err := n.Int64()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m[name] = i
	}
	return m
}

// TestConstantsMatchHeaders asks a C compiler for the values, which covers the
// names that are newer than the Pythons at hand.
func TestConstantsMatchHeaders(t *testing.T) {
	gcc := machine.Compiler(t)
	for header, names := range headerNames(t) {
		t.Run(header, func(t *testing.T) {
			want := cValues(t, gcc, header, names)
			got := make(map[string]any)
			for name := range want {
				got[name] = goConstants[name]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("constants differ from <%s> (-want +got):\n%s", header, diff)
			}
		})
	}
}

// notInstalled are the headers that no package installs. Python has all names
// that they declare.
var notInstalled = map[string]bool{
	"net/udplite.h":  true, // the kernel's own
	"socketmodule.h": true, // CPython's own
}

// headerNames reads the generator's list: the names of the integer constants
// by the header that declares them.
func headerNames(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("internal/gen/constants.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string][]string)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" || f[0][0] == '[' {
			continue
		}
		if _, ok := goConstants[f[0]].(int64); ok && !notInstalled[f[2]] {
			names[f[2]] = append(names[f[2]], f[0])
		}
	}
	if len(names) == 0 {
		t.Fatal("no names in the list")
	}
	return names
}

// undeclared finds the names that gcc's messages say it doesn't know.
var undeclared = regexp.MustCompile(`'(\w+)' undeclared`)

// cValues returns the values that a header gives to names. Names that an older
// header lacks are dropped.
func cValues(t *testing.T, gcc []string, header string, names []string) map[string]any {
	t.Helper()
	dir := t.TempDir()
	stderr, err := compile(gcc, dir, header, names)
	if strings.Contains(stderr, "No such file") {
		t.Skipf("no <%s> here: apt-get install linux-libc-dev libbluetooth-dev", header)
	}
	if missing := undeclared.FindAllStringSubmatch(stderr, -1); err != nil && missing != nil {
		for _, m := range missing {
			t.Logf("<%s> has no %s", header, m[1])
			names = slices.DeleteFunc(names, func(name string) bool { return cName(name) == m[1] })
		}
		stderr, err = compile(gcc, dir, header, names)
	}
	if err != nil {
		t.Fatalf("gcc: %v\n%s", err, stderr)
	}
	line := machine.Command(filepath.Join(dir, "values"))
	out, err := exec.Command(line[0], line[1:]...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return parseValues(t, out)
}

// compile builds the program that prints the values of names.
func compile(gcc []string, dir, header string, names []string) (stderr string, err error) {
	var src bytes.Buffer
	src.WriteString("#define _GNU_SOURCE\n#include <stdio.h>\n#include <stdint.h>\n")
	src.WriteString("#include <sys/socket.h>\n#include <sys/ioctl.h>\n")
	if strings.HasPrefix(header, "bluetooth/") {
		src.WriteString("#include <bluetooth/bluetooth.h>\n")
	}
	fmt.Fprintf(&src, "#include <%s>\nint main(void) {\n", header)
	for _, name := range names {
		fmt.Fprintf(&src, "printf(\"%s %%lld\\n\", (long long)(%s));\n", name, cName(name))
	}
	src.WriteString("}\n")

	args := append(gcc[1:len(gcc):len(gcc)], "-w", "-x", "c", "-o", filepath.Join(dir, "values"), "-")
	cmd := exec.Command(gcc[0], args...)
	// Translated messages would hide the undeclared names.
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdin = &src
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// cName returns what C calls a constant: linux/can/bcm.h has no prefix.
func cName(name string) string {
	return strings.TrimPrefix(name, "CAN_BCM_")
}

// parseValues reads lines of a name and a number.
func parseValues(t *testing.T, out []byte) map[string]any {
	t.Helper()
	values := make(map[string]any)
	for line := range strings.Lines(string(out)) {
		var name string
		var v int64
		if _, err := fmt.Sscan(line, &name, &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		values[name] = v
	}
	return values
}

func TestGeneratedFilesAreCurrent(t *testing.T) {
	machine.Needs(t, machine.Programs)
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "./internal/gen", "-dir", dir)
	// The generator runs here, whatever the tests were built for.
	cmd.Env = append(os.Environ(), "GOOS="+runtime.GOOS, "GOARCH=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the generator wrote nothing: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(readFile(t, file), readFile(t, name)); diff != "" {
				t.Errorf("run go generate (-want +got):\n%s", diff)
			}
		})
	}
}

// readFile returns the text of a file.
func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
