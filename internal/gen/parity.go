package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/socket/internal/parity"
)

// parityHead is what stands above the tables of PARITY.md.
//
//go:embed parity_head.md
var parityHead []byte

// A system is an operating system, or two that are alike, with its constants.
type system struct {
	goos     []string
	sections []section
}

// label names the system in headings.
func (s system) label() string { return strings.Join(s.goos, ", ") }

// writeParity writes PARITY.md. The first of systems is Linux, which has every
// constant.
func writeParity(dir string, systems []system) error {
	chapters, err := parity.Read()
	if err != nil {
		return err
	}
	b := bytes.NewBuffer(slices.Clone(parityHead))
	for _, c := range chapters {
		fmt.Fprintf(b, "\n## %s\n", c.Title)
		for _, s := range c.Sections {
			writeSection(b, s, systems)
		}
	}
	return os.WriteFile(filepath.Join(dir, "PARITY.md"), b.Bytes(), 0o644)
}

// writeSection writes a heading, the text below it and the table.
func writeSection(b *bytes.Buffer, s parity.Section, systems []system) {
	fmt.Fprintf(b, "\n### %s\n\n", s.Title)
	for _, text := range s.Text {
		fmt.Fprintf(b, "%s\n\n", escape(text))
	}
	if s.Subject == parity.Constants {
		writeConstants(b, systems)
		return
	}
	head := "Python"
	since := slices.ContainsFunc(s.Rows, func(r parity.Row) bool { return r.Since != "" })
	if s.Subject == "" {
		head = "What"
	}
	tableHead(b, columns(since, head, "since", "Go", "platforms", "remark")...)
	for _, r := range s.Rows {
		tableRow(b, columns(since, names(r, s.Subject), r.Since, goNames(r), strings.Join(r.Platforms, ", "), escape(r.Remark))...)
	}
}

// columns leaves out the second column of a table where it would be empty.
func columns(since bool, cells ...string) []string {
	if since {
		return cells
	}
	return slices.Delete(cells, 1, 2)
}

// names returns the first cell of a row. Text that isn't a Python name is given
// as it is.
func names(r parity.Row, subject string) string {
	if subject == "" {
		return r.Names[0]
	}
	return code(r.Names)
}

// goNames returns the cell with the Go names of a row.
func goNames(r parity.Row) string {
	if len(r.Symbols) == 0 {
		return "none"
	}
	return code(r.Symbols)
}

// escape keeps Markdown from reading *Socket as the start of emphasis.
func escape(text string) string { return strings.ReplaceAll(text, "*", `\*`) }

// code returns names in Markdown's code style.
func code(names []string) string {
	return "`" + strings.Join(names, "`, `") + "`"
}

// tableHead writes the first two lines of a table.
func tableHead(b *bytes.Buffer, cells ...string) {
	tableRow(b, cells...)
	b.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
}

// tableRow writes a line of a table.
func tableRow(b *bytes.Buffer, cells ...string) {
	for _, cell := range cells {
		b.WriteString("| " + cell)
		if cell != "" {
			b.WriteByte(' ')
		}
	}
	b.WriteString("|\n")
}

// writeConstants writes the constants by group, then those of each system but
// Linux.
func writeConstants(b *bytes.Buffer, systems []system) {
	linux := systems[0]
	fmt.Fprintf(b, "On Linux there are %d, under Python's names. Names that are newer than 3.11 follow the number of the first\n"+
		"Python that has them; those after \"BlueZ\" are in Pythons that were built with BlueZ's headers; \"no Python\" has\n"+
		"what scripts write as a number.\n\n", count(linux.sections))
	tableHead(b, "group", "Go type", "count", "names")
	for _, s := range linux.sections {
		tableRow(b, title(s), goType(s), fmt.Sprint(len(s.constants)), byOrigin(s.constants))
	}
	for _, sys := range systems[1:] {
		writeOther(b, sys, linux)
	}
}

// writeOther writes the constants of one system, "all" where it has as many in
// a group as Linux.
func writeOther(b *bytes.Buffer, sys, linux system) {
	fmt.Fprintf(b, "\n#### Constants on %s\n\n%d of Linux's %d. \"all\" is all that Linux has in the group.\n\n", sys.label(), count(sys.sections), count(linux.sections))
	tableHead(b, "group", "count", "names")
	for _, s := range sys.sections {
		all := slices.IndexFunc(linux.sections, func(l section) bool {
			return l.title == s.title && len(l.constants) == len(s.constants)
		})
		cell := "all"
		if all < 0 {
			cell = code(entryNames(s.constants))
		}
		tableRow(b, title(s), fmt.Sprint(len(s.constants)), cell)
	}
}

// title returns the title of a group without its full stop.
func title(s section) string { return strings.TrimSuffix(s.title, ".") }

// goType returns the type of a group's constants.
func goType(s section) string {
	switch {
	case s.goType != "":
		return code([]string{s.goType})
	case strings.HasPrefix(s.constants[0].value, `"`):
		return "untyped, some strings"
	}
	return "untyped"
}

// count returns how many constants there are.
func count(sections []section) int {
	n := 0
	for _, s := range sections {
		n += len(s.constants)
	}
	return n
}

// origins says how the first Python of a name is told; others are versions.
var origins = map[string]string{"bluetooth": "BlueZ", "beyond": "no Python"}

// byOrigin returns the names, the oldest first, and those of newer Pythons after
// the version.
func byOrigin(entries []entry) string {
	groups := make(map[string][]entry)
	for _, e := range entries {
		groups[e.origin] = append(groups[e.origin], e)
	}
	var parts []string
	for _, origin := range slices.SortedFunc(maps.Keys(groups), compareOrigins) {
		part := code(entryNames(groups[origin]))
		if origin != "3.11" {
			part = originName(origin) + ": " + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// compareOrigins puts the versions before the words: digits sort before letters.
func compareOrigins(a, b string) int { return strings.Compare(originName(a), originName(b)) }

// originName returns what stands before the names of an origin.
func originName(origin string) string {
	if name, ok := origins[origin]; ok {
		return name
	}
	return origin
}

// entryNames returns the names of constants.
func entryNames(entries []entry) []string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.name
	}
	return names
}
