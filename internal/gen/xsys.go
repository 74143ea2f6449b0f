package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// A platform is one GOOS/GOARCH pair with the constants that x/sys/unix has
// there. The value is nil where it depends on another package, as the errno
// constants do: that the name exists is enough for those.
type platform struct {
	goos, goarch string
	consts       map[string]constant.Value
}

// xsys reads the source of golang.org/x/sys/unix.
type xsys struct {
	dir    string
	fset   *token.FileSet
	parsed map[string]*ast.File
}

// openXSys finds the version of x/sys that go.mod asks for.
func openXSys() (*xsys, error) {
	root, err := goList("{{.Dir}}", "golang.org/x/sys")
	if err != nil {
		return nil, err
	}
	return &xsys{
		dir:    filepath.Join(root, "unix"),
		fset:   token.NewFileSet(),
		parsed: make(map[string]*ast.File),
	}, nil
}

// platforms returns every pair that x/sys supports for the given GOOS values.
// The names of its zerrors files say which architectures there are.
func (x *xsys) platforms(goos ...string) ([]platform, error) {
	var ps []platform
	for _, sys := range goos {
		// x/sys serves illumos from the solaris files.
		family := strings.Replace(sys, "illumos", "solaris", 1)
		files, err := filepath.Glob(filepath.Join(x.dir, "zerrors_"+family+"_*.go"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			arch := strings.TrimSuffix(f[strings.LastIndex(f, "_")+1:], ".go")
			consts, err := x.consts(sys, arch)
			if err != nil {
				return nil, fmt.Errorf("%s/%s: %w", sys, arch, err)
			}
			ps = append(ps, platform{sys, arch, consts})
		}
	}
	if len(ps) == 0 {
		return nil, fmt.Errorf("no zerrors file for %v in %s", goos, x.dir)
	}
	return ps, nil
}

// consts type-checks x/sys/unix as it is built for one platform. Imports are
// left unresolved, and the errors which that gives are ignored: the constants
// wanted here are plain numbers.
func (x *xsys) consts(goos, goarch string) (map[string]constant.Value, error) {
	files, err := x.files(goos, goarch)
	if err != nil {
		return nil, err
	}
	conf := types.Config{
		IgnoreFuncBodies: true,
		Importer:         noImports{},
		Error:            func(error) {},
	}
	pkg, _ := conf.Check("golang.org/x/sys/unix", x.fset, files, nil)
	consts := make(map[string]constant.Value)
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok {
			consts[name] = intValue(c)
		}
	}
	return consts, nil
}

// intValue returns the value of c, or nil if it isn't known.
func intValue(c *types.Const) constant.Value {
	if c.Val().Kind() != constant.Int {
		return nil
	}
	return c.Val()
}

// files returns the files of the package that are built for a platform. Only
// generated ones and those with constants matter, but all are read: x/sys
// moves constants between them.
func (x *xsys) files(goos, goarch string) ([]*ast.File, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = goos, goarch, false
	names, err := filepath.Glob(filepath.Join(x.dir, "*.go"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var files []*ast.File
	for _, path := range names {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := ctx.MatchFile(x.dir, name); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		f, err := x.parse(path)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// parse parses a file once; most are shared by many platforms.
func (x *xsys) parse(path string) (*ast.File, error) {
	if f, ok := x.parsed[path]; ok {
		return f, nil
	}
	f, err := parser.ParseFile(x.fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	x.parsed[path] = f
	return f, nil
}

// noImports is a types.Importer without packages.
type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	return nil, errors.New("not resolved: " + path)
}
