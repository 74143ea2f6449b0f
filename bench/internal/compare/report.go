package compare

import (
	"encoding/json"
	"io"
	"math"
	"runtime"
	"time"

	"example.com/socket/bench/internal/peer"
)

// A Report is what came of a run. It is what is written as JSON.
type Report struct {
	Date     string            `json:"date"`
	Go       string            `json:"go"`
	Machine  string            `json:"machine"`
	Rounds   int               `json:"rounds"`
	Time     string            `json:"time_of_a_measurement"`
	Versions map[string]string `json:"versions"`
	Notes    []string          `json:"notes,omitempty"`
	Rows     []Row             `json:"rows"`
}

// A Row is one amount, for every peer.
type Row struct {
	Work   string           `json:"work"`
	Metric string           `json:"metric"`
	Name   string           `json:"name"`
	Ours   Cell             `json:"ours"`
	Peers  map[string]Ratio `json:"peers"`

	unit  unit
	kind  string
	chart bool
}

// A Cell is the median of what was measured, and all of it: nanoseconds, bytes or
// a number, for one operation.
type Cell struct {
	Median float64   `json:"median"`
	Rounds []float64 `json:"rounds"`
}

// A Ratio compares the library with a peer: Ratio is the median of ours/theirs in
// each round, nil if theirs is zero.
type Ratio struct {
	Cell
	Ratio  *float64 `json:"ratio"`
	Target *float64 `json:"target,omitempty"`
	Met    *bool    `json:"met,omitempty"`
}

func newReport(rounds int, s scale, found []program, notes []string) *Report {
	r := &Report{
		Date:     time.Now().UTC().Format(time.DateOnly),
		Go:       runtime.Version(),
		Machine:  machine(),
		Rounds:   rounds,
		Time:     s.time.String(),
		Versions: map[string]string{},
		Notes:    notes,
	}
	for _, p := range found {
		r.Versions[p.name] = p.version
	}
	return r
}

// fill makes the rows out of what was measured.
func (r *Report) fill(m *measurer) {
	for _, w := range m.works {
		for _, metric := range w.Metrics {
			if row, ok := m.row(w, metric, r.Rounds); ok {
				r.Rows = append(r.Rows, row)
			}
		}
	}
}

// row returns false if the library hasn't been measured.
func (m *measurer) row(w Work, metric Metric, rounds int) (Row, bool) {
	ours := m.samples[place{w.Key, metric.Key, peer.Ours}]
	row := Row{
		Work: w.Key, Metric: metric.Key, Name: name(w, metric),
		Ours: cell(ours, rounds), Peers: map[string]Ratio{},
		unit: metric.Unit, kind: w.Spec.Kind, chart: w.Chart && metric.Key == "ns",
	}
	for _, p := range m.programs {
		theirs := m.samples[place{w.Key, metric.Key, p.name}]
		if p.name == peer.Ours || len(theirs) == 0 {
			continue
		}
		compared := Ratio{Cell: cell(theirs, rounds)}
		if x := ratio(ours, theirs); !math.IsNaN(x) {
			compared.Ratio = &x
			compared.judge(w.Targets, p.name, metric.Target)
		}
		row.Peers[p.name] = compared
	}
	return row, len(ours) > 0
}

func (r *Ratio) judge(all targets, name string, wanted bool) {
	target, ok := all[name]
	if !ok || !wanted {
		return
	}
	kept := met(*r.Ratio, target)
	r.Target, r.Met = &target, &kept
}

func name(w Work, m Metric) string {
	if m.Name == "" {
		return w.Name
	}
	return w.Name + ": " + m.Name
}

func cell(s sample, rounds int) Cell {
	values := s.values(rounds)
	return Cell{median(values), values}
}

// WriteJSON writes the report.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(r)
}
