//go:build unix && !aix

package socket_test

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// racingCall is a call that sockets are closed under.
type racingCall struct {
	call    func() error
	others  []func() error // calls of other goroutines, once each
	close   func() error   // nil: Close, or Detach and then close(2)
	untimed bool           // no timeouts: a timeout ends it for good
	may     []unix.Errno   // what it may answer besides
}

// racingCalls are those of waitingCalls, and all others that can wait or that use
// the descriptor at all.
func racingCalls(t *testing.T) map[string]func(t *testing.T) (*socket.Socket, racingCall) {
	calls := make(map[string]func(t *testing.T) (*socket.Socket, racingCall))
	for name, prepare := range waitingCalls {
		calls[name] = func(t *testing.T) (*socket.Socket, racingCall) {
			s, call, comes := prepare(t)
			return s, racingCall{call: func() error { return call() }, others: []func() error{comes}}
		}
	}
	onPair := func(name string, full bool, call func(*socket.Socket) error, may ...unix.Errno) {
		calls[name] = func(t *testing.T) (*socket.Socket, racingCall) {
			a, b := streamPair(t)
			comes := sender(b)
			if full {
				fill(t, a)
				comes = drainer(b)
			}
			return a, racingCall{call: func() error { return call(a) }, others: []func() error{comes}, may: may}
		}
	}
	for name, receive := range receivers {
		onPair(name+" MSG_WAITALL", false, func(s *socket.Socket) error {
			return second(receive(s, 10, socket.MSG_WAITALL))
		})
		onPair(name+" MSG_PEEK", false, func(s *socket.Socket) error { return second(receive(s, 10, socket.MSG_PEEK)) })
	}
	onPair("RecvMsg", false, func(s *socket.Socket) error { return second(receivers["RecvMsg"](s, 10)) })
	onPair("RecvFds", false, func(s *socket.Socket) error {
		_, _, _, _, err := socket.RecvFds(s, 10, 1)
		return err
	})
	onPair("Read", false, func(s *socket.Socket) error { return second(s.Read(make([]byte, 10))) })
	onPair("Write", true, func(s *socket.Socket) error { return second(s.Write(make([]byte, 10))) })
	onPair("SendMsg", true, func(s *socket.Socket) error { return second(s.SendMsg([][]byte{{1}, {2}}, nil, nil)) })
	onPair("SendFds", true, func(s *socket.Socket) error { return second(socket.SendFds(s, [][]byte{{1}}, []int{0})) })
	onPair("Shutdown", false, func(s *socket.Socket) error { return s.Shutdown(socket.SHUT_RDWR) })
	onPair("SyscallConn", false, func(s *socket.Socket) error {
		raw, err := s.SyscallConn()
		if err != nil {
			return err
		}
		var wrong error
		err = raw.Read(func(n uintptr) bool {
			if _, wrong = unix.GetsockoptInt(int(n), unix.SOL_SOCKET, unix.SO_TYPE); wrong != nil {
				return true
			}
			_, _, peek := unix.Recvfrom(int(n), make([]byte, 1), unix.MSG_DONTWAIT|unix.MSG_PEEK)
			return peek == nil
		})
		if wrong != nil {
			return fmt.Errorf("inside RawConn.Read: %w", wrong)
		}
		return err
	})
	calls["SendFile"] = func(t *testing.T) (*socket.Socket, racingCall) {
		a, b := streamPair(t)
		file := fileOf(t, make([]byte, 1<<20))
		return a, racingCall{call: func() error { return second(a.SendFile(file, 0, -1)) }, others: []func() error{drainer(b)}}
	}
	calls["NetListener"] = func(t *testing.T) (*socket.Socket, racingCall) {
		l, addr := listener(t)
		return l, racingCall{call: func() error {
			conn, err := l.NetListener().Accept()
			if err == nil {
				err = conn.Close()
			}
			return err
		}, others: []func() error{func() error { return closeAfter(socket.CreateConnection(addr)) }}}
	}
	calls["NetPacketConn"] = func(t *testing.T) (*socket.Socket, racingCall) {
		s, addr := udpSocket(t)
		conn := s.NetPacketConn()
		return s, racingCall{call: func() error {
			_, _, err := conn.ReadFrom(make([]byte, 10))
			return err
		}, others: []func() error{func() error { return second(conn.WriteTo([]byte("x"), addr)) }}}
	}
	calls["File"] = func(t *testing.T) (*socket.Socket, racingCall) {
		a, _ := streamPair(t)
		f := makeFile(t, a, "rwb")
		return a, racingCall{
			call: func() error { return second(f.ReadLine()) },
			others: []func() error{func() (err error) {
				for err == nil {
					_, err = f.Write(make([]byte, 64<<10))
				}
				return err
			}},
			close:   func() error { return errors.Join(a.Close(), f.Close()) },
			untimed: true,
		}
	}
	connectCalls(t, calls)
	return calls
}

// connectCalls adds the connects: to a listener, whose outcome is at hand, and to
// listeners that are full.
func connectCalls(t *testing.T, calls map[string]func(t *testing.T) (*socket.Socket, racingCall)) {
	_, open := listener(t)
	for name, target := range map[string]struct {
		addr socket.Address
		args []socket.Arg
	}{
		"to a listener":           {open, nil},
		"to a full AF_UNIX queue": {fullListener(t), []socket.Arg{socket.AF_UNIX}},
	} {
		connect := func(call func(s *socket.Socket) error) func(t *testing.T) (*socket.Socket, racingCall) {
			return func(t *testing.T) (*socket.Socket, racingCall) {
				s := sock(t, target.args...)
				return s, racingCall{call: func() error { return call(s) },
					may: []unix.Errno{unix.EISCONN, unix.EALREADY, unix.EAGAIN, unix.ECONNABORTED}}
			}
		}
		calls["Connect "+name] = connect(func(s *socket.Socket) error { return s.Connect(target.addr) })
		calls["ConnectEx "+name] = connect(func(s *socket.Socket) error {
			errno, err := s.ConnectEx(target.addr)
			if err == nil && errno != 0 {
				err = &socket.Error{Op: "connect_ex", Errno: errno}
			}
			return err
		})
	}
}

// closeAfter closes what a call returned.
func closeAfter(s *socket.Socket, err error) error {
	if err == nil {
		err = s.Close()
	}
	return err
}

// TestCloseRaces closes sockets under every call, while the numbers that become
// free are taken again as fast as possible: by sockets, on which a call that comes
// late would take or leave a byte or change a flag, and by pipes, on which it would
// fail. A number that is free at that moment answers EBADF, which is not
// net.ErrClosed when it comes from the kernel.
func TestCloseRaces(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	stop := make(chan struct{})
	var churn sync.WaitGroup
	var wrong firstError
	for _, turn := range []func() error{churnSockets, churnPipes, churnLibrary} {
		churn.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					wrong.note(turn())
				}
			}
		})
	}
	for name, prepare := range racingCalls(t) {
		t.Run(name, func(t *testing.T) {
			for i := range rounds {
				s, c := prepare(t)
				if c.close == nil {
					c.close = closer(s, i%2 == 1)
				}
				closeUnder(t, s, c)
			}
		})
	}
	close(stop)
	churn.Wait()
	if err := wrong.first(); err != nil {
		t.Errorf("something happened to what nobody else knew: %v", err)
	}
}

// closer returns how a socket is closed.
func closer(s *socket.Socket, detach bool) func() error {
	if !detach {
		return s.Close
	}
	return func() error {
		n, err := s.Detach()
		if err != nil || n == -1 {
			return err
		}
		return socket.CloseFd(n)
	}
}

// closeUnder closes s, twice at a time, while many goroutines call.
func closeUnder(t *testing.T, s *socket.Socket, c racingCall) {
	t.Helper()
	const many = 4
	ended := make(chan error, many+1)
	for range many {
		go func() { ended <- untilClosed(c.call, c.may) }()
	}
	go func() { ended <- untilClosed(bystander(s, c.untimed), nil) }()
	var others sync.WaitGroup
	for _, other := range c.others {
		others.Go(func() { other() })
	}
	closers := make(chan error, 2)
	runtime.Gosched()
	for range cap(closers) {
		go func() { closers <- c.close() }()
	}
	for range cap(closers) {
		must(t, within(t, closers))
	}
	for range cap(ended) {
		wantClosed(t, within(t, ended))
	}
	others.Wait()
}

// untilClosed makes a call until it ends with an error that it may not end with.
func untilClosed(call func() error, may []unix.Errno) error {
	for {
		err := call()
		expected := err == nil || errors.Is(err, socket.ErrTimeout)
		for _, errno := range may {
			expected = expected || errors.Is(err, errno) && !errors.Is(err, net.ErrClosed)
		}
		if !expected {
			return err
		}
		runtime.Gosched()
	}
}

// bystander makes the calls that don't wait.
func bystander(s *socket.Socket, untimed bool) func() error {
	return func() error {
		if !untimed {
			s.SetTimeout(50 * time.Microsecond)
			if err := s.SetDeadline(time.Now().Add(time.Hour)); err != nil {
				return err
			}
		}
		_ = s.String()
		if err := s.SetSockOpt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1); err != nil {
			return err
		}
		if err := s.SetInheritable(false); err != nil {
			return err
		}
		if err := closeAfter(s.Dup()); err != nil {
			return err
		}
		return second(s.GetSockName())
	}
}

// firstError keeps the first error, for any goroutine.
type firstError struct{ err atomic.Pointer[error] }

func (f *firstError) note(err error) {
	if err != nil {
		f.err.CompareAndSwap(nil, &err)
	}
}

func (f *firstError) first() error {
	if err := f.err.Load(); err != nil {
		return *err
	}
	return nil
}

// churnSockets opens a pair of sockets with plain system calls, looks whether
// anybody else touches them, and closes them.
func churnSockets() error {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	if _, err := unix.Write(fds[0], []byte("mine")); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	runtime.Gosched()
	buf := make([]byte, 8)
	if n, err := recvPlain(fds[1], buf); err != nil || string(buf[:n]) != "mine" {
		return fmt.Errorf("got %q, %v, want %q", buf[:max(n, 0)], err, "mine")
	}
	for _, fd := range fds {
		if n, err := recvPlain(fd, buf); err != unix.EAGAIN {
			return fmt.Errorf("got %q, %v, want EAGAIN", buf[:max(n, 0)], err)
		}
		if on, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE); on != 0 || err != nil {
			return fmt.Errorf("SO_KEEPALIVE is %d, %v, want 0", on, err)
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK != 0 || err != nil {
			return fmt.Errorf("the flags are %#x, %v, want no O_NONBLOCK", flags, err)
		}
	}
	return nil
}

// recvPlain is recv(2) that doesn't wait.
func recvPlain(fd int, buf []byte) (int, error) {
	for {
		n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if err != unix.EINTR {
			return n, err
		}
	}
}

// churnPipes is churnSockets with pipes.
func churnPipes() error {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return err
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	if _, err := unix.Write(fds[1], []byte("mine")); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	runtime.Gosched()
	buf := make([]byte, 8)
	if n, err := unix.Read(fds[0], buf); err != nil || string(buf[:n]) != "mine" {
		return fmt.Errorf("pipe: got %q, %v, want %q", buf[:max(n, 0)], err, "mine")
	}
	return nil
}

// churnLibrary is churnSockets with the library's own sockets.
func churnLibrary() error {
	a, b, err := socket.SocketPair()
	if err != nil {
		return err
	}
	defer a.Close()
	defer b.Close()
	if err := a.SendAll([]byte("mine")); err != nil {
		return err
	}
	if data, err := b.Recv(8); err != nil || string(data) != "mine" {
		return fmt.Errorf("got %q, %v, want %q", data, err, "mine")
	}
	if data, err := b.Recv(8, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
		return fmt.Errorf("got %q, %v, want ErrBlockingIO", data, err)
	}
	return nil
}
