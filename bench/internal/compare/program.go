package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"example.com/socket/bench"
	"example.com/socket/bench/internal/work"
)

// A program does the work of one peer.
type program struct {
	name    string
	version string
	argv    []string // what a spec's arguments are added to
}

// slowest is how long a measurement may take, with all that it sets up.
const slowest = 2 * time.Minute

// run measures once.
func (p program) run(ctx context.Context, s work.Spec) (work.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, slowest)
	defer cancel()
	args := append(p.argv[1:len(p.argv):len(p.argv)], s.Args()...)
	cmd := exec.CommandContext(ctx, p.argv[0], args...)
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(errs.Bytes()))
	}
	var result work.Result
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		return nil, fmt.Errorf("%w: %q", err, out.Bytes())
	}
	return result, nil
}

// programs returns those that this machine can run, in the order of peerNames,
// and why the others are left out. It builds what it needs in dir.
func programs(dir string) (found []program, leftOut []string, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range peerNames {
		var p program
		var why string
		switch name {
		case "C":
			p, why, err = cProgram(dir)
		case "CPython":
			p, why, err = pythonProgram(dir)
		default:
			p = program{argv: []string{self, work.Measure, name}, version: goVersion(name)}
		}
		if err != nil {
			return nil, nil, err
		}
		if why != "" {
			leftOut = append(leftOut, name+" is left out: "+why)
			continue
		}
		p.name = name
		found = append(found, p)
	}
	return found, leftOut, nil
}

func cProgram(dir string) (p program, why string, err error) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		return p, "gcc not found: apt-get install gcc libc6-dev", nil
	}
	if err := unpack("c", dir); err != nil {
		return p, "", err
	}
	files, err := filepath.Glob(filepath.Join(dir, "c", "*.c"))
	if err != nil {
		return p, "", err
	}
	binary := filepath.Join(dir, "work")
	args := append([]string{"-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", binary}, files...)
	if out, err := exec.Command(gcc, args...).CombinedOutput(); err != nil {
		return p, fmt.Sprintf("gcc doesn't compile it, is libc6-dev there? %s", out), nil
	}
	return program{argv: []string{binary}, version: firstLine(gcc, "--version")}, "", nil
}

func pythonProgram(dir string) (p program, why string, err error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return p, "python3 not found: apt-get install python3", nil
	}
	if err := unpack("python", dir); err != nil {
		return p, "", err
	}
	script := filepath.Join(dir, "python", "work.py")
	return program{argv: []string{python, script}, version: firstLine(python, "--version")}, "", nil
}

// unpack writes one folder of the sources into dir.
func unpack(folder, dir string) error {
	sub, err := fs.Sub(bench.Sources, folder)
	if err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(dir, folder), sub)
}

// firstLine is what a command prints first.
func firstLine(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "?"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

// goVersion is the version of what a Go peer comes from.
func goVersion(name string) string {
	module := map[string]string{
		"socket":   "example.com/socket",
		"x/sys":    "golang.org/x/sys",
		"raw Go":   "golang.org/x/sys",
		"mdlayher": "github.com/mdlayher/socket",
	}[name]
	if info, ok := debug.ReadBuildInfo(); ok && module != "" {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return module + " " + dep.Version
			}
		}
	}
	return runtime.Version()
}
