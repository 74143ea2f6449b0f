package compare

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/socket/bench/internal/work"
)

// The measurements are processes of this program, here the test's.
func TestMain(m *testing.M) {
	if err, child := work.Main(os.Args[1:], os.Stdin, os.Stdout); child {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Everything runs, through every peer that this machine has.
func TestQuickRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("GORACE", "atexit_sleep_ms=0") // or each process under -race ends a second later
	report, err := Run(t.Context(), Options{Rounds: 1, Quick: true, Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range report.Notes {
		t.Log(note)
	}
	rows := map[string]Row{}
	for _, row := range report.Rows {
		rows[row.Work+" "+row.Metric] = row
	}
	for _, w := range catalog(quickScale, "") {
		for _, m := range w.Metrics {
			checkRow(t, report, w, m, rows[w.Key+" "+m.Key])
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
	checkOutput(t, report)
}

func checkRow(t *testing.T, r *Report, w Work, m Metric, row Row) {
	t.Helper()
	if len(row.Ours.Rounds) != 1 {
		t.Errorf("%s %s of the library: %d rounds, want 1", w.Key, m.Key, len(row.Ours.Rounds))
	}
	if m.Key == "ns" && !(row.Ours.Median > 0) {
		t.Errorf("%s takes %v ns", w.Key, row.Ours.Median)
	}
	for name := range r.Versions {
		// C and Python count no allocations.
		if name == "socket" || !w.does(name) || m.Key == "allocs" || m.Key == "bytes" {
			continue
		}
		p, ok := row.Peers[name]
		if !ok || m.Key == "ns" && !(p.Median > 0) {
			t.Errorf("%s %s of %s: %+v", w.Key, m.Key, name, p)
		}
	}
}

func checkOutput(t *testing.T, r *Report) {
	t.Helper()
	var table, written, chart bytes.Buffer
	if err := errors.Join(r.WriteTable(&table), r.WriteJSON(&written), r.WriteChart(&chart)); err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Rows {
		if !strings.Contains(table.String(), row.Name) {
			t.Errorf("the table doesn't have %q", row.Name)
		}
	}
	var again Report
	if err := json.Unmarshal(written.Bytes(), &again); err != nil {
		t.Errorf("the JSON: %v", err)
	}
	if len(again.Rows) != len(r.Rows) {
		t.Errorf("the JSON has %d rows, want %d", len(again.Rows), len(r.Rows))
	}
	wellFormed(t, chart.String())
}

// wellFormed reads a picture to its end and returns its texts.
func wellFormed(t *testing.T, svg string) (texts []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return texts
		}
		if err != nil {
			t.Fatalf("the chart: %v\n%s", err, svg)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, string(text))
		}
	}
}

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{7}, 7},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 3, 2}, 2.5},
		{[]float64{100, 1, 1, 1, 100}, 1},
	} {
		in := fmt.Sprint(tt.values)
		if got := median(tt.values); got != tt.want {
			t.Errorf("median(%s) = %v, want %v", in, got, tt.want)
		}
		if fmt.Sprint(tt.values) != in {
			t.Errorf("median changed %s to %v", in, tt.values)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("median of nothing = %v, want NaN", got)
	}
}

// The ratios are taken round by round: the medians alone would give 1.
func TestRatio(t *testing.T) {
	ours := sample{0: 10, 1: 20, 2: 30}
	theirs := sample{0: 20, 1: 40, 2: 10}
	if got := ratio(ours, theirs); got != 0.5 {
		t.Errorf("ratio = %v, want 0.5", got)
	}
}

// A round that one of them missed doesn't count, nor does one of nothing.
func TestRatioOfIncompleteRounds(t *testing.T) {
	if got := ratio(sample{0: 1, 1: 9, 3: 9}, sample{0: 2, 2: 1, 3: 0}); got != 0.5 {
		t.Errorf("ratio = %v, want 0.5", got)
	}
	if got := ratio(sample{0: 1}, sample{1: 1}); !math.IsNaN(got) {
		t.Errorf("ratio without a common round = %v, want NaN", got)
	}
}

func TestMet(t *testing.T) {
	for _, tt := range []struct {
		ratio, target float64
		want          bool
	}{
		{0.5, 0.85, true}, {0.85, 0.85, true}, {0.854, 0.85, true}, {0.856, 0.85, false}, {2, 1, false},
	} {
		if got := met(tt.ratio, tt.target); got != tt.want {
			t.Errorf("met(%v, %v) = %v", tt.ratio, tt.target, got)
		}
	}
}

// report is one of two works, made of given amounts.
func report() *Report {
	works := []Work{
		{Key: "a", Name: "one <&>", Metrics: perCall, Targets: targets{"net": 0.5, "C": 2}, Chart: true},
		{Key: "d64", Name: "two", Metrics: perMessage},
	}
	works[1].Spec.Kind = "many"
	found := []program{{name: "socket"}, {name: "net"}, {name: "C"}}
	m := &measurer{works: works, programs: found, samples: map[place]sample{
		{"a", "ns", "socket"}:    {0: 8000, 1: 9000},
		{"a", "ns", "net"}:       {0: 10000, 1: 10000},
		{"a", "ns", "C"}:         {0: 8000, 1: 9000},
		{"d64", "ns", "socket"}:  {0: 2e6, 1: 2e6},
		{"d64", "ns", "net"}:     {0: 1e6},
		{"d64", "cpu", "socket"}: {0: 2e6, 1: 2e6},
	}}
	r := newReport(2, quickScale, found, []string{"CPython is left out: python3 not found"})
	r.fill(m)
	return r
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := report().WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	words := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"work socket net C",
		"a one <&> 8.50 µs 10.0 µs 0.85 (0.50 !) 8.50 µs 1.00 (2.00 ok)",
		"d64 two: a message 2000 µs 1000 µs 2.00",
		"d64, messages a second: socket 500, net 1000",
		"1 of 2 targets are met. missed: a ns, net: 0.85, target 0.50",
		"CPython is left out: python3 not found",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("%q isn't in the table:\n%s", want, b.String())
		}
	}
}

func TestChart(t *testing.T) {
	var b strings.Builder
	if err := report().WriteChart(&b); err != nil {
		t.Fatal(err)
	}
	texts := strings.Join(wellFormed(t, b.String()), "|")
	if want := "a  one <&>|socket|8.50 µs|net|× 1.18|C|× 1.00"; !strings.HasSuffix(texts, want) {
		t.Errorf("the texts are %q, want %q at the end", texts, want)
	}
}

func TestChosen(t *testing.T) {
	for _, tt := range []struct{ only, want string }{
		{"", "abcdefghijklm"}, {"a", "a"}, {"l,a", "al"}, {"fj", "fj"},
	} {
		works, err := chosen(catalog(fullScale, ""), tt.only)
		if err != nil {
			t.Fatal(err)
		}
		letters := ""
		for _, w := range works {
			if !strings.HasSuffix(letters, w.Letter()) {
				letters += w.Letter()
			}
		}
		if letters != tt.want {
			t.Errorf("-only %q runs %q, want %q", tt.only, letters, tt.want)
		}
	}
	if _, err := chosen(catalog(fullScale, ""), "ax"); err == nil {
		t.Error("-only ax is taken")
	}
}

// A target for a peer that isn't measured would never be looked at.
func TestTargetsAreOfPeers(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range catalog(fullScale, "") {
		if seen[w.Key] {
			t.Errorf("%s is there twice", w.Key)
		}
		seen[w.Key] = true
		for name := range w.Targets {
			known := false
			for _, p := range peerNames {
				known = known || p == name && w.does(p)
			}
			if !known {
				t.Errorf("%s has a target for %q, which doesn't do it", w.Key, name)
			}
		}
	}
}

// By processor time each work has its targets once, and on that.
func TestJudgedByCPU(t *testing.T) {
	works := catalog(fullScale, "")
	judgedByCPU(works)
	for _, w := range works {
		judged := 0
		for _, m := range w.Metrics {
			if m.Key == "ns" {
				t.Errorf("%s is compared by time", w.Key)
			}
			if m.Target {
				judged++
			}
		}
		if len(w.Targets) > 0 && judged != 1 {
			t.Errorf("%s has its targets on %d amounts, want 1", w.Key, judged)
		}
	}
	if m := catalog(fullScale, "")[0].Metrics[0]; m.Key != "ns" {
		t.Errorf("another catalog is compared by %s", m.Key)
	}
}
