//go:build unix

package pytest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"example.com/socket/internal/leaktest"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestEval(t *testing.T) {
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			var got []string
			python.Eval(t, `
import json, sys
print(json.dumps(["%d.%d" % sys.version_info[:2], *sys.argv[1:], "\u4f60\u597d"]))
`, &got, "one", "two")
			if diff := cmp.Diff([]string{python.Version, "one", "two", "你好"}, got); diff != "" {
				t.Errorf("Eval (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProcess(t *testing.T) {
	p := pytest.Find(t).Start(t, `
import sys
print("listening on 127.0.0.1:" + sys.argv[1])
for line in sys.stdin:
    print("got", line, end="")
print("end")
print("bye", file=sys.stderr)
`, "8080")
	host, port := p.Listening()
	fmt.Fprintln(p.Stdin, "你好")
	line := p.Line()
	fmt.Fprintln(p.Stdin, "more")
	got := []any{host, port, line, p.Wait(), p.Stderr()}
	want := []any{"127.0.0.1", 8080, "got 你好", "got more\nend\n", "bye\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A program that never ends by itself is gone when its test is over; TestMain
// would find its pipes otherwise.
func TestProcessIsKilled(t *testing.T) {
	var p *pytest.Process
	t.Run("inner", func(t *testing.T) {
		p = pytest.Find(t).Start(t, "print('ready')\nwhile True: input()")
		p.Line()
	})
	if p == nil {
		t.Skip("python3 not found: apt-get install python3")
	}
	if _, err := p.Stdin.Write([]byte("x\n")); err == nil {
		t.Error("the program still reads its input after the test's end")
	}
}

func TestOracle(t *testing.T) {
	o := pytest.Find(t).Oracle(t, `
import os
def answer(q):
    if q == "end":
        raise SystemExit("told to end")
    return [q, os.getpid()]
`)
	var first, second []any
	o.Ask(t, "你好\n", &first)
	o.Ask(t, map[string]int{"n": 1}, &second)
	if diff := cmp.Diff([]any{"你好\n", map[string]any{"n": json.Number("1")}}, []any{first[0], second[0]}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if first[1] != second[1] {
		t.Errorf("processes %v and %v, want one for both", first[1], second[1])
	}
}
