//go:build linux

package socket_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"slices"
	"strconv"

	"example.com/socket"
)

// diffNode is a node of a step's syntax tree: its kind, its text if it is a
// literal or has a name, its children, of which the last len(Keywords) are
// keyword arguments.
type diffNode struct {
	Kind     string
	Text     string
	Children []diffNode
	Keywords []string
}

// The values of steps: nil, bool, int, float64, string and []byte, besides these
// and what the library returns.
type (
	diffTuple []any
	diffList  []any
	diffFd    int    // a descriptor's number
	diffText  string // what is in its neutral form already
)

// diffBuffer is a bytearray, into which calls receive.
type diffBuffer struct{ b []byte }

// eval evaluates an expression. An error is what a call of the library returned;
// what Go has no way to say ends the test.
func (r *diffRun) eval(n diffNode) (any, error) {
	switch n.Kind {
	case "NoneType":
		return nil, nil
	case "bool":
		return n.Text == "True", nil
	case "int":
		v, err := strconv.ParseInt(n.Text, 10, 64)
		return diffInt(v), err
	case "float":
		return strconv.ParseFloat(n.Text, 64)
	case "str":
		return n.Text, nil
	case "bytes":
		return hex.DecodeString(n.Text)
	case "name":
		return r.lookUp(n.Text), nil
	case "tuple":
		items, err := r.evalAll(n.Children)
		return diffTuple(items), err
	case "list":
		items, err := r.evalAll(n.Children)
		return diffList(items), err
	case "call":
		return r.call(n)
	case "attribute":
		return r.attribute(n)
	}
	return r.operate(n)
}

func (r *diffRun) evalAll(nodes []diffNode) ([]any, error) {
	var values []any
	for _, n := range nodes {
		v, err := r.eval(n)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// operate evaluates what has operands: |, +, -, *, a sign, an index.
func (r *diffRun) operate(n diffNode) (any, error) {
	args, err := r.evalAll(n.Children)
	if err != nil {
		return nil, err
	}
	switch n.Kind {
	case "negative":
		if f, ok := args[0].(float64); ok {
			return -f, nil
		}
		return -r.int(args[0]), nil
	case "index":
		return r.items(args[0])[r.int(args[1])], nil
	}
	switch v := args[0].(type) {
	case []byte:
		return r.operateBytes(n.Text, v, args[1]), nil
	case diffList:
		return slices.Repeat(v, r.int(args[1])), nil
	}
	x, y := r.int(args[0]), r.int(args[1])
	switch n.Text {
	case "|":
		return x | y, nil
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	}
	r.t.Fatalf("Go doesn't know the operator %s", n.Text)
	return nil, nil
}

func (r *diffRun) operateBytes(operator string, b []byte, y any) []byte {
	if operator == "+" {
		return append(append([]byte(nil), b...), r.bytes(y)...)
	}
	return bytes.Repeat(b, r.int(y))
}

// lookUp returns what a name stands for.
func (r *diffRun) lookUp(name string) any {
	r.t.Helper()
	if v, ok := r.names[name]; ok {
		return v
	}
	switch v := goConstants[name].(type) {
	case int64:
		return diffInt(v)
	case string:
		return v
	}
	r.t.Fatalf("the name %s is not known: an earlier step failed, or Go hasn't it", name)
	return nil
}

// call calls a function, or a method of a socket or a file.
func (r *diffRun) call(n diffNode) (any, error) {
	r.t.Helper()
	values, err := r.evalAll(n.Children[1:])
	if err != nil {
		return nil, err
	}
	c := &diffCall{diffRun: r, args: values[:len(values)-len(n.Keywords)], keywords: make(map[string]any)}
	for i, k := range n.Keywords {
		c.keywords[k] = values[len(c.args)+i]
	}
	callee := n.Children[0]
	if callee.Kind == "name" {
		f := diffFunctions[callee.Text]
		if f == nil {
			r.t.Fatalf("diffFunctions has no %s", callee.Text)
		}
		return c.keep(f(c))
	}
	object, err := r.eval(callee.Children[0])
	if err != nil {
		return nil, err
	}
	switch object := object.(type) {
	case *socket.Socket:
		c.family = object.Family()
		if f := diffMethods[callee.Text]; f != nil {
			return c.keep(f(object, c))
		}
	case *os.File:
		if f := diffFileMethods[callee.Text]; f != nil {
			return c.keep(f(object, c))
		}
	case *socket.File:
		if f := diffSocketFileMethods[callee.Text]; f != nil {
			return f(object, c)
		}
	}
	r.t.Fatalf("the tables of calls have no %s of a %T", callee.Text, object)
	return nil, nil
}

// attribute reads an attribute of a socket or a file.
func (r *diffRun) attribute(n diffNode) (any, error) {
	object, err := r.eval(n.Children[0])
	if err != nil {
		return nil, err
	}
	if s, ok := object.(*socket.Socket); ok {
		switch n.Text {
		case "family":
			return s.Family(), nil
		case "type":
			return s.Kind(), nil
		case "proto":
			return int(s.Proto()), nil
		case "timeout":
			return s.GetTimeout(), nil
		}
	}
	if f, ok := object.(*socket.File); ok && n.Text == "mode" {
		return f.Mode(), nil
	}
	r.t.Fatalf("Go doesn't know the attribute %s of a %T", n.Text, object)
	return nil, nil
}

// keep remembers what a call has opened, to close it at the end.
func (r *diffRun) keep(value any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	switch v := value.(type) {
	case diffTuple:
		for _, item := range v {
			r.keep(item, nil)
		}
	case io.Closer:
		r.mu.Lock()
		r.opened = append(r.opened, v)
		r.mu.Unlock()
	}
	return value, nil
}
