//go:build linux

package socket_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// mark returns the placeholder of a value that differs from run to run.
func (r *diffRun) mark(kind string, value any) string {
	key := fmt.Sprintf("%s %v", kind, value)
	if r.marks[key] == 0 {
		r.marks[kind]++
		r.marks[key] = r.marks[kind]
	}
	return fmt.Sprintf("<%s %d>", kind, r.marks[key])
}

// write returns the neutral form of a result.
func (r *diffRun) write(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case unix.Errno:
		return strconv.Itoa(int(v))
	case diffFd:
		if v < 0 {
			return strconv.Itoa(int(v))
		}
		return r.mark("fd", int(v))
	case float64:
		return pythonFloat(v)
	case time.Duration:
		if v == socket.NoTimeout {
			return "None"
		}
		return pythonFloat(v.Seconds())
	case string:
		return r.writeText(v)
	case diffText:
		return string(v)
	case []byte:
		return r.writeBytes(v)
	case *diffBuffer:
		return r.writeBytes(v.b)
	case diffTuple:
		return "(" + r.writeAll(v) + ")"
	case diffList:
		return "[" + r.writeAll(v) + "]"
	}
	return r.writeObject(value)
}

// writeObject returns the neutral form of what the library returns.
func (r *diffRun) writeObject(value any) string {
	switch v := value.(type) {
	case socket.AddressFamily, socket.SocketKind:
		return fmt.Sprint(v)
	case socket.MsgFlag:
		return strconv.Itoa(int(v))
	case socket.Proto:
		return strconv.Itoa(int(v))
	case socket.UnixAddr:
		// Python returns a path as str and an abstract name as bytes.
		if strings.HasPrefix(string(v), "\x00") {
			return r.writeBytes([]byte(v))
		}
		return r.writeText(string(v))
	case socket.Address:
		return r.write(diffTuple(addressItems(v)))
	case *socket.Socket:
		return fmt.Sprintf("socket(%v, %v, %d)", v.Family(), v.Kind(), int(v.Proto()))
	case io.Closer:
		return "<file>"
	}
	r.t.Fatalf("a result of type %T has no neutral form", value)
	return ""
}

func (r *diffRun) writeAll(values []any) string {
	var items []string
	for _, v := range values {
		items = append(items, r.write(v))
	}
	if len(values) == 2 || len(values) == 4 {
		r.writeAddress(values, items)
	}
	return strings.Join(items, ", ")
}

// writeAddress puts placeholders into the items of an address.
func (r *diffRun) writeAddress(values []any, items []string) {
	first, number := diffNumber(values[0])
	_, host := values[0].(string)
	port, ok := diffNumber(values[1])
	if !ok || !host && !(number && len(values) == 2) {
		return
	}
	switch {
	case number && first == int64(os.Getpid()):
		items[0] = "<pid>"
	case number && isPort(first):
		items[0] = r.mark("port", first)
	}
	if isPort(port) {
		items[1] = r.mark("port", port)
	}
}

// isPort reports whether n is a port that the kernel chose; AF_VSOCK has 32-bit
// ones, and so has AF_NETLINK for all but a process's first.
func isPort(n int64) bool { return n >= 10000 && n < socket.VMADDR_PORT_ANY }

// addressItems returns the items of Python's tuple for an address.
func addressItems(a socket.Address) []any {
	switch a := a.(type) {
	case socket.Inet6Addr:
		return []any{a.Host(), a.Port(), int64(a.FlowInfo()), int64(a.ScopeID())}
	case socket.NetlinkAddr:
		return []any{int64(a.PID), int64(a.Groups)}
	case socket.VSOCKAddr:
		return []any{int64(a.CID), int64(a.PortNum)}
	case socket.PacketAddr:
		return []any{a.IfName, a.Proto, a.PktType, a.HAType, []byte(a.Addr)}
	}
	return []any{a.Host(), a.Port()}
}

// autobind is an abstract name that the kernel chose.
var autobind = regexp.MustCompile("^\x00[0-9a-f]{5}$")

func (r *diffRun) writeBytes(b []byte) string {
	b = bytes.ReplaceAll(b, []byte(filepath.Base(r.dir)), []byte("<tmp>"))
	switch {
	case len(b) > 64 && bytes.HasPrefix(b, []byte("\x00<tmp>")):
		return "<a long name>"
	case autobind.Match(b):
		return r.mark("autobind", string(b))
	case len(b) > 64:
		sum := sha256.Sum256(b)
		return fmt.Sprintf("<%d bytes %x>", len(b), sum[:8])
	}
	return "b" + pythonQuote(string(b), func(c rune) bool { return c < 0x7f })
}

func (r *diffRun) writeText(s string) string {
	s = strings.ReplaceAll(s, r.dir, "<tmp>")
	if len(s) > 64 && strings.HasPrefix(s, "<tmp>") {
		return "<a long path>"
	}
	return pythonQuote(s, unicode.IsPrint)
}

// pythonQuote quotes s as Python's repr does. What isn't printable is escaped,
// byte for byte; no text here has such runes above 0xff.
func pythonQuote(s string, printable func(rune) bool) string {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		if !printable(c) || c == utf8.RuneError {
			c, size = rune(s[0]), 1
		}
		switch {
		case c == quote || c == '\\':
			b.WriteString(`\` + string(c))
		case strings.ContainsRune("\n\r\t", c):
			b.WriteString(strings.Trim(strconv.QuoteRune(c), "'"))
		case c < ' ' || c == 0x7f || size == 1 && c > 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteRune(c)
		}
		s = s[size:]
	}
	b.WriteRune(quote)
	return b.String()
}

// pythonFloat writes a float as Python's repr does.
func pythonFloat(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e16 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	if math.Abs(f) >= 1e-4 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// errorClasses are Python's exceptions by PEP 3151, by what errors.Is says. A
// class stands before its base.
var errorClasses = []struct {
	class error
	name  string
}{
	{socket.ErrTimeout, "TimeoutError"},
	{socket.ErrBlockingIO, "BlockingIOError"},
	{socket.ErrBrokenPipe, "BrokenPipeError"},
	{socket.ErrConnectionAborted, "ConnectionAbortedError"},
	{socket.ErrConnectionRefused, "ConnectionRefusedError"},
	{socket.ErrConnectionReset, "ConnectionResetError"},
	{socket.ErrConnection, "ConnectionError"},
	{socket.ErrInterrupted, "InterruptedError"},
	{socket.ErrPermission, "PermissionError"},
	{socket.ErrFileNotFound, "FileNotFoundError"},
	{socket.ErrFileExists, "FileExistsError"},
	{socket.ErrNotADirectory, "NotADirectoryError"},
	{socket.ErrIsADirectory, "IsADirectoryError"},
	{socket.ErrProcessLookup, "ProcessLookupError"},
	{socket.ErrChildProcess, "ChildProcessError"},
}

// writeError returns the neutral form of an error.
func (r *diffRun) writeError(err error) string {
	r.t.Helper()
	if form := fileErrorForm(err); form != "" {
		return form
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		var texts []string
		for _, err := range all.Unwrap() {
			texts = append(texts, r.writeError(err))
		}
		head, _, _ := strings.Cut(err.Error(), "\n")
		return "ExceptionGroup: " + head + " [" + strings.Join(texts, "; ") + "]"
	}
	switch e := err.(type) {
	case *socket.Error:
		return r.writeSystemError(e)
	case *socket.GAIError:
		return fmt.Sprintf("gaierror: [Errno %d] %s", e.Code, e.Text)
	case *socket.HError:
		return fmt.Sprintf("herror: [Errno %d] %s", e.Code, e.Text)
	case *socket.ArgumentError:
		return "ArgumentError"
	}
	// What isn't in a database of the system: there is no errno, but a text.
	var notFound *net.DNSError
	if errors.As(err, &notFound) || errors.Is(err, unix.ENODEV) {
		return "OSError" + err.Error()[strings.LastIndex(err.Error(), ": "):]
	}
	r.t.Fatalf("an error of type %T has no neutral form: %v", err, err)
	return ""
}

// writeSystemError writes an error's class and Python's part of its text, which
// stands behind the operation and the address.
func (r *diffRun) writeSystemError(e *socket.Error) string {
	r.t.Helper()
	prefix := e.Op + ": "
	if e.Addr != nil {
		prefix = e.Op + " " + e.Addr.String() + ": "
	}
	text, ok := strings.CutPrefix(e.Error(), prefix)
	if !ok || e.Op == "" {
		r.t.Errorf("the error's text is %q, want it to begin with %q", e, prefix)
	}
	for _, c := range errorClasses {
		if errors.Is(e, c.class) {
			return c.name + ": " + text
		}
	}
	return "OSError: " + text
}
