package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/constant"
	"go/token"
	"slices"
	"strings"
)

// resolve says what each constant is on one operating system: afterwards an
// entry with a value is a literal, one without refers to x/sys, and those that
// the system lacks are gone.
func resolve(sections []section, ps []platform, linux bool) ([]section, error) {
	var out []section
	for _, s := range sections {
		var kept []entry
		for _, e := range s.constants {
			r, ok, err := resolveEntry(e, everywhere(e.name, ps), linux)
			if err != nil {
				return nil, err
			}
			if ok {
				kept = append(kept, r)
			}
		}
		if len(kept) > 0 {
			s.constants = kept
			out = append(out, s)
		}
	}
	return out, nil
}

// resolveEntry resolves one entry, given whether x/sys has its name.
func resolveEntry(e entry, has, linux bool) (entry, bool, error) {
	switch {
	case linux && e.own:
		if !has {
			return e, false, fmt.Errorf("%s: own: without a value in x/sys", e.name)
		}
		return e, true, nil
	case has:
		// A value that nothing uses would only grow stale.
		if linux && e.value != "" && !e.all {
			return e, false, fmt.Errorf("%s: x/sys has it now, drop the value", e.name)
		}
		e.value = ""
		return e, true, nil
	case linux:
		if e.value == "" {
			return e, false, fmt.Errorf("%s: x/sys lacks it, a value is needed", e.name)
		}
		return e, true, nil
	default:
		e.header = "as on Linux"
		return e, e.all, nil
	}
}

// everywhere reports whether x/sys has a name on every platform.
func everywhere(name string, ps []platform) bool {
	for _, p := range ps {
		if _, ok := p.consts[name]; !ok {
			return false
		}
	}
	return true
}

// constFile returns the source of const_GOOS.go.
func constFile(sections []section, ps []platform) []byte {
	var b bytes.Buffer
	b.WriteString("package socket\n\nimport \"golang.org/x/sys/unix\"\n\n")
	for _, s := range sections {
		fmt.Fprintf(&b, "// %s\nconst (\n", s.title)
		for _, e := range s.constants {
			writeConst(&b, e, s.goType)
		}
		b.WriteString(")\n\n")
	}
	for _, t := range tables {
		writeTable(&b, t, sections, ps)
	}
	return b.Bytes()
}

// writeConst writes one declaration.
func writeConst(b *bytes.Buffer, e entry, goType string) {
	if e.value == "" {
		fmt.Fprintf(b, "\t%s %s = unix.%s\n", e.name, goType, e.name)
		return
	}
	fmt.Fprintf(b, "\t%s %s = %s // %s\n", e.name, goType, e.value, e.header)
}

// A table is a variable with the names that a String method gives.
type table struct {
	name   string
	goType string
	// has reports whether a constant of that type belongs to the table.
	has func(name string) bool
}

var tables = []table{
	{"familyNames", "AddressFamily", isAny},
	{"kindNames", "SocketKind", func(name string) bool { return !isKindFlag(name) }},
	{"kindFlagNames", "SocketKind", isKindFlag},
	{"msgFlagNames", "MsgFlag", isAny},
	{"addressInfoNames", "AddressInfo", isAny},
	{"protoNames", "Proto", isAny},
}

func isAny(string) bool { return true }

// isKindFlag tells the bits that may be or-ed to a socket type from the types.
func isKindFlag(name string) bool {
	return name == "SOCK_NONBLOCK" || name == "SOCK_CLOEXEC"
}

// writeTable writes the table of one type, sorted by value. A name that is an
// alias of an earlier one on every platform is left out.
func writeTable(b *bytes.Buffer, t table, sections []section, ps []platform) {
	var names []valued
	for _, s := range sections {
		for _, e := range s.constants {
			if s.goType != t.goType || !t.has(e.name) {
				continue
			}
			v := valued{e.name, valuesOf(e, ps)}
			if !slices.ContainsFunc(names, v.aliasOf) {
				names = append(names, v)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b valued) int { return cmp.Compare(a.values[0], b.values[0]) })
	fmt.Fprintf(b, "// %s has the names for the String method of %s.\n", t.name, t.goType)
	fmt.Fprintf(b, "var %s = []named[%s]{\n", t.name, t.goType)
	for _, v := range names {
		fmt.Fprintf(b, "\t{%s, %q},\n", v.name, v.name)
	}
	b.WriteString("}\n\n")
}

// valued is a constant with its value on each platform.
type valued struct {
	name   string
	values []int64
}

func (v valued) aliasOf(w valued) bool { return slices.Equal(v.values, w.values) }

// valuesOf returns the value of e on each platform.
func valuesOf(e entry, ps []platform) []int64 {
	values := make([]int64, len(ps))
	for i, p := range ps {
		v := p.consts[e.name]
		if e.value != "" {
			v = constant.MakeFromLiteral(e.value, token.INT, 0)
		}
		values[i], _ = constant.Int64Val(v)
	}
	return values
}

// testFile returns the source of const_linux_test.go, by which the tests get
// at the constants by name.
func testFile(sections []section, module string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package socket_test\n\nimport %q\n\n", module)
	b.WriteString("// goConstants has every constant of the package by its name.\n")
	b.WriteString("var goConstants = map[string]any{\n")
	for _, s := range sections {
		for _, e := range s.constants {
			if strings.HasPrefix(e.value, `"`) {
				fmt.Fprintf(&b, "\t%q: socket.%s,\n", e.name, e.name)
				continue
			}
			fmt.Fprintf(&b, "\t%q: int64(socket.%s),\n", e.name, e.name)
		}
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// strerrorFile returns the source of strerror_linux.go.
func strerrorFile(texts []errnoText) []byte {
	var b bytes.Buffer
	b.WriteString("package socket\n\nimport \"golang.org/x/sys/unix\"\n\n")
	b.WriteString("// errnoTexts has glibc's text for every error number.\n")
	b.WriteString("var errnoTexts = []named[unix.Errno]{\n")
	for _, t := range texts {
		fmt.Fprintf(&b, "\t{unix.%s, %q},\n", t.name, t.text)
	}
	b.WriteString("}\n\n")
	b.WriteString("// systemText returns the text of e, or \"\" if it has none.\n")
	b.WriteString("func systemText(e unix.Errno) string {\n")
	b.WriteString("\ttext, _ := nameOf(errnoTexts, e)\n\treturn text\n}\n")
	return b.Bytes()
}
