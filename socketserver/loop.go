//go:build unix

package socketserver

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"syscall"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// A loop takes requests: one of ServeForever, or a HandleRequest. It waits with a
// duplicate of the server's socket until there is a request, as Python's waits
// with a selector, and only then calls GetRequest. The timeout and the deadlines
// of the server's socket are the user's, and no matter for the waiting.
type loop struct {
	server  *BaseServer
	waiter  *socket.Socket
	raw     syscall.RawConn
	looking sync.Mutex    // held while raw has a function of the loop's
	routine string        // the goroutine that it runs in
	stop    chan struct{} // closed when it has to end
	ended   chan struct{} // closed when it has ended
	pause   time.Duration // after the last error of GetRequest

	// Of these server.mu is held:
	stopped bool
	getting bool // in GetRequest
	cut     bool // GetRequest was interrupted
}

// enter begins a loop. It is nil, without an error, if Shutdown came before it.
func (s *BaseServer) enter(op string, serves bool) (*loop, error) {
	if s.self == nil {
		return nil, errNotMade(op)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if serves && s.stopNext {
		s.stopNext = false
		return nil, nil
	}
	w, err := s.self.waiter()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	raw, err := w.SyscallConn()
	if err != nil {
		w.Close()
		return nil, err
	}
	l := &loop{server: s, waiter: w, raw: raw, routine: routine(), stop: make(chan struct{}), ended: make(chan struct{})}
	s.loops[l] = serves
	return l, nil
}

// leave ends the loop's life.
func (l *loop) leave() {
	l.server.mu.Lock()
	delete(l.server.loops, l)
	l.server.mu.Unlock()
	l.close()
	close(l.ended)
}

// close closes the loop's duplicate, and returns when that is done, for until then
// the port is taken. While a function of SyscallConn's runs, Close wouldn't wait.
func (l *loop) close() {
	l.waiter.SetReadDeadline(time.Unix(1, 0)) // in the past: it stops waiting
	l.looking.Lock()
	defer l.looking.Unlock()
	l.waiter.Close()
}

// look waits until there is something to receive.
func (l *loop) look() error {
	l.looking.Lock()
	defer l.looking.Unlock()
	return l.raw.Read(readable)
}

// glance reports whether there is something to receive.
func (l *loop) glance() (still bool) {
	l.looking.Lock()
	defer l.looking.Unlock()
	l.raw.Control(func(sysfd uintptr) { still = readable(sysfd) })
	return still
}

// setTimeout sets how long wait waits.
func (l *loop) setTimeout(op string, d time.Duration) error {
	err := l.waiter.SetTimeout(d)
	var wrong *socket.ArgumentError
	if errors.As(err, &wrong) {
		wrong.Op = op
	}
	return err
}

// end makes the loop end as soon as it has handled what it has taken.
func (l *loop) end() {
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	l.endLocked()
}

func (l *loop) endLocked() {
	if l.stopped {
		return
	}
	l.stopped = true
	close(l.stop)
	l.waiter.SetReadDeadline(time.Unix(1, 0)) // in the past: it stops waiting
	if l.getting {
		// Another process may have taken the connection that was there.
		l.cut = true
		l.server.self.interrupt(true)
	}
}

// over reports whether the loop has to end.
func (l *loop) over() bool {
	select {
	case <-l.stop:
		return true
	default:
		return false
	}
}

// run is ServeForever.
func (l *loop) run() error {
	for !l.over() {
		ready, err := l.wait()
		if l.over() {
			break
		}
		if err != nil {
			return err
		}
		if ready {
			_, err := l.handle()
			if err := l.passOver(err); err != nil {
				return err
			}
		}
		l.server.self.ServiceActions()
	}
	return nil
}

// wait waits for a request, up to the timeout.
func (l *loop) wait() (ready bool, err error) {
	err = l.look()
	if errors.Is(err, net.ErrClosed) || l.server.self.Fileno() < 0 {
		return false, fmt.Errorf("the server was closed: %w", net.ErrClosed)
	}
	if errors.Is(err, socket.ErrTimeout) || errors.Is(err, socket.ErrBlockingIO) {
		return false, nil
	}
	return err == nil, err
}

// readable reports whether a call to receive would return, be it with an error.
func readable(sysfd uintptr) bool {
	fds := []unix.PollFd{{Fd: int32(sysfd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, 0)
		if err != unix.EINTR {
			return n != 0 || err != nil
		}
	}
}

// handle takes a request and handles it. Somebody else may have taken it.
func (l *loop) handle() (taken bool, err error) {
	request, client, err := l.get()
	if err != nil || request.Socket == nil {
		return false, err
	}
	l.server.dispatch(request, client)
	return true, nil
}

// get calls GetRequest. One of several loops at a time does, for there may be
// less to take than there are loops that were woken. Without a request or an
// error there was nothing left.
func (l *loop) get() (request Request, client socket.Address, err error) {
	s := l.server
	s.getting.Lock()
	defer s.getting.Unlock()
	alone, ok := l.beginGet()
	if !ok {
		return request, nil, nil
	}
	defer l.endGet()
	if !alone && !l.glance() {
		return request, nil, nil
	}
	return s.self.GetRequest()
}

// beginGet returns whether no other loop is there. It is not ok if the loop has
// to end.
func (l *loop) beginGet() (alone, ok bool) {
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	l.getting = !l.stopped
	return len(s.loops) == 1, l.getting
}

func (l *loop) endGet() {
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	l.getting = false
	if l.cut {
		s.self.interrupt(false)
	}
}

// How long the loop pauses when there is nothing left to make a connection with.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

// passOver returns an error of GetRequest that ends the loop.
func (l *loop) passOver(err error) error {
	switch {
	case err == nil:
		l.pause = 0
	case isScarcity(err):
		l.pause = min(max(2*l.pause, firstPause), lastPause)
		select {
		case <-l.stop:
		case <-time.After(l.pause):
		}
	case isDeaf(err):
		return err
	}
	return nil
}

// isScarcity reports whether err would come again at once, since what is waiting
// goes on waiting.
func isScarcity(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) ||
		errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM)
}

// isDeaf reports whether err says that accept will never succeed (accept(2)), or
// recvfrom: the socket is a stream's, or MaxPacketSize is no size.
func isDeaf(err error) bool {
	var e *socket.Error
	if !errors.As(err, &e) {
		var wrong *socket.ArgumentError
		return errors.As(err, &wrong) && wrong.Op == "recvfrom"
	}
	switch e.Op {
	case "accept":
		return e.Errno == unix.EINVAL || e.Errno == unix.EOPNOTSUPP || e.Errno == unix.ENOTSOCK
	case "recvfrom":
		return e.Errno == unix.ENOTCONN || e.Errno == unix.ENOTSOCK
	}
	return false
}

// dispatch sees to a request. Whatever happens, it is shut down unless it was
// processed.
func (s *BaseServer) dispatch(request Request, client socket.Address) {
	processed := false
	defer func() {
		if !processed {
			s.self.ShutdownRequest(request)
		}
	}()
	if !s.self.VerifyRequest(request, client) {
		return
	}
	err := guard(func() error { return s.self.ProcessRequest(request, client) })
	if err != nil {
		s.self.HandleError(request, client, err)
		return
	}
	processed = true
}

// routine names the goroutine that calls it. Go tells only in the first line of a
// stack's text, "goroutine 7 [running]:".
func routine() string {
	var buf [64]byte
	name, _, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte(" ["))
	return string(name)
}
