//go:build unix

package socket

import (
	"encoding/binary"
	"math"
	"sync/atomic"
	"time"

	"example.com/socket/internal/fd"
)

// NoTimeout is the timeout of a blocking socket, which waits as long as it
// takes: Python's None. It is the longest Duration there is, and prints as
// 2562047h47m16.854775807s: compare with it before you print a timeout.
const NoTimeout time.Duration = math.MaxInt64

// The engine means the same by it.
var _ = [1]struct{}{}[NoTimeout-fd.Forever]

// defaultTimeout is what new sockets get.
var defaultTimeout atomic.Int64

func init() { defaultTimeout.Store(int64(NoTimeout)) }

// GetDefaultTimeout returns the timeout that new sockets get: Python's
// socket.getdefaulttimeout(). It is NoTimeout unless SetDefaultTimeout changed it.
func GetDefaultTimeout() time.Duration { return time.Duration(defaultTimeout.Load()) }

// SetDefaultTimeout sets the timeout that new sockets get, however they are
// made: Python's socket.setdefaulttimeout(timeout). d is as for SetTimeout.
func SetDefaultTimeout(d time.Duration) error {
	if err := checkTimeout("setdefaulttimeout", d); err != nil {
		return err
	}
	defaultTimeout.Store(int64(d))
	return nil
}

// checkTimeout refuses what can't be meant as a timeout.
func checkTimeout(op string, d time.Duration) error {
	switch {
	case d < 0:
		return &ArgumentError{op, "timeout", d, "0 (non-blocking), a positive Duration, or NoTimeout"}
	case d > 0 && d < time.Microsecond:
		return &ArgumentError{op, "timeout", d, "a time.Duration with its unit: write 5*time.Second, not 5"}
	}
	return nil
}

// SetTimeout sets how long each call that waits may wait: Python's
// socket.settimeout(seconds). NoTimeout (Python's None) waits as long as it
// takes, 0 makes the socket non-blocking. After the timeout a call answers
// ErrTimeout; what arrived by then is still delivered. A negative d is an error,
// and so is one below a microsecond, which comes of porting settimeout(5): write
// SetTimeout(5*time.Second).
//
// A call that waits already keeps the timeout that it began with.
func (s *Socket) SetTimeout(d time.Duration) error {
	if err := checkTimeout("settimeout", d); err != nil {
		return err
	}
	return s.setTimeout("settimeout", d)
}

// GetTimeout returns the timeout, NoTimeout if there is none: Python's
// s.gettimeout() and s.timeout.
func (s *Socket) GetTimeout() time.Duration { return time.Duration(s.timeout.Load()) }

// SetBlocking with true is SetTimeout(NoTimeout), with false SetTimeout(0):
// Python's socket.setblocking(flag).
func (s *Socket) SetBlocking(blocking bool) error {
	if blocking {
		return s.setTimeout("setblocking", NoTimeout)
	}
	return s.setTimeout("setblocking", 0)
}

// GetBlocking reports whether calls wait at all, be it with a timeout: Python's
// socket.getblocking().
func (s *Socket) GetBlocking() bool { return s.GetTimeout() != 0 }

// setTimeout stores the timeout, on a closed socket too, as Python does. Python
// changes O_NONBLOCK then and so finds a bad descriptor; here that is looked for.
func (s *Socket) setTimeout(op string, d time.Duration) error {
	s.mu.Lock() // the mode that others find must be that of the last timeout
	defer s.mu.Unlock()
	s.timeout.Store(int64(d))
	if s.inheritable.Load() {
		return failure(op, nil, s.fd.SetBlockingMode(d == NoTimeout))
	}
	return failure(op, nil, s.fd.Check())
}

// GetInheritable reports whether programs that are started get the descriptor:
// Python's socket.get_inheritable(), FD_CLOEXEC turned round.
func (s *Socket) GetInheritable() (bool, error) {
	cloexec, err := s.fd.CloseOnExec()
	if err != nil {
		return false, failure("get_inheritable", nil, err)
	}
	return !cloexec, nil
}

// SetInheritable says whether programs that are started get the descriptor:
// Python's socket.set_inheritable(flag). They find it blocking if GetTimeout says
// NoTimeout, else non-blocking.
func (s *Socket) SetInheritable(inheritable bool) error {
	const op = "set_inheritable"
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fd.SetCloseOnExec(!inheritable); err != nil {
		return failure(op, nil, err)
	}
	if s.inheritable.Swap(inheritable) == inheritable {
		return nil
	}
	return failure(op, nil, s.fd.SetBlockingMode(inheritable && s.GetTimeout() == NoTimeout))
}

// maxOptLen is the longest option that GetSockOptBytes reads, as in Python.
const maxOptLen = 1024

// SetSockOpt sets an option that is a number: Python's
// socket.setsockopt(level, optname, value) and setsockopt(2). The value is a C
// int. Errors: ENOPROTOOPT for an option that the socket doesn't have, EINVAL for
// a value that it doesn't take, ErrPermission.
func (s *Socket) SetSockOpt(level Proto, opt, value int) error {
	const op = "setsockopt"
	if err := checkOption(op, level, opt); err != nil {
		return err
	}
	if s.wideOptions() {
		return failure(op, nil, s.fd.SetSockOpt(int(level), opt, binary.NativeEndian.AppendUint64(nil, uint64(value))))
	}
	if value < math.MinInt32 || value > math.MaxInt32 {
		return &ArgumentError{op, "value", value, "a C int, -2147483648 to 2147483647"}
	}
	return failure(op, nil, s.fd.SetSockOptInt(int(level), opt, value))
}

// SetSockOptBytes sets an option that is a structure or a string: Python's
// socket.setsockopt(level, optname, bytes) and setsockopt(2). The bytes are as
// the kernel's structure has them, such as 8 for SO_LINGER.
func (s *Socket) SetSockOptBytes(level Proto, opt int, value []byte) error {
	const op = "setsockopt"
	if err := checkOption(op, level, opt); err != nil {
		return err
	}
	if s.wideOptions() {
		return &ArgumentError{op, "value", value, "a number: the options of AF_VSOCK are 64-bit integers"}
	}
	return failure(op, nil, s.fd.SetSockOpt(int(level), opt, value))
}

// SetSockOptNone sets an option with no value but a length: Python's
// socket.setsockopt(level, optname, None, optlen) and setsockopt(2) with a null
// pointer. ALG_SET_AEAD_AUTHSIZE is such an option.
func (s *Socket) SetSockOptNone(level Proto, opt, optlen int) error {
	const op = "setsockopt"
	if err := checkOption(op, level, opt); err != nil {
		return err
	}
	if optlen < 0 || optlen > math.MaxInt32 {
		return &ArgumentError{op, "optlen", optlen, "0 to 2147483647"}
	}
	return failure(op, nil, s.fd.SetSockOptNull(int(level), opt, optlen))
}

// GetSockOpt reads an option that is a number: Python's
// socket.getsockopt(level, optname) and getsockopt(2). Linux answers twice what
// was set for SO_RCVBUF and SO_SNDBUF, and reading SO_ERROR clears it.
func (s *Socket) GetSockOpt(level Proto, opt int) (int, error) {
	const op = "getsockopt"
	if err := checkOption(op, level, opt); err != nil {
		return 0, err
	}
	if s.wideOptions() {
		return s.getWide(op, level, opt)
	}
	v, err := s.fd.SockOptInt(int(level), opt)
	if err != nil {
		return 0, failure(op, nil, err)
	}
	return v, nil
}

// GetSockOptBytes reads an option of at most buflen bytes, 1 to 1024: Python's
// socket.getsockopt(level, optname, buflen) and getsockopt(2). It returns as many
// bytes as the kernel gives, which may be fewer. Solaris and AIX don't have it.
func (s *Socket) GetSockOptBytes(level Proto, opt, buflen int) ([]byte, error) {
	const op = "getsockopt"
	if err := checkOption(op, level, opt); err != nil {
		return nil, err
	}
	if buflen < 1 || buflen > maxOptLen {
		return nil, &ArgumentError{op, "buflen", buflen, "1 to 1024: getsockopt buflen out of range"}
	}
	if s.wideOptions() {
		return nil, &ArgumentError{op, "buflen", buflen, "none: getsockopt string buffer not allowed, the options of AF_VSOCK are numbers"}
	}
	buf := make([]byte, buflen)
	n, err := s.fd.SockOpt(int(level), opt, buf)
	if err != nil {
		return nil, failure(op, nil, err)
	}
	return buf[:min(n, buflen)], nil
}

// getWide reads a 64-bit option.
func (s *Socket) getWide(op string, level Proto, opt int) (int, error) {
	var buf [8]byte
	if _, err := s.fd.SockOpt(int(level), opt, buf[:]); err != nil {
		return 0, failure(op, nil, err)
	}
	return int(binary.NativeEndian.Uint64(buf[:])), nil
}

// checkOption refuses levels and options that are no C int.
func checkOption(op string, level Proto, opt int) error {
	if level != Proto(int32(level)) {
		return &ArgumentError{op, "level", int(level), "a C int"}
	}
	if opt != int(int32(opt)) {
		return &ArgumentError{op, "option", opt, "a C int"}
	}
	return nil
}
