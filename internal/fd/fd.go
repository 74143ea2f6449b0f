//go:build unix

// Package fd is the engine under package socket: one descriptor, its life, its
// reference count, waiting, deadlines and the raw system calls. It knows
// nothing of Python; errors are errno values, ErrClosed and ErrTimeout.
//
// Every call is first tried as one plain system call that can't block. Only if
// it would block does the descriptor enter Go's runtime poller, through an
// os.File that is made then and closes the descriptor in the end; wait.go tells
// how. A descriptor that never has to wait is never registered.
package fd

import (
	"errors"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Forever as a timeout means to wait until the call can be carried out.
const Forever time.Duration = math.MaxInt64

var (
	// ErrClosed says that the descriptor was closed before or during the call.
	ErrClosed = errors.New("descriptor closed")
	// ErrTimeout says that the call had to wait for longer than its timeout.
	ErrTimeout = errors.New("timed out")
)

// Reference count and closing bit share one word, as in internal/poll's fdMutex:
// a call that adds itself sees in the same instruction whether it came too late.
// So does a count of the user's functions that run (foreign.go).
const (
	closingBit = 1 << 62
	foreignOne = 1 << 32
)

// direction is what a call waits for.
type direction uint8

const (
	reading direction = iota
	writing
)

// FD is one descriptor. Its methods may be called from any goroutine. A nil *FD
// is a closed one to all of them.
type FD struct {
	state atomic.Int64 // calls under way, those of foreignOne, and closingBit
	sysfd int
	odd   atomic.Uint32
	is    nature

	mu    sync.Mutex
	file  *os.File // the way into the runtime's poller; nil until a call has to wait
	raw   syscall.RawConn
	end   *end
	sides [2]*side
}

// end is how others learn that a descriptor ends. Few have one.
type end struct {
	drained chan struct{} // made by the closer; filled when the last call has left
	closed  chan struct{} // made by whoever waits on a timer; closed by the closer
}

// ending returns f.end. f.mu is held, and closingBit isn't set.
func (f *FD) ending() *end {
	if f.end == nil {
		f.end = new(end)
	}
	return f.end
}

// Bits of FD.odd: what a call has to look after before and beside its system
// call. All are off on an ordinary socket that hasn't had to wait.
const (
	oddDeadline       = 1 << iota // a deadline of the connection is set (SetDeadline)
	oddPending                    // an error waits to be reported
	oddShared                     // others can reach the open file and change O_NONBLOCK
	oddKernelTimeouts             // SO_RCVTIMEO or SO_SNDTIMEO may be set
	oddReadWaits                  // the last call that read had to wait, so the next may
	oddWriteWaits                 // the same of writing
	oddShut                       // it was shut down for reading
	oddRegistered                 // it is in the poller
	oddListens                    // listen(2) was called
	oddSlowClose                  // close(2) may wait for something
	oddLowWater                   // SO_RCVLOWAT is set: poll(2) and recvfrom(2) differ in what is enough
)

// oddWaits returns the bit that says that the last call had to wait.
func (d direction) oddWaits() uint32 { return oddReadWaits << d }

// nature is what the engine has to know of a socket's kind.
type nature uint8

const (
	stream nature = 1 << iota
	tcp
	signals // its family refuses the flag that keeps SIGPIPE away
	told    // poll(2) tells of all that recvfrom(2) has to say, unless it listens
	prompt  // to send or to receive without waiting is to copy memory, and little else
)

func natureOf(family, kind, proto int) (is nature) {
	if refusesNoSignal(family) {
		is |= signals
	}
	switch family {
	case unix.AF_INET, unix.AF_INET6, unix.AF_UNIX:
		is |= prompt
	}
	if kind != unix.SOCK_STREAM {
		return is
	}
	if (family == unix.AF_INET || family == unix.AF_INET6) && (proto == 0 || proto == unix.IPPROTO_TCP) {
		return is | stream | tcp | told
	}
	if family == unix.AF_UNIX {
		is |= told
	}
	return is | stream
}

// sendFlags returns the flags that every send has: MSG_NOSIGNAL, wherever it is
// taken.
func (f *FD) sendFlags() int {
	if f.is&signals != 0 {
		return 0
	}
	return noSignal
}

// newFD takes over sysfd, which is in non-blocking mode.
func newFD(sysfd int, is nature) *FD {
	f := &FD{sysfd: sysfd, is: is}
	// A socket that nobody can reach any more is closed by the garbage
	// collector, as Python and net do it.
	runtime.SetFinalizer(f, (*FD).Close)
	return f
}

// Adopt takes over a descriptor that was made elsewhere and puts it into
// non-blocking mode.
func Adopt(sysfd, family, kind, proto int) (*FD, error) {
	if err := setMode(sysfd, false); err != nil {
		return nil, err
	}
	f := newFD(sysfd, natureOf(family, kind, proto))
	f.odd.Store(oddShared | oddKernelTimeouts)
	return f, nil
}

// use adds a call; it must be followed by done if it returns true.
func (f *FD) use() bool {
	if f == nil {
		return false
	}
	if f.state.Add(1)&closingBit == 0 {
		return true
	}
	f.done()
	return false
}

// done takes a call away, and tells the closer if it was the last.
func (f *FD) done() {
	if f.state.Add(-1) == closingBit && f.end != nil && f.end.drained != nil {
		select {
		case f.end.drained <- struct{}{}:
		default:
		}
	}
}

// closing reports whether Close or Detach has begun.
func (f *FD) closing() bool { return f == nil || f.state.Load()&closingBit != 0 }

// Sysfd returns the descriptor's number, -1 once it is closed.
func (f *FD) Sysfd() int {
	if f.closing() {
		return -1
	}
	return f.sysfd
}

// Share says that others know the number or have a duplicate: they can change
// the open file's flags, so from now on calls look at them where it matters.
// A call that relies on being alone is over then.
func (f *FD) Share() {
	if f == nil || f.odd.Load()&oddShared != 0 {
		return
	}
	f.mu.Lock()
	f.odd.Or(oddShared)
	f.mu.Unlock()
}

// Closed reports whether Close or Detach has been called.
func (f *FD) Closed() bool { return f.closing() }

// mark sets a bit of f.odd.
func (f *FD) mark(bit uint32) {
	if f != nil {
		f.odd.Or(bit)
	}
}

// retire ends the descriptor's life for all calls: none begins any more, and
// those that wait are woken. It returns the state before that: if it isn't 0,
// calls are still under way, and f.end.drained is filled when the last has left.
// first runs before all this, unless it is nil; if it fails nothing has changed.
// Nobody else closes the descriptor, or puts it into the poller, after first.
func (f *FD) retire(first func() error) (before int64, err error) {
	if f == nil {
		return 0, ErrClosed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closing() {
		return 0, ErrClosed
	}
	if first != nil {
		if err := first(); err != nil {
			return 0, err
		}
	}
	runtime.SetFinalizer(f, nil)
	if !f.state.CompareAndSwap(0, closingBit) {
		f.ending().drained = make(chan struct{}, 1)
		before = f.state.Or(closingBit)
	}
	f.wakeAll()
	return before, nil
}

// Close ends every call that waits with ErrClosed, waits until they have left,
// and closes the descriptor. A second Close returns ErrClosed. While a function
// of the user's runs, which may be who calls Close, it returns at once, and the
// descriptor is closed when the last call has left.
func (f *FD) Close() error {
	before, err := f.retire(nil)
	switch {
	case err != nil:
		return err
	case before >= foreignOne:
		go func() {
			<-f.end.drained
			f.release()
		}()
		return nil
	case before != 0:
		<-f.end.drained
	}
	return f.release()
}

// release closes the descriptor, which no call uses any more.
func (f *FD) release() error {
	if f.file != nil {
		spinning.registered.Add(-1)
		return bare(f.file.Close())
	}
	// Not retried on EINTR: Linux has released the number by then (close(2)).
	return f.sysClose()
}

// Detach ends the descriptor's life as Close does, but leaves it open and
// returns its number: the same one, unless another goroutine was given it while
// it left the poller. blocking says in which mode it is left. An error other than
// ErrClosed, for want of a descriptor to leave the poller with, changes nothing.
func (f *FD) Detach(blocking bool) (int, error) {
	spare := -1
	before, err := f.retire(func() (err error) {
		if f.file != nil {
			spare, err = sysDup(f.sysfd, 0)
		}
		return err
	})
	if err != nil {
		return -1, err
	}
	if before != 0 {
		<-f.end.drained
	}
	// An error would say that the number isn't open any more: that is for
	// whoever takes it over, as in Python.
	setMode(f.sysfd, blocking)
	if f.file == nil {
		return f.sysfd, nil
	}
	return f.leavePoller(spare), nil
}

// leavePoller gives up the os.File but keeps the open file, of which spare is a
// duplicate. An os.File has no way to let go of its descriptor, so the open file
// moves to the first number that is free from the old one on: never onto a number
// that is in use, which dup2 would close under its owner.
func (f *FD) leavePoller(spare int) int {
	flags, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_GETFD, 0)
	inheritable := err == nil && flags&unix.FD_CLOEXEC == 0
	spinning.registered.Add(-1)
	f.file.Close()
	sysfd, err := sysDup(spare, f.sysfd)
	if err != nil {
		sysfd = spare // no number left: this one serves as well
	} else {
		unix.Close(spare)
	}
	if inheritable {
		unix.FcntlInt(uintptr(sysfd), unix.F_SETFD, flags)
	}
	return sysfd
}

// Dup returns a second descriptor of the same open file, close-on-exec.
func (f *FD) Dup() (*FD, error) {
	var sysfd int
	err := f.control(func() (err error) {
		sysfd, err = sysDup(f.sysfd, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	f.Share()
	d := newFD(sysfd, f.is)
	d.odd.Store(oddShared | f.odd.Load()&oddKernelTimeouts)
	return d, nil
}

// Check returns EBADF if somebody closed the descriptor behind the FD's back.
func (f *FD) Check() error {
	return f.control(func() error {
		_, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_GETFD, 0)
		return err
	})
}

// control runs a system call that never waits while the descriptor is held.
func (f *FD) control(call func() error) error {
	if !f.use() {
		return ErrClosed
	}
	defer f.done()
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// bare strips what os adds to an errno.
func bare(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// DupSysfd duplicates a descriptor that is not an FD's, close-on-exec.
func DupSysfd(sysfd int) (int, error) { return sysDup(sysfd, 0) }
