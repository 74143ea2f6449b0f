package selectors

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A fileParker waits in Go's runtime poller for a descriptor to be readable. That
// takes an epoll descriptor as it takes a socket: epoll(7) can watch another
// epoll. It looks for edges, of which the inner epoll makes one for each event.
type fileParker struct {
	file  *os.File
	raw   syscall.RawConn
	armed bool // a deadline is set
}

// errUnpollable says that the runtime's poller didn't take a descriptor, for
// reasons that it keeps for itself. There is one that depends on the program:
// Linux lets no more than 500 epolls of a poller's watch one file, and 1,000
// others (path_limits in its fs/eventpoll.c). It answers EINVAL for the next.
var errUnpollable = errors.New("the runtime's poller doesn't take the epoll descriptor")

// newParker takes over a descriptor, which is closed if that fails.
func newParker(fd int) (parker, error) {
	// Only a non-blocking descriptor enters the poller (os.NewFile).
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	p := &fileParker{file: os.NewFile(uintptr(fd), "epoll")}
	raw, err := p.file.SyscallConn()
	if err == nil && p.file.SetReadDeadline(time.Time{}) != nil {
		err = errUnpollable
	}
	if err != nil {
		p.file.Close()
		return nil, err
	}
	p.raw = raw
	return p, nil
}

func (p *fileParker) park(fn func(uintptr) bool, deadline time.Time) error {
	if p.armed || !deadline.IsZero() { // it costs more than to look
		if err := p.file.SetReadDeadline(deadline); err != nil {
			return err
		}
		p.armed = !deadline.IsZero()
	}
	err := p.raw.Read(fn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

func (p *fileParker) wake() { p.file.SetReadDeadline(time.Unix(1, 0)) }

func (p *fileParker) close() { p.file.Close() }
