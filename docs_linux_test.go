package socket_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/socket/internal/machine"
)

// The Go of README.md and PORTING.md compiles in a module that requires this
// one, as the README tells to. On Linux, because some of it is Linux's alone.
func TestDocumentsCompile(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "go.mod", docsModule(t, root))
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "go.sum", string(sums))
	programs, lines := documentedGo(t, "README.md", "PORTING.md")
	if len(programs) < 2 || len(lines) < 100 {
		t.Fatalf("%d programs and %d lines of Go found, want at least 2 and 100", len(programs), len(lines))
	}
	for i, p := range programs {
		write(t, dir, fmt.Sprintf("program%d/main.go", i), p)
	}
	write(t, dir, "lines/lines.go", linesFile(t, lines))

	machine.Needs(t, machine.Programs)
	build := exec.Command("go", "vet", "-mod=mod", "./...")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// docsModule is the go.mod of a user: it requires what this one's does too.
func docsModule(t *testing.T, root string) string {
	t.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(mod), "module example.com/socket\n", "module user\n", 1)
	return own + "\nrequire example.com/socket v0.0.0\nreplace example.com/socket => " + root + "\n"
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

var (
	goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```")
	// A row of a table whose last cell is code alone.
	goRow  = regexp.MustCompile("(?m)^\\| .*\\| ((?:`[^`]+`(?:, )?)+) \\|$")
	goSpan = regexp.MustCompile("`([^`]+)`")
)

// documentedGo returns the whole programs and the pieces of code in files.
func documentedGo(t *testing.T, files ...string) (programs, pieces []string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range goBlock.FindAllStringSubmatch(string(text), -1) {
			switch code := block[1]; {
			case strings.HasPrefix(code, "package "):
				programs = append(programs, code)
			case !strings.Contains(code, "golang.org/x/text"): // not a module of ours
				pieces = append(pieces, code)
			}
		}
		for _, row := range goRow.FindAllStringSubmatch(string(text), -1) {
			for _, span := range goSpan.FindAllStringSubmatch(row[1], -1) {
				pieces = append(pieces, strings.ReplaceAll(span[1], `\|`, "|"))
			}
		}
	}
	return programs, pieces
}

// linesHeader declares what the pieces leave to the reader.
const linesHeader = `
func use(...any) {}

var (
	s, conn    *socket.Socket
	addr       socket.Address
	data, buf  []byte
	mreq, tv   []byte
	text, host string
	prog       string
	e          *socket.Error
	bufs       [][]byte
	anc        []socket.ControlMessage
	file       *os.File
	f          *socket.File
	port, n    int
	fd, opt    int
	level      socket.Proto
	err        error

	server  *socketserver.TCPServer
	handler socketserver.RequestHandlerClass
	h       *socketserver.StreamRequestHandler
)

type MyHandler struct{ socketserver.BaseRequestHandler }

func handle(*socket.Socket, socket.Address) {}

func echo(*socket.Socket) error { return nil }
`

var imports = map[string]string{
	"binary": "encoding/binary", "bytes": "bytes", "context": "context", "errors": "errors", "exec": "os/exec", "fmt": "fmt",
	"hex": "encoding/hex", "http": "net/http", "io": "io", "math": "math", "net": "net", "netip": "net/netip", "os": "os",
	"log": "log", "selectors": "example.com/socket/selectors", "signal": "os/signal", "socket": "example.com/socket",
	"socketserver": "example.com/socket/socketserver", "strconv": "strconv", "strings": "strings", "sync": "sync",
	"time": "time", "tls": "crypto/tls", "unix": "golang.org/x/sys/unix", "utf8": "unicode/utf8",
}

// linesFile makes a file of the pieces, each a function.
func linesFile(t *testing.T, pieces []string) string {
	t.Helper()
	var body strings.Builder
	body.WriteString(linesHeader)
	for i, piece := range pieces {
		result := ""
		if strings.Contains(piece, "return err") || strings.Contains(piece, "return nil") || strings.Contains(piece, "return &") {
			result = " (_ error)"
		}
		code := usable(t, piece)
		if result != "" && !strings.HasPrefix(piece, "return ") {
			code += "\nreturn nil"
		}
		fmt.Fprintf(&body, "\nfunc _()%s { // %d\n%s\n}\n", result, i, code)
	}
	var file strings.Builder
	file.WriteString("package lines\n\n")
	for name, path := range imports {
		if regexp.MustCompile(`\b` + name + `\.`).MatchString(body.String()) {
			fmt.Fprintf(&file, "import %q\n", path)
		}
	}
	return file.String() + body.String()
}

// usable makes statements of a piece that don't leave a variable or a value
// unused, which Go refuses.
func usable(t *testing.T, piece string) string {
	t.Helper()
	if _, err := parser.ParseExpr(piece); err == nil {
		return "use(" + piece + ")"
	}
	src := "package p; func _() {\n" + piece + "\n}"
	file, err := parser.ParseFile(token.NewFileSet(), "piece.go", src, 0)
	if err != nil {
		t.Fatalf("%s: %v", piece, err)
	}
	for _, stmt := range file.Decls[0].(*ast.FuncDecl).Body.List {
		if define, ok := stmt.(*ast.AssignStmt); ok && define.Tok == token.DEFINE {
			for _, name := range define.Lhs {
				piece += "\nuse(" + name.(*ast.Ident).Name + ")"
			}
		}
	}
	return piece
}
