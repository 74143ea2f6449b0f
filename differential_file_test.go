//go:build linux

package socket_test

import (
	"errors"
	"io"
	"os"
	"strings"

	"example.com/socket"
)

// diffSocketFileMethods are the methods of what makefile returns, by name.
// Python's read1 is Go's Read; its read(n) goes on until n bytes are there.
var diffSocketFileMethods = map[string]func(*socket.File, *diffCall) (any, error){
	"close":    func(f *socket.File, _ *diffCall) (any, error) { return nil, f.Close() },
	"fileno":   func(f *socket.File, _ *diffCall) (any, error) { return diffFd(f.Fileno()), nil },
	"flush":    func(f *socket.File, _ *diffCall) (any, error) { return nil, f.Flush() },
	"readable": func(f *socket.File, _ *diffCall) (any, error) { return f.Readable(), nil },
	"writable": func(f *socket.File, _ *diffCall) (any, error) { return f.Writable(), nil },
	"read": func(f *socket.File, c *diffCall) (any, error) {
		return diffContent(f)(readSome(f, c))
	},
	"read1": func(f *socket.File, c *diffCall) (any, error) {
		b := make([]byte, c.int(0))
		n, err := f.Read(b)
		return diffContent(f)(b[:n], notEOF(err))
	},
	"readline": func(f *socket.File, _ *diffCall) (any, error) {
		line, err := f.ReadLine()
		return diffContent(f)(line, notEOF(err))
	},
	"readlines": func(f *socket.File, _ *diffCall) (any, error) {
		lines, err := f.ReadLines()
		return diffLines(f, lines), err
	},
	"write": func(f *socket.File, c *diffCall) (any, error) {
		if text, ok := c.at(0).(string); ok {
			return diffResult(f.WriteString(text))
		}
		return diffResult(f.Write(c.bytes(0)))
	},
}

// readSome is read(n), or read() up to the end.
func readSome(f *socket.File, c *diffCall) ([]byte, error) {
	if !c.has(0) || c.int(0) < 0 {
		return io.ReadAll(f)
	}
	b := make([]byte, c.int(0))
	n, err := io.ReadFull(f, b)
	if err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], notEOF(err)
}

// notEOF takes away the end of the stream, which for Python is no error.
func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// list is list(file), which iterates.
func (c *diffCall) list() (any, error) {
	f, ok := c.at(0).(*socket.File)
	if !ok {
		c.t.Fatalf("a %T can't be a list", c.at(0))
	}
	var lines [][]byte
	for line, err := range f.Lines() {
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return diffLines(f, lines), nil
}

// diffContent makes what was read from a text file a str, as in Python.
func diffContent(f *socket.File) func([]byte, error) (any, error) {
	return func(b []byte, err error) (any, error) {
		if err == nil && !strings.Contains(f.Mode(), "b") {
			return string(b), nil
		}
		return diffResult(b, err)
	}
}

func diffLines(f *socket.File, lines [][]byte) (list diffList) {
	for _, line := range lines {
		v, _ := diffContent(f)(line, nil)
		list = append(list, v)
	}
	return list
}

// fileErrors are the errors that only files have, by the end of their text and by
// what errors.Is must say, and their neutral forms.
var fileErrors = []struct {
	text string
	is   error
	form string
}{
	{"not readable", errors.ErrUnsupported, "UnsupportedOperation"},
	{"not writable", errors.ErrUnsupported, "UnsupportedOperation"},
	{"I/O operation on closed file", os.ErrClosed, "ValueError: closed file"},
	{"file already closed", os.ErrClosed, "ValueError: closed file"}, // of an *os.File
	{"cannot read from timed out object", nil, "OSError: cannot read from timed out object"},
}

// fileErrorForm returns the neutral form of an error that only files have, "" for
// any other.
func fileErrorForm(err error) string {
	for _, e := range fileErrors {
		if strings.HasSuffix(err.Error(), ": "+e.text) && (e.is == nil || errors.Is(err, e.is)) {
			return e.form
		}
	}
	return ""
}
