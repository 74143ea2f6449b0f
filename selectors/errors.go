//go:build unix

package selectors

import (
	"fmt"
	"io/fs"
	"net"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// A KeyError says that a fileobj isn't registered, or that its descriptor is so
// already: Python's KeyError. errors.Is answers for fs.ErrNotExist in the first
// case and for fs.ErrExist in the second.
type KeyError struct {
	Op         string // the call: "register"
	Fileobj    any    // what it was called with
	Fd         int    // its descriptor; -1 if it has none any more
	Registered bool   // whether the descriptor is registered

	stale bool // what is registered has been closed without Unregister
}

// Error returns the call, the fileobj and Python's text.
func (e *KeyError) Error() string {
	text := fmt.Sprintf("%s: %v", e.Op, e.Fileobj)
	switch {
	case !e.Registered:
		return text + " is not registered"
	case e.stale:
		return fmt.Sprintf("%s (FD %d) is already registered: what had this descriptor was closed without Unregister", text, e.Fd)
	}
	return fmt.Sprintf("%s (FD %d) is already registered", text, e.Fd)
}

// Is reports whether target is fs.ErrExist or fs.ErrNotExist, whichever fits.
func (e *KeyError) Is(target error) bool {
	return target == fs.ErrExist && e.Registered || target == fs.ErrNotExist && !e.Registered
}

// A closedError is a call on what has been closed.
type closedError struct {
	err  error
	text string
}

func (e *closedError) Error() string { return e.text }

// Unwrap returns what errors.Is and errors.As find in it.
func (e *closedError) Unwrap() []error { return []error{e.err, net.ErrClosed} }

// errClosed answers a call on a selector that is closed. In Python that is a
// ValueError or a RuntimeError, as it happens.
func errClosed(op string) error {
	return &closedError{unix.EBADF, op + ": selector is closed"}
}

// errClosedFile answers a call with something that has no descriptor any more,
// which is Python's ValueError.
func errClosedFile(op, name string, fileobj any) error {
	err := &socket.ArgumentError{Op: op, Name: name, Value: fileobj, Want: "one that is open"}
	return &closedError{err, err.Error()}
}

// failure makes the error for what the kernel answered.
func failure(op string, err error) error {
	if err == nil {
		return nil
	}
	errno, ok := err.(unix.Errno)
	if !ok {
		return err
	}
	return &socket.Error{Op: op, Errno: errno}
}

// badArgument makes the error for a wrong argument.
func badArgument(op, name string, value any, want string) error {
	return &socket.ArgumentError{Op: op, Name: name, Value: value, Want: want}
}
