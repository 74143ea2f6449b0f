package work

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestSpecComesBack(t *testing.T) {
	for _, want := range []Spec{
		{Kind: "roundtrip", N: 64, Mode: "one", Timeout: 5 * time.Second, Time: 300 * time.Millisecond},
		{Kind: "stream", N: 1 << 28, Mode: "file", Time: time.Second, File: "/a b/c"},
	} {
		got, err := parse(want.Args())
		if err != nil || got != want {
			t.Errorf("parse(%q) = %+v, %v", want.Args(), got, err)
		}
	}
	if _, err := parse([]string{"recv", "many", "-", "0", "1", ""}); err == nil {
		t.Error("a size that is no number is taken")
	}
}

func TestWrongWorkIsNamed(t *testing.T) {
	for args, want := range map[string]string{
		"measure nobody recv 1 - 0 1 f": "nobody",
		"measure net dance 1 - 0 1 f":   "dance",
	} {
		err, child := Main(strings.Fields(args), nil, new(bytes.Buffer))
		if !child || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", args, err, child)
		}
	}
	if _, child := Main([]string{"-rounds", "3", "-quick"}, nil, nil); child {
		t.Error("flags are taken for a measurement")
	}
}

// A batch that counts wrongly, or a limit that isn't kept, would falsify each cost.
func TestRepeat(t *testing.T) {
	calls := 0
	b := times(10, func() error { calls++; return nil })
	ops, err := repeat(95, time.Minute, b)
	if err != nil || ops != 100 || calls != 100 {
		t.Errorf("repeat = %v, %v after %d calls, want 100 of each", ops, err, calls)
	}
}

func TestWindowDividesByOperations(t *testing.T) {
	w := window{start: time.Now().Add(-time.Second), cpu: processorTime()}
	if got := w.close(1000)["ns"]; got < 1e6 || got > 1e9 {
		t.Errorf("a second of 1000 operations is %v ns each, want 1e6 and a little", got)
	}
}
