//go:build unix

package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"example.com/socket/internal/fd"
	"golang.org/x/sys/unix"
)

// An Error is what the kernel answered to a call: Python's OSError, of which
// socket.error is another name. Its text is the operation, the address if there
// is one, and Python's str() of the exception:
//
//	connect 127.0.0.1:9: [Errno 111] Connection refused
//
// errors.Is finds the errno in it, the class that PEP 3151 gives that errno
// (ErrConnectionRefused), and net.ErrClosed after Close. A timeout that passed
// has Errno 0, as Python's has errno None, and the text "timed out".
type Error struct {
	Op    string     // the operation: "connect", "recv", …
	Errno unix.Errno // 0 for a timeout of the library's own
	Addr  Address    // the address the call named; nil if none

	closed bool // the socket was closed, which makes it net.ErrClosed too
}

// Error returns the operation, the address and the errno with its text.
func (e *Error) Error() string {
	text := e.Strerror()
	if e.Errno != 0 {
		text = errnoText(int(e.Errno), text)
	}
	return describe(e.Op, e.Addr, text)
}

// Strerror returns the text of the errno alone, without the operation and the
// address: Python's e.strerror. Of a timeout that passed it is "timed out", where
// Python's is None.
func (e *Error) Strerror() string {
	if e.Errno == 0 {
		return "timed out"
	}
	return strerror(e.Errno)
}

// Unwrap returns the errno, nil for a timeout of the library's own.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// Is reports whether target is a class that the error belongs to: one of the
// Err variables, os.ErrDeadlineExceeded for a timeout, net.ErrClosed.
func (e *Error) Is(target error) bool {
	switch target {
	case os.ErrDeadlineExceeded:
		return e.Timeout()
	case net.ErrClosed:
		return e.closed
	}
	c, ok := target.(*errorClass)
	return ok && (c.has(e.Errno) || target == ErrTimeout && e.Errno == 0)
}

// Timeout reports whether a timeout passed, the library's or the kernel's.
func (e *Error) Timeout() bool { return e.Errno == 0 || e.Errno == unix.ETIMEDOUT }

// Temporary reports whether the same call may succeed later.
func (e *Error) Temporary() bool { return e.Timeout() || e.Errno.Temporary() }

// An errorClass is one of the exception classes of PEP 3151.
type errorClass struct {
	name   string
	errnos []unix.Errno
}

func (c *errorClass) Error() string { return c.name }

func (c *errorClass) has(errno unix.Errno) bool {
	for _, e := range c.errnos {
		if e == errno {
			return true
		}
	}
	return false
}

// The classes of errors, for errors.Is. They are Python's: PEP 3151 sorts the
// errno values into them.
var (
	// ErrTimeout is TimeoutError, socket.timeout: ETIMEDOUT, or a timeout that
	// passed here. errors.Is answers for os.ErrDeadlineExceeded as well.
	ErrTimeout error = &errorClass{"timed out", []unix.Errno{unix.ETIMEDOUT}}
	// ErrBlockingIO is BlockingIOError: EAGAIN, EALREADY, EINPROGRESS.
	ErrBlockingIO error = &errorClass{"operation would block", []unix.Errno{unix.EAGAIN, unix.EWOULDBLOCK, unix.EALREADY, unix.EINPROGRESS}}
	// ErrConnection is ConnectionError, the base of the four that follow it.
	ErrConnection error = &errorClass{"connection error", []unix.Errno{unix.EPIPE, unix.ESHUTDOWN, unix.ECONNABORTED, unix.ECONNREFUSED, unix.ECONNRESET}}
	// ErrBrokenPipe is BrokenPipeError: EPIPE, ESHUTDOWN.
	ErrBrokenPipe error = &errorClass{"broken pipe", []unix.Errno{unix.EPIPE, unix.ESHUTDOWN}}
	// ErrConnectionAborted is ConnectionAbortedError: ECONNABORTED.
	ErrConnectionAborted error = &errorClass{"connection aborted", []unix.Errno{unix.ECONNABORTED}}
	// ErrConnectionRefused is ConnectionRefusedError: ECONNREFUSED.
	ErrConnectionRefused error = &errorClass{"connection refused", []unix.Errno{unix.ECONNREFUSED}}
	// ErrConnectionReset is ConnectionResetError: ECONNRESET.
	ErrConnectionReset error = &errorClass{"connection reset", []unix.Errno{unix.ECONNRESET}}
	// ErrInterrupted is InterruptedError: EINTR.
	ErrInterrupted error = &errorClass{"interrupted", []unix.Errno{unix.EINTR}}
	// ErrPermission is PermissionError: EACCES, EPERM.
	ErrPermission error = &errorClass{"permission denied", []unix.Errno{unix.EACCES, unix.EPERM}}
	// ErrFileNotFound is FileNotFoundError: ENOENT.
	ErrFileNotFound error = &errorClass{"file not found", []unix.Errno{unix.ENOENT}}
	// ErrFileExists is FileExistsError: EEXIST.
	ErrFileExists error = &errorClass{"file exists", []unix.Errno{unix.EEXIST}}
	// ErrNotADirectory is NotADirectoryError: ENOTDIR.
	ErrNotADirectory error = &errorClass{"not a directory", []unix.Errno{unix.ENOTDIR}}
	// ErrIsADirectory is IsADirectoryError: EISDIR.
	ErrIsADirectory error = &errorClass{"is a directory", []unix.Errno{unix.EISDIR}}
	// ErrProcessLookup is ProcessLookupError: ESRCH.
	ErrProcessLookup error = &errorClass{"no such process", []unix.Errno{unix.ESRCH}}
	// ErrChildProcess is ChildProcessError: ECHILD.
	ErrChildProcess error = &errorClass{"no child processes", []unix.Errno{unix.ECHILD}}
)

// A GAIError is a failed look-up of a host or a service: Python's gaierror.
// Code is one of the EAI constants; the numbers are Linux's on every platform.
type GAIError struct {
	Code int    // EAI_NONAME, …
	Text string // Python's text for the code

	op, name string
	cause    error // the resolver's error, nil if it wasn't asked
}

// Error returns the operation, the name and Python's text.
func (e *GAIError) Error() string {
	return lookupText(e.op, e.name, e.Code, e.Text)
}

// Unwrap returns the resolver's own error, a *net.DNSError; nil if the name was
// refused without asking it.
func (e *GAIError) Unwrap() error { return e.cause }

// Timeout reports whether the name server didn't answer in time.
func (e *GAIError) Timeout() bool {
	var dns *net.DNSError
	return errors.As(e.cause, &dns) && dns.IsTimeout
}

// Temporary reports whether the same look-up may succeed later.
func (e *GAIError) Temporary() bool { return e.Code == EAI_AGAIN }

// gaiError makes a GAIError for a look-up of host by op.
func gaiError(op, host string, code int, cause error) error {
	return &GAIError{Code: code, Text: gaiText(code), op: op, name: quotedHost(host), cause: cause}
}

// serviceError makes a GAIError for a look-up of a service at host by op.
func serviceError(op, host, service string, code int) error {
	name := net.JoinHostPort(host, service)
	if unusual(service) || host != "" && quotedHost(host) != host {
		name = strconv.Quote(name)
	}
	return &GAIError{Code: code, Text: gaiText(code), op: op, name: name}
}

// quotedHost writes a host as errors do: in quotation marks unless it is a plain
// name or an IP address. Someone who looks up "127.0.0.1:80" is to see it.
func quotedHost(host string) string {
	if _, err := netip.ParseAddr(host); err == nil || host != "" && !unusual(host) {
		return host
	}
	return strconv.Quote(host)
}

// unusual reports whether a name has characters that names haven't.
func unusual(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == ':' || r == '"' || r >= 0x7f })
}

// gaiText is glibc's gai_strerror.
func gaiText(code int) string {
	switch code {
	case EAI_BADFLAGS:
		return "Bad value for ai_flags"
	case EAI_NONAME:
		return "Name or service not known"
	case EAI_AGAIN:
		return "Temporary failure in name resolution"
	case EAI_FAIL:
		return "Non-recoverable failure in name resolution"
	case EAI_NODATA:
		return "No address associated with hostname"
	case EAI_FAMILY:
		return "ai_family not supported"
	case EAI_SOCKTYPE:
		return "ai_socktype not supported"
	case EAI_SERVICE:
		return "Servname not supported for ai_socktype"
	case EAI_ADDRFAMILY:
		return "Address family for hostname not supported"
	case EAI_MEMORY:
		return "Memory allocation failure"
	case EAI_SYSTEM:
		return "System error"
	}
	return "Unknown error"
}

// An HError is a failed look-up by GetHostByNameEx or GetHostByAddr: Python's
// herror. Code is h_errno: 1 for an unknown host, 2 try again, 3 no recovery, 4
// no data.
type HError struct {
	Code int
	Text string // Python's text for the code

	op, name string
	cause    error
}

// Error returns the operation, the name and Python's text.
func (e *HError) Error() string {
	return lookupText(e.op, e.name, e.Code, e.Text)
}

// Unwrap returns the resolver's own error, nil if it wasn't asked.
func (e *HError) Unwrap() error { return e.cause }

// hError makes an HError for a look-up of host by op.
func hError(op, host string, code int, cause error) error {
	return &HError{Code: code, Text: hText(code), op: op, name: quotedHost(host), cause: cause}
}

// hText is glibc's hstrerror.
func hText(code int) string {
	switch code {
	case -1:
		return "Resolver internal error"
	case 0:
		return "Resolver Error 0 (no error)"
	case 1:
		return "Unknown host"
	case 2:
		return "Host name lookup failure"
	case 3:
		return "Unknown server error"
	case 4:
		return "No address associated with name"
	}
	return "Unknown resolver error"
}

// A notFoundError is a service, a protocol or an interface that the system
// doesn't know: in Python an OSError without an errno, of which it has the text.
type notFoundError struct {
	op, name, text string
	cause          error
}

func (e *notFoundError) Error() string { return e.op + " " + strconv.Quote(e.name) + ": " + e.text }

// Unwrap returns what net or the kernel would have said.
func (e *notFoundError) Unwrap() error { return e.cause }

// unknownName makes the error for a service or a protocol that isn't known. It is
// a *net.DNSError with IsNotFound too, which is what net.LookupPort answers.
func unknownName(op, name, text string) error {
	return &notFoundError{op, name, text, &net.DNSError{Err: text, Name: name, IsNotFound: true}}
}

// unknownInterface makes the error for a name that no interface has. It is
// ENODEV too, as in Python since 3.14.
func unknownInterface(op, name string) error {
	return &notFoundError{op, name, "no interface with this name", unix.ENODEV}
}

// An ArgumentError says which argument of a call was wrong and what would be
// right. Nothing has been sent or changed. It stands for Python's TypeError,
// ValueError and OverflowError, and for the OSErrors without an errno;
// errors.Is answers for os.ErrInvalid.
type ArgumentError struct {
	Op    string // the call: "bind"
	Name  string // the argument: "port"
	Value any    // what was given
	Want  string // what would be right
}

// Error returns the call, the argument, its value and what would be right.
func (e *ArgumentError) Error() string {
	return e.Op + ": " + e.Name + " is " + valueText(e.Value) + ", want " + e.Want
}

// valueText writes an argument so that its type shows where that may be what is
// wrong with it.
func valueText(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case UnixAddr:
		return fmt.Sprintf("%T %q", v, string(v))
	case net.Addr:
		return fmt.Sprintf("%T %v", v, v)
	case Fileno:
		return fmt.Sprintf("Fileno(%d)", int(v))
	}
	return fmt.Sprint(value)
}

// Is reports whether target is os.ErrInvalid.
func (e *ArgumentError) Is(target error) bool { return target == os.ErrInvalid }

// A connectErrors is what CreateConnection answers with AllErrors(true): the
// error of each address, as Python's ExceptionGroup.
type connectErrors []error

func (e connectErrors) Error() string {
	var b strings.Builder
	b.WriteString("create_connection failed")
	for _, err := range e {
		b.WriteString("\n" + err.Error())
	}
	return b.String()
}

func (e connectErrors) Unwrap() []error { return e }

// A fileError is an error of a File that no system call made, in Python's words.
type fileError struct {
	op, text string
	kinds    []error
}

func (e *fileError) Error() string { return e.op + ": " + e.text }

// Unwrap returns what errors.Is finds in it.
func (e *fileError) Unwrap() []error { return e.kinds }

// errFileClosed is Python's ValueError for a file that is closed.
func errFileClosed(op string) error {
	return &fileError{op, "I/O operation on closed file", []error{net.ErrClosed, os.ErrClosed, unix.EBADF}}
}

// errFileMode is Python's io.UnsupportedOperation.
func errFileMode(op, text string) error {
	return &fileError{op, text, []error{errors.ErrUnsupported}}
}

// errTimedOutFile is Python's OSError for a read after one that timed out. It is
// no timeout itself: to read again is of no use.
func errTimedOutFile(op string) error {
	return &fileError{op: op, text: "cannot read from timed out object"}
}

// isTimeout reports whether err is Python's TimeoutError.
func isTimeout(err error) bool { return errors.Is(err, ErrTimeout) }

// wouldBlock reports whether the engine answered EAGAIN.
func wouldBlock(err error) bool { return err == unix.EAGAIN || err == unix.EWOULDBLOCK }

// failure is where an error of the engine becomes one of the package: op is the
// call, addr the address it named, nil for none.
func failure(op string, addr Address, err error) error {
	switch err {
	case nil:
		return nil
	case fd.ErrClosed:
		return &Error{Op: op, Errno: unix.EBADF, Addr: addr, closed: true}
	case fd.ErrTimeout:
		return &Error{Op: op, Addr: addr}
	}
	if errno, ok := err.(unix.Errno); ok {
		return &Error{Op: op, Errno: errno, Addr: addr}
	}
	return err
}

// describe puts an error's text together.
func describe(op string, addr Address, text string) string {
	if addr != nil {
		op += " " + addr.String()
	}
	return op + ": " + text
}

// lookupText is describe for a look-up. An error that a user made has no op.
func lookupText(op, name string, code int, text string) string {
	s := errnoText(code, text)
	if op == "" {
		return s
	}
	return op + " " + name + ": " + s
}

// errnoText is Python's str() of an OSError.
func errnoText(n int, text string) string {
	return "[Errno " + strconv.Itoa(n) + "] " + text
}

// checkOpen answers a call that would otherwise look at something else first.
func (s *Socket) checkOpen(op string) error {
	if s.fd.Closed() {
		return failure(op, nil, fd.ErrClosed)
	}
	return nil
}
