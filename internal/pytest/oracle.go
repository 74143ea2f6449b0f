//go:build unix

package pytest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// An Oracle is a Python that stays to answer questions, many thousands a second
// where a program of its own for each would take its time to start. Fuzz targets
// ask it.
type Oracle struct {
	python Interpreter
	code   string

	mu      sync.Mutex
	since   time.Time
	cmd     *exec.Cmd
	cancel  context.CancelFunc
	stdin   io.WriteCloser
	stdout  *bufio.Reader
	problem bytes.Buffer // what it wrote to standard error
}

// asking answers with what the function answer makes of each question.
const asking = `
import json, sys
for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
`

// Oracle returns an Oracle with the code, which defines a function answer from
// what a JSON text may hold to what one may hold. It ends with t.
func (p Interpreter) Oracle(t testing.TB, code string) *Oracle {
	o := &Oracle{python: p, code: code + asking}
	t.Cleanup(o.stop)
	return o
}

// Ask puts a question and decodes the answer. Numbers that go into an any are
// json.Numbers. It ends the test if there is none. t is the one that asks; it may
// be another than the Oracle's.
func (o *Oracle) Ask(t testing.TB, question, answer any) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	// One that is old is let go before its deadline comes.
	if o.cmd == nil || time.Since(o.since) > deadline/2 {
		o.stop()
		if err := o.start(); err != nil {
			t.Fatalf("%s: %v", o.python.Path, err)
		}
	}
	text, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.stdin.Write(append(text, '\n'))
	var line []byte
	if err == nil {
		line, err = o.stdout.ReadBytes('\n')
	}
	if err != nil {
		o.stop()
		t.Fatalf("Python doesn't answer %s (%v)\n%s", text, err, &o.problem)
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(answer); err != nil {
		t.Fatalf("Python answers %s (%v)", line, err)
	}
}

// start starts the program.
func (o *Oracle) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	o.problem.Reset()
	cmd := o.python.command(ctx, o.code, nil)
	cmd.Stderr = &o.problem
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		o.stdin, err = cmd.StdinPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return err
	}
	o.cmd, o.cancel, o.since, o.stdout = cmd, cancel, time.Now(), bufio.NewReader(stdout)
	return nil
}

// stop ends the program, if there is one. The end of its input is its end too,
// should this process die before.
func (o *Oracle) stop() {
	if o.cmd == nil {
		return
	}
	o.stdin.Close()
	o.cancel()
	o.cmd.Wait()
	o.cmd = nil
}
