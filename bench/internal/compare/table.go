package compare

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/socket/bench/internal/peer"
)

// WriteTable prints the medians, for each peer with the ratio ours/theirs, its
// target and whether it is met.
func (r *Report) WriteTable(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s, %s\n", r.Date, r.Go, r.Machine)
	fmt.Fprintf(w, "Medians of %d rounds of %s each. After a peer's time: the median of the ratios ours/theirs of a round\n"+
		"and, in brackets, what it is to be at most, with ! where it is more. Less is better.\n\n", r.Rounds, r.Time)
	names := r.columns()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "work\t\t%s\t%s\n", peer.Ours, strings.Join(names, "\t"))
	for _, row := range r.Rows {
		fmt.Fprintf(t, "%s\t%s\t%s", row.Work, row.Name, row.unit(row.Ours.Median))
		for _, name := range names {
			fmt.Fprintf(t, "\t%s", row.cell(name))
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	r.writeRates(w, names)
	r.writeTargets(w)
	for _, note := range r.Notes {
		fmt.Fprintln(w, note)
	}
	return nil
}

// columns returns the peers that were measured.
func (r *Report) columns() (names []string) {
	for _, name := range peerNames {
		if slices.ContainsFunc(r.Rows, func(row Row) bool { _, ok := row.Peers[name]; return ok }) {
			names = append(names, name)
		}
	}
	return names
}

func (row Row) cell(name string) string {
	p, ok := row.Peers[name]
	if !ok {
		return ""
	}
	text := row.unit(p.Median)
	if p.Ratio != nil {
		text += fmt.Sprintf(" %.2f", *p.Ratio)
	}
	if p.Target != nil {
		mark := "ok"
		if !*p.Met {
			mark = "!"
		}
		text += fmt.Sprintf(" (%.2f %s)", *p.Target, mark)
	}
	return text
}

// writeRates says the same of streams, of many connections and of servers in the way people
// are used to.
func (r *Report) writeRates(w io.Writer, names []string) {
	fmt.Fprintln(w)
	for _, row := range r.Rows {
		per := map[string]string{"many": "messages a second", "stream": "MiB a second", "server": "requests a second"}[row.kind]
		if per == "" || row.Metric != "ns" {
			continue
		}
		parts := []string{fmt.Sprintf("%s %.0f", peer.Ours, 1e9/row.Ours.Median)}
		for _, name := range names {
			if p, ok := row.Peers[name]; ok {
				parts = append(parts, fmt.Sprintf("%s %.0f", name, 1e9/p.Median))
			}
		}
		fmt.Fprintf(w, "%s, %s: %s\n", row.Work, per, strings.Join(parts, ", "))
	}
}

// writeTargets counts the targets that are met and names the others.
func (r *Report) writeTargets(w io.Writer) {
	all := 0
	var missed []string
	for _, row := range r.Rows {
		for _, name := range peerNames {
			p, ok := row.Peers[name]
			if !ok || p.Target == nil {
				continue
			}
			all++
			if !*p.Met {
				missed = append(missed, fmt.Sprintf("%s %s, %s: %.2f, target %.2f",
					row.Work, row.Metric, name, *p.Ratio, *p.Target))
			}
		}
	}
	fmt.Fprintf(w, "\n%d of %d targets are met.\n", all-len(missed), all)
	for _, line := range missed {
		fmt.Fprintln(w, "  missed:", line)
	}
}
