package peer

import (
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// raw is a bare system call from Go on a descriptor that is ready: nothing is told,
// counted or looked at. It is the least that a call of a Go program costs, in a
// process with Go's threads; where it had to wait it would hold up the scheduler.
type raw struct{ xsys }

func (p raw) Listen() (Listener, error) {
	l, err := p.xsys.Listen()
	if err != nil {
		return nil, err
	}
	return rawListener{l}, nil
}

func (p raw) Dial(to netip.AddrPort) (Stream, error) { return rawOf(p.xsys.Dial(to)) }

type rawListener struct{ Listener }

func (l rawListener) Accept() (Stream, error) { return rawOf(l.Listener.Accept()) }

func rawOf(s Stream, err error) (Stream, error) {
	if err != nil {
		return nil, err
	}
	return rawStream{s.(xsysStream)}, nil
}

type rawStream struct{ xsysStream }

func (s rawStream) WithTimeout(d time.Duration) (Stream, error) {
	return rawOf(s.xsysStream.WithTimeout(d))
}

func (s rawStream) Send(b []byte) error {
	_, err := s.call(unix.SYS_SENDTO, b)
	return err
}

func (s rawStream) RecvInto(b []byte) (int, error) { return s.call(unix.SYS_RECVFROM, b) }

func (s rawStream) call(nr uintptr, b []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(nr, uintptr(s.xsysStream), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
