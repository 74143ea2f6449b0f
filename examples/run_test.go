//go:build unix

package examples_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/socket"
)

// bin is where TestMain puts the programs.
var bin string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "examples"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	args := []string{"build", "-o", bin + "/"}
	if raceEnabled() {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "./...")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// raceEnabled reports whether the test was built with -race.
func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// forever is the n of a program that isn't bounded.
const forever = 0

// A language runs a program of one name: the Go one or its Python counterpart.
type language struct {
	name    string
	command func(t *testing.T, program, host string, port, n int) []string
}

var languages = []language{{"Go", goCommand}, {"Python", pythonCommand}}

func goCommand(_ *testing.T, program, host string, port, n int) []string {
	args := []string{filepath.Join(bin, program), "-host", host, "-port", strconv.Itoa(port)}
	if n != forever {
		args = append(args, "-n", strconv.Itoa(n))
	}
	return args
}

func pythonCommand(t *testing.T, program, host string, port, n int) []string {
	t.Helper()
	args := []string{python(t), filepath.Join("testdata", program+".py"), host, strconv.Itoa(port)}
	if n != forever {
		args = append(args, strconv.Itoa(n))
	}
	return args
}

// python returns the interpreter.
func python(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 not found: apt-get install python3")
	}
	return path
}

// both runs test for each pair of a server's and a client's language.
func both(t *testing.T, test func(t *testing.T, server, client language)) {
	for _, server := range languages {
		for _, client := range languages {
			t.Run(server.name+" server, "+client.name+" client", func(t *testing.T) {
				t.Parallel()
				test(t, server, client)
			})
		}
	}
}

// A process is a program that runs.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr bytes.Buffer
	ended  bool
}

// start runs a command. The time limit is for a program that hangs.
func start(t *testing.T, command ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	p := &process{t: t, cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	p.cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1", "PYTHONIOENCODING=utf-8",
		"GORACE=atexit_sleep_ms=0") // a program built with -race sleeps a second else
	p.cmd.Stderr = &p.stderr
	stdin, err := p.cmd.StdinPipe()
	must(t, err)
	stdout, err := p.cmd.StdoutPipe()
	must(t, err)
	p.stdin, p.stdout = stdin, bufio.NewReader(stdout)
	must(t, p.cmd.Start())
	t.Cleanup(p.kill)
	return p
}

// kill ends a program that a failed test has left behind.
func (p *process) kill() {
	if p.ended {
		return
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.t.Logf("standard error of %s: %s", p.cmd, &p.stderr)
}

// line returns the next line of standard output.
func (p *process) line() string {
	p.t.Helper()
	line, err := p.stdout.ReadString('\n')
	if err != nil {
		p.t.Fatalf("%s: output ended with %q: %v", p.cmd, line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

// want checks the next line.
func (p *process) want(line string) {
	p.t.Helper()
	if got := p.line(); got != line {
		p.t.Fatalf("%s printed %q, want %q", p.cmd, got, line)
	}
}

// listening reads the first line of a server and returns where it listens.
func (p *process) listening() socket.InetAddr {
	p.t.Helper()
	line := p.line()
	where, ok := strings.CutPrefix(line, "listening on ")
	colon := strings.LastIndexByte(where, ':')
	if !ok || colon < 0 {
		p.t.Fatalf("first line is %q, want listening on HOST:PORT", line)
	}
	port, err := strconv.Atoi(where[colon+1:])
	must(p.t, err)
	return socket.Addr(where[:colon], port)
}

// say types text.
func (p *process) say(text string) {
	p.t.Helper()
	_, err := io.WriteString(p.stdin, text)
	must(p.t, err)
}

// end waits for the end, checks the exit status and returns what was printed
// since the last line.
func (p *process) end(code int) string {
	p.t.Helper()
	p.stdin.Close()
	rest, err := io.ReadAll(p.stdout)
	must(p.t, err)
	p.cmd.Wait()
	p.ended = true
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("%s ended with %v, want %d; standard error: %s", p.cmd, p.cmd.ProcessState, code, &p.stderr)
	}
	return string(rest)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// dial returns a connection to addr.
func dial(t *testing.T, addr socket.Address) *socket.Socket {
	t.Helper()
	s, err := socket.CreateConnection(addr, socket.Timeout(30*time.Second))
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// datagramSocket returns a socket that is bound to a free port, and its address.
func datagramSocket(t *testing.T) (*socket.Socket, socket.Address) {
	t.Helper()
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	must(t, s.SetTimeout(30*time.Second))
	must(t, s.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err := s.GetSockName()
	must(t, err)
	return s, addr
}
