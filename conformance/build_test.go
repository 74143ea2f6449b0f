//go:build unix

// Package conformance_test runs CPython's own tests over the Go library.
package conformance_test

import (
	"embed"
	"encoding/json"
	"fmt"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "example.com/socket"
)

// The programs, and the library by its import, are part of the test binary: go
// test must not answer from its cache when one of them has changed.
//
//go:embed bridge python
var sources embed.FS

// A bridge is what Python needs to call the library.
type bridge struct {
	scripts   string // the directory of the Python programs
	library   string // the shared object
	constants string // the package's constants, in JSON
}

// env is the environment for a Python that uses the bridge.
func (b bridge) env() []string {
	return append(os.Environ(),
		"GOSOCKET_LIBRARY="+b.library, "GOSOCKET_CONSTANTS="+b.constants,
		"PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=")
}

var scratch string // a directory of the whole run

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}

var build = sync.OnceValues(func() (bridge, error) {
	b := bridge{
		scripts:   filepath.Join(scratch, "python"),
		library:   filepath.Join(scratch, "libgosocket.so"),
		constants: filepath.Join(scratch, "constants.json"),
	}
	if err := os.CopyFS(scratch, sources); err != nil {
		return b, err
	}
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-o", b.library, "./bridge")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return b, fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	constants, err := goConstants()
	if err != nil {
		return b, err
	}
	text, err := json.Marshal(constants)
	if err != nil {
		return b, err
	}
	return b, os.WriteFile(b.constants, text, 0o666)
})

// needBridge builds the shared object, once for all tests.
func needBridge(t *testing.T) bridge {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil && os.Getenv("CC") == "" {
		t.Skip("gcc not found: apt-get install gcc libc6-dev")
	}
	b, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goConstants are the constants that the package exports: numbers, strings and
// booleans by name, as the compiler has them.
func goConstants() (map[string]any, error) {
	const path = "example.com/socket"
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", path)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[name] = file
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	pkg, err := importer.ForCompiler(token.NewFileSet(), "gc", open).Import(path)
	if err != nil {
		return nil, err
	}
	return constantsOf(pkg), nil
}

func constantsOf(pkg *types.Package) map[string]any {
	all := map[string]any{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Exported() && name != "NoTimeout" {
			all[name] = json.RawMessage(jsonOf(c.Val()))
		}
	}
	return all
}

// jsonOf is a constant as JSON has it. A string's own spelling in Go is JSON too,
// as long as there is nothing in it to escape.
func jsonOf(v constant.Value) string {
	if v.Kind() == constant.Int {
		return v.ExactString()
	}
	return v.String()
}
