//go:build unix

package pytest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A Process is a Python program that runs beside a test. Its methods end the
// test if the program doesn't do as they say.
type Process struct {
	// Stdin is the program's standard input.
	Stdin io.WriteCloser

	t      testing.TB
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr bytes.Buffer
	reap   func() error
}

// Start runs code, which finds args in sys.argv[1:]. The first thing it prints
// should tell that it is ready, so that the test can wait for it with Line or
// Listening.
func (p Interpreter) Start(t testing.TB, code string, args ...string) *Process {
	t.Helper()
	// Not t.Context, which ends before the clean-ups of the test do.
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	proc := &Process{t: t, cmd: p.command(ctx, code, args)}
	proc.cmd.Stderr = &proc.stderr
	stdout, err := proc.cmd.StdoutPipe()
	if err == nil {
		proc.Stdin, err = proc.cmd.StdinPipe()
	}
	if err == nil {
		err = proc.cmd.Start()
	}
	if err != nil {
		cancel()
		t.Fatalf("%s: %v", p.Path, err)
	}
	proc.stdout = bufio.NewReader(stdout)
	proc.reap = sync.OnceValue(proc.cmd.Wait)
	t.Cleanup(func() {
		cancel() // kills it if it is still there
		proc.reap()
	})
	return proc
}

// Line waits for the next line of the program's output and returns it without
// its end.
func (p *Process) Line() string {
	p.t.Helper()
	line, err := p.stdout.ReadString('\n')
	if err != nil {
		status := p.reap()
		p.t.Fatalf("Python's output ended, want a line (%v)\n%s%s", status, line, &p.stderr)
	}
	return strings.TrimSuffix(line, "\n")
}

// Listening waits for a line "listening on HOST:PORT" and returns what it says.
func (p *Process) Listening() (host string, port int) {
	p.t.Helper()
	line := p.Line()
	where, ok := strings.CutPrefix(line, "listening on ")
	host, service, err := net.SplitHostPort(where)
	if err == nil {
		port, err = strconv.Atoi(service)
	}
	if !ok || err != nil {
		p.t.Fatalf("Python says %q, want listening on HOST:PORT", line)
	}
	return host, port
}

// Wait closes the program's standard input, waits for its end and returns what
// it has printed since the last Line. The status must be 0.
func (p *Process) Wait() string {
	p.t.Helper()
	p.Stdin.Close()
	out, err := io.ReadAll(p.stdout)
	if status := p.reap(); status != nil {
		err = status
	}
	if err != nil {
		p.t.Fatalf("Python: %v\n%s%s", err, out, &p.stderr)
	}
	return string(out)
}

// Stderr returns what the program wrote to standard error. It may be called
// after Wait.
func (p *Process) Stderr() string { return p.stderr.String() }
