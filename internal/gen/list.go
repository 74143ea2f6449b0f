package main

import (
	_ "embed"
	"fmt"
	"strings"
)

var (
	//go:embed constants.txt
	constantsText string
	//go:embed strerror.txt
	strerrorText string
)

// A section is a group of constants that share a type and a comment.
type section struct {
	goType    string // "" for untyped
	title     string
	constants []entry
}

// An entry is one line of constants.txt.
type entry struct {
	name   string
	origin string // the first Python that has it
	header string // where C declares it
	value  string // "" if x/sys has the name on Linux
	all    bool   // value holds on every system
	own    bool   // value overrides that of x/sys on Linux
}

// parseConstants reads constants.txt.
func parseConstants(text string) ([]section, error) {
	var sections []section
	for line := range lines(text) {
		if rest, ok := strings.CutPrefix(line, "["); ok {
			goType, title, ok := strings.Cut(rest, "] ")
			if !ok {
				return nil, fmt.Errorf("bad section: %s", line)
			}
			goType = strings.TrimPrefix(goType, "-")
			sections = append(sections, section{goType: goType, title: title})
			continue
		}
		e, err := parseEntry(line)
		if err != nil {
			return nil, err
		}
		if len(sections) == 0 {
			return nil, fmt.Errorf("no section before: %s", line)
		}
		last := &sections[len(sections)-1]
		last.constants = append(last.constants, e)
	}
	return sections, nil
}

// parseEntry reads "name origin header [value]".
func parseEntry(line string) (entry, error) {
	f := strings.Fields(line)
	if len(f) < 3 || len(f) > 4 {
		return entry{}, fmt.Errorf("bad line: %s", line)
	}
	e := entry{name: f[0], origin: f[1], header: f[2]}
	if len(f) == 4 {
		e.value = f[3]
		e.value, e.all = strings.CutPrefix(e.value, "all:")
		e.value, e.own = strings.CutPrefix(e.value, "own:")
	}
	return e, nil
}

// An errnoText is one line of strerror.txt.
type errnoText struct{ name, text string }

// parseStrerror reads strerror.txt.
func parseStrerror(text string) ([]errnoText, error) {
	var texts []errnoText
	for line := range lines(text) {
		name, text, ok := strings.Cut(line, " ")
		if !ok {
			return nil, fmt.Errorf("bad line: %s", line)
		}
		texts = append(texts, errnoText{name, text})
	}
	return texts, nil
}

// lines yields the lines of text that aren't blank or a comment.
func lines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}
