//go:build unix

package socketserver

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"example.com/socket"
)

// A PanicError is what HandleError is told if a handler panicked.
type PanicError struct {
	Value any    // what it panicked with
	Stack []byte // the stack of its goroutine, as text
}

// Error returns "panic: " and the value.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error, as it is of an index out of range.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errNotMade answers a call on a server that can't serve: its zero value, or one
// whose hooks would find no outermost type.
func errNotMade(op string) error { return fmt.Errorf("%s: the server wasn't made by New", op) }

// errMissing answers a nil where something has to be.
func errMissing(op, name, want string) error {
	return &socket.ArgumentError{Op: op, Name: name, Value: nil, Want: want}
}

// guard turns a panic of f into an error.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{v, debug.Stack()}
		}
	}()
	return f()
}

// HandleError prints the error to standard error: Python's handle_error(request,
// client_address). A panic is printed with its stack, which is Python's traceback;
// an error that was returned has none. The server goes on.
//
//	----------------------------------------
//	Exception occurred during processing of request from 127.0.0.1:51234
//	recv: [Errno 104] Connection reset by peer
//	----------------------------------------
func (s *BaseServer) HandleError(request Request, client socket.Address, err error) {
	line := strings.Repeat("-", 40)
	from := "None" // an AF_UNIX socket without a name
	if client != nil {
		from = client.String()
	}
	text := fmt.Sprint(err)
	var p *PanicError
	if errors.As(err, &p) {
		text += "\n" + strings.TrimSuffix(string(p.Stack), "\n")
	}
	// In one piece, so that two goroutines' reports don't mix.
	fmt.Fprintf(os.Stderr, "%s\nException occurred during processing of request from %s\n%s\n%s\n", line, from, text, line)
}
