// Package compare runs the works through every peer, again and again in turn, and
// tells what came of it: as a table, as JSON and as a chart.
package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/socket/bench/internal/work"
)

// Options say what is run.
type Options struct {
	Rounds int
	Only   string // the letters of the works, "" for all
	Quick  bool   // so little that it only shows that everything runs
	CPU    bool   // compare processor time instead of time
	Log    io.Writer
}

// Run measures. What fails is left out of the report, and is its error.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Rounds < 1 {
		return nil, fmt.Errorf("-rounds %d: 1 or more are needed", o.Rounds)
	}
	dir, err := os.MkdirTemp("", "socket-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s := fullScale
	if o.Quick {
		s = quickScale
	}
	fitted, notes := fit(s)
	file := filepath.Join(dir, "file")
	works, err := chosen(catalog(fitted, file), o.Only)
	if err != nil {
		return nil, err
	}
	if o.CPU {
		judgedByCPU(works)
	}
	if err := fill(file, fitted.fileSize); err != nil {
		return nil, err
	}
	found, leftOut, err := programs(dir)
	if err != nil {
		return nil, err
	}
	report := newReport(o.Rounds, fitted, found, append(leftOut, notes...))
	m := &measurer{works: works, programs: found, samples: map[place]sample{}, log: o.Log}
	err = m.runAll(ctx, o.Rounds)
	report.fill(m)
	return report, err
}

// fit makes a scale smaller where the limit of open files asks for it. A process
// has both ends of the connections that echo.
func fit(s scale) (fitted scale, notes []string) {
	if n := work.MaxFiles(s.idle); n < s.idle {
		notes = append(notes, fmt.Sprintf("%d idle connections instead of %d: the limit of open files", n, s.idle))
		s.idle = n
	}
	if n := work.MaxFiles(2*s.many) / 2; n < s.many {
		notes = append(notes, fmt.Sprintf("%d connections at once instead of %d: the limit of open files", n, s.many))
		s.many = n
	}
	return s, notes
}

// fill writes the file that is sent, which leaves it in the page cache.
func fill(name string, size int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	piece := []byte(strings.Repeat("socket\n\x00", 1<<17)) // 1 MiB
	for range size / len(piece) {
		if _, err := f.Write(piece); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}

// A place is where an amount belongs.
type place struct{ work, metric, peer string }

type measurer struct {
	works    []Work
	programs []program
	samples  map[place]sample
	log      io.Writer
}

// runAll runs the rounds. In each, every work goes through all peers in turn, so
// that those that are compared are measured next to each other.
func (m *measurer) runAll(ctx context.Context, rounds int) (err error) {
	for round := range rounds {
		began := time.Now()
		for _, w := range m.works {
			for _, p := range m.programs {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if w.does(p.name) {
					err = errors.Join(err, m.runOne(ctx, round, w, p))
				}
			}
		}
		fmt.Fprintf(m.log, "round %d of %d took %.0f s\n", round+1, rounds, time.Since(began).Seconds())
	}
	return err
}

func (m *measurer) runOne(ctx context.Context, round int, w Work, p program) error {
	result, err := p.run(ctx, w.Spec)
	if err != nil {
		return fmt.Errorf("%s, %s, round %d: %w", w.Key, p.name, round+1, err)
	}
	for metric, amount := range result {
		at := place{w.Key, metric, p.name}
		if m.samples[at] == nil {
			m.samples[at] = sample{}
		}
		m.samples[at][round] = amount
	}
	return nil
}

// machine describes what this runs on.
func machine() string {
	kernel := runtime.GOOS
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		kernel += " " + strings.TrimSpace(string(release))
	}
	return fmt.Sprintf("%s %s, %d processors%s", kernel, runtime.GOARCH, runtime.NumCPU(), processor())
}

// processor is the model as Linux names it, if it does.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return ", " + strings.TrimSpace(value)
		}
	}
	return ""
}
