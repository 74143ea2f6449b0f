//go:build linux

package socket_test

import (
	"encoding/json"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/socket/internal/parity"
	"example.com/socket/internal/pytest"
)

// parityRows yields the rows of the list with the subject of their section.
func parityRows(t *testing.T) func(yield func(subject string, r parity.Row) bool) {
	t.Helper()
	chapters, err := parity.Read()
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, parity.Row) bool) {
		for _, c := range chapters {
			for _, s := range c.Sections {
				for _, r := range s.Rows {
					if !yield(s.Subject, r) {
						return
					}
				}
			}
		}
	}
}

// parityNames prints the names of each of subjects, a list that goes before it.
const parityNames = `
import importlib, json
names = {}
for subject in subjects:
    module, *attributes = subject.split(".")
    value = importlib.import_module(module)
    for a in attributes:
        value = getattr(value, a)
    names[subject] = dir(value)
print(json.dumps(names))
`

// namesCode is parityNames for the keys of a map. A list of strings is the same
// in JSON and in Python.
func namesCode(t *testing.T, listed map[string][]string) string {
	t.Helper()
	subjects, err := json.Marshal(slices.Sorted(maps.Keys(listed)))
	if err != nil {
		t.Fatal(err)
	}
	return "subjects = " + string(subjects) + parityNames
}

// TestParityHasPythonsNames asks Python for its names.
func TestParityHasPythonsNames(t *testing.T) {
	listed := make(map[string][]string)
	for subject, r := range parityRows(t) {
		if subject != "" {
			listed[subject] = append(listed[subject], r.Names...)
		}
	}
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			names := make(map[string][]string)
			python.Eval(t, namesCode(t, listed), &names)
			for subject := range names {
				for _, name := range names[subject] {
					if isPublic(name) && !slices.Contains(listed[subject], name) && !isConstant(subject, name) {
						t.Errorf("internal/parity/parity.txt has no %s of %s", name, subject)
					}
				}
			}
		})
	}
}

func isPublic(name string) bool { return name[0] != '_' }

// isConstant reports whether the generator lists a name of Python's module.
func isConstant(subject, name string) bool {
	_, ok := goConstants[name]
	return ok && subject == "socket"
}

// TestParityNamesExistInPython finds names in the list that no Python has. The
// oldest must be there, for the later ones have lost a few.
func TestParityNamesExistInPython(t *testing.T) {
	subjects := make(map[string][]string)
	for subject := range parityRows(t) {
		if subject != "" {
			subjects[subject] = nil
		}
	}
	var versions []string
	for _, python := range pytest.All(t) {
		versions = append(versions, python.Version)
		names := make(map[string][]string)
		python.Eval(t, namesCode(t, subjects), &names)
		for subject := range names {
			subjects[subject] = append(subjects[subject], names[subject]...)
		}
	}
	if !slices.Contains(versions, "3.11") {
		t.Skip("python3.11 not found: apt-get install python3.11, or pyenv install 3.11")
	}
	newest := slices.Max(versions)

	for subject, r := range parityRows(t) {
		if subject == "" || elsewhere(r) || newer(r.Since, newest) {
			continue
		}
		for _, name := range r.Names {
			if !slices.Contains(subjects[subject], name) {
				t.Errorf("no Python has the %s of %s that internal/parity/parity.txt lists", name, subject)
			}
		}
	}
}

// elsewhere reports whether Python has the names of a row on other systems alone.
func elsewhere(r parity.Row) bool {
	return len(r.Symbols) == 0 && len(r.Platforms) > 0 && !slices.Contains(r.Platforms, "linux")
}

// newer reports whether version is 3.12 or later and after newest.
func newer(version, newest string) bool {
	return len(version) == len(newest) && version > newest
}

// unixSystems are the platforms that the list calls unix, each with an
// architecture that Go has for it.
var unixSystems = map[string]string{
	"aix":       "ppc64",
	"darwin":    "arm64",
	"dragonfly": "amd64",
	"freebsd":   "amd64",
	"illumos":   "amd64",
	"linux":     "amd64",
	"netbsd":    "amd64",
	"openbsd":   "amd64",
	"solaris":   "amd64",
}

// TestParitySymbolsExist looks every Go name up in the source, as it is built
// for each platform that the list names.
func TestParitySymbolsExist(t *testing.T) {
	declared := make(map[[2]string]map[string]bool)
	symbols := func(dir, goos string) map[string]bool {
		key := [2]string{dir, goos}
		if declared[key] == nil {
			declared[key] = declarations(t, dir, goos)
		}
		return declared[key]
	}
	for _, r := range parityRows(t) {
		for _, symbol := range r.Symbols {
			dir, name := splitSymbol(symbol)
			if missing := missingOn(r.Platforms, func(goos string) bool { return symbols(dir, goos)[name] }); missing != nil {
				t.Errorf("internal/parity/parity.txt: %s: there is no %s on %s", r.Names[0], symbol, strings.Join(missing, ", "))
			}
		}
	}
}

// missingOn returns those of the platforms for which has is false.
func missingOn(platforms []string, has func(goos string) bool) []string {
	var missing []string
	for _, platform := range platforms {
		if platform == "unix" {
			missing = append(missing, missingOn(slices.Sorted(maps.Keys(unixSystems)), has)...)
		} else if unixSystems[platform] == "" || !has(platform) {
			missing = append(missing, platform)
		}
	}
	return missing
}

// splitSymbol takes the folder of another package off a Go name.
func splitSymbol(symbol string) (dir, name string) {
	if before, after, ok := strings.Cut(symbol, "."); ok && !ast.IsExported(before) {
		return before, after
	}
	return ".", symbol
}

// declarations returns the exported names that the package in dir declares on a
// system: "New", "Socket.Recv", "Error.Errno".
func declarations(t *testing.T, dir, goos string) map[string]bool {
	t.Helper()
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = goos, unixSystems[goos], false
	pkg, err := ctx.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, file := range pkg.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			declare(names, decl)
		}
	}
	return names
}

// declare adds the names of one declaration.
func declare(names map[string]bool, decl ast.Decl) {
	if f, ok := decl.(*ast.FuncDecl); ok {
		names[receiver(f)+f.Name.Name] = true
		return
	}
	for _, spec := range decl.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				names[name.Name] = true
			}
		case *ast.TypeSpec:
			names[spec.Name.Name] = true
			for _, member := range members(spec.Type) {
				names[spec.Name.Name+"."+member] = true
			}
		}
	}
}

// receiver returns the type that f is a method of with a dot, "" for none.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name + "."
	}
	return "?." // a generic type
}

// members returns the fields of a struct and the methods of an interface.
func members(typ ast.Expr) []string {
	var fields *ast.FieldList
	switch typ := typ.(type) {
	case *ast.StructType:
		fields = typ.Fields
	case *ast.InterfaceType:
		fields = typ.Methods
	default:
		return nil
	}
	var names []string
	for _, field := range fields.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	return names
}

// TestParityHasGoNames finds what the package exports and the list lacks: the
// functions, types and variables, and the methods of Socket and File. Another
// package counts as soon as the list has one of its names.
func TestParityHasGoNames(t *testing.T) {
	listed := make(map[string]map[string]bool)
	for _, r := range parityRows(t) {
		for _, symbol := range r.Symbols {
			dir, name := splitSymbol(symbol)
			if listed[dir] == nil {
				listed[dir] = make(map[string]bool)
			}
			listed[dir][name] = true
		}
	}
	for dir, names := range listed {
		for name := range declarations(t, dir, "linux") {
			if wantListed(name) && !names[name] {
				t.Errorf("internal/parity/parity.txt has no %s of package %s", name, dir)
			}
		}
	}
}

// wantListed reports whether an exported name should be in the list. The
// constants have a list of their own, and the methods of the smaller types go
// with their type.
func wantListed(name string) bool {
	if _, ok := goConstants[name]; ok {
		return false
	}
	typ, method, ok := strings.Cut(name, ".")
	if ok {
		return (typ == "Socket" || typ == "File") && ast.IsExported(method)
	}
	return ast.IsExported(typ)
}
