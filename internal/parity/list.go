// Package parity reads the list of Python's names and of what stands for them
// in Go: parity.txt, from which the generator writes PARITY.md and by which a
// test finds the names that are missing.
package parity

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed parity.txt
var list string

// Constants is the subject of the section where the constants belong, which
// have a list of their own.
const Constants = "constants"

// A Chapter is about one Python module.
type Chapter struct {
	Title    string
	Sections []Section
}

// A Section is one table.
type Section struct {
	// Subject is the Python expression whose names these are, "socket" or
	// "socket.socket"; "" if the table has no Python names in it.
	Subject string
	Title   string
	Text    []string // the lines above the table
	Rows    []Row
}

// A Row is one line of a table.
type Row struct {
	Names     []string // in Python; in a section without a subject one text
	Since     string   // the first Python with the names, "" if older than 3.3
	Symbols   []string // in Go: "New", "Socket.Recv", "socketserver.Server"
	Platforms []string // GOOS values, or "unix" for all
	Remark    string
}

// Read returns the list.
func Read() ([]Chapter, error) {
	chapters, err := parse(list)
	if err != nil {
		return nil, fmt.Errorf("parity.txt: %w", err)
	}
	return chapters, nil
}

// parse reads the text of the list.
func parse(text string) ([]Chapter, error) {
	var p parser
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("%w: %s", err, line)
		}
	}
	return p.chapters, nil
}

// A parser has what was read so far.
type parser struct{ chapters []Chapter }

// line reads one line, whose first character says what it is.
func (p *parser) line(line string) error {
	switch line[0] {
	case '=':
		p.chapters = append(p.chapters, Chapter{Title: strings.TrimSpace(line[1:])})
		return nil
	case '[':
		return p.header(line)
	}
	s := p.section()
	if s == nil {
		return fmt.Errorf("no section before")
	}
	if text, ok := strings.CutPrefix(line, ">"); ok {
		s.Text = append(s.Text, strings.TrimSpace(text))
		return nil
	}
	row, err := parseRow(line, s.Subject)
	s.Rows = append(s.Rows, row)
	return err
}

// header reads "[subject] title".
func (p *parser) header(line string) error {
	subject, title, ok := strings.Cut(line[1:], "] ")
	if !ok {
		return fmt.Errorf("bad section")
	}
	if len(p.chapters) == 0 {
		return fmt.Errorf("no chapter before")
	}
	last := &p.chapters[len(p.chapters)-1]
	last.Sections = append(last.Sections, Section{Subject: strings.TrimPrefix(subject, "-"), Title: title})
	return nil
}

// section returns the section that is being read.
func (p *parser) section() *Section {
	if len(p.chapters) == 0 {
		return nil
	}
	sections := p.chapters[len(p.chapters)-1].Sections
	if len(sections) == 0 {
		return nil
	}
	return &sections[len(sections)-1]
}

// parseRow reads "names | since | Go | platforms | remark".
func parseRow(line, subject string) (Row, error) {
	f := strings.Split(line, "|")
	if len(f) != 5 {
		return Row{}, fmt.Errorf("%d columns, want 5", len(f))
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	r := Row{
		Names:     []string{f[0]},
		Since:     f[1],
		Symbols:   items(f[2]),
		Platforms: items(f[3]),
		Remark:    f[4],
	}
	if subject != "" {
		r.Names = items(f[0])
	}
	return r, check(&r)
}

// check fills in the platforms and finds what a row lacks.
func check(r *Row) error {
	switch {
	case len(r.Names) == 0 || r.Names[0] == "":
		return fmt.Errorf("no name")
	case len(r.Symbols) == 0 && r.Remark == "":
		return fmt.Errorf("neither a Go name nor a reason")
	case len(r.Symbols) > 0 && len(r.Platforms) == 0:
		r.Platforms = []string{"unix"}
	}
	return nil
}

// items splits a list at its commas.
func items(s string) []string {
	if s == "" {
		return nil
	}
	list := strings.Split(s, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
