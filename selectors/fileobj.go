//go:build unix

package selectors

import (
	"errors"
	"net"
	"os"
	"reflect"
	"syscall"
)

type (
	filenoer interface{ Fileno() int }
	fder     interface{ Fd() uintptr }
)

// errNoFile says that something has no descriptor and never had.
var errNoFile = errors.New("no descriptor")

// withFd runs call with the descriptor of a fileobj, or returns errNoFile, or
// net.ErrClosed if it is closed. A syscall.Conn can't be closed while call runs,
// so that the number can't be another's by then.
func withFd(fileobj any, call func(fd int) error) error {
	conn, ok := fileobj.(syscall.Conn)
	if !ok || isNil(fileobj) {
		fd, err := number(fileobj)
		if err != nil {
			return err
		}
		return call(fd)
	}
	raw, err := conn.SyscallConn()
	switch {
	case errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrClosed):
		return net.ErrClosed
	case err != nil:
		return errNoFile
	}
	if raw.Control(func(fd uintptr) { err = call(int(fd)) }) != nil {
		return net.ErrClosed // that of an os.File is an error of no name
	}
	return err
}

// number returns the descriptor of a fileobj, or the errors of withFd.
func number(fileobj any) (fd int, err error) {
	if isNil(fileobj) {
		return -1, errNoFile
	}
	switch f := fileobj.(type) {
	case int:
		if f < 0 || f != int(int32(f)) {
			return -1, errNoFile
		}
		return f, nil
	case filenoer:
		fd = f.Fileno()
	case syscall.Conn:
		// Not Fd: it puts the open file of an os.File into blocking mode.
		err = withFd(f, func(n int) error { fd = n; return nil })
		return fd, err
	case fder:
		fd = int(int32(f.Fd())) // -1 as an uintptr is a closed one
	default:
		return -1, errNoFile
	}
	if fd < 0 {
		return -1, net.ErrClosed
	}
	return fd, nil
}

// isNil reports whether fileobj is nil, or a nil pointer, whose methods might
// panic.
func isNil(fileobj any) bool {
	v := reflect.ValueOf(fileobj)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// fileError makes the error that users see of those of withFd.
func fileError(op string, fileobj any, err error) error {
	switch err {
	case errNoFile:
		return badArgument(op, "fileobj", fileobj, "a descriptor's number, or a value that has one: Fileno() int, syscall.Conn or Fd() uintptr")
	case net.ErrClosed:
		return errClosedFile(op, "fileobj", fileobj)
	}
	return failure(op, err)
}

// same is Python's "is". Values that Go can't compare are never the same.
func same(a, b any) bool {
	v := reflect.ValueOf(a)
	return v.IsValid() && v.Comparable() && reflect.ValueOf(b).Comparable() && a == b
}
