package peer

import (
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// xsys is golang.org/x/sys/unix on blocking descriptors: a call that waits holds
// a thread.
type xsys struct{}

func (xsys) Listen() (Listener, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err == nil {
		err = unix.Bind(fd, sockaddr(loopback))
	}
	if err == nil {
		err = unix.Listen(fd, backlog)
	}
	return xsysListener(fd), closeOn(err, fd)
}

func (xsys) Dial(to netip.AddrPort) (Stream, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	return xsysStream(fd), closeOn(unix.Connect(fd, sockaddr(to)), fd)
}

func (xsys) Datagram(to netip.AddrPort, connected bool) (Datagram, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return nil, err
	}
	d := &xsysDatagram{fd: fd}
	if err := closeOn(unix.Bind(fd, sockaddr(loopback)), fd); err != nil {
		return nil, err
	}
	if !to.IsValid() {
		return d, nil
	}
	d.to = sockaddr(to)
	if !connected {
		return d, nil
	}
	return xsysConnected{d}, closeOn(unix.Connect(fd, d.to), fd)
}

// closeOn closes fd if there is an error.
func closeOn(err error, fd int) error {
	if err != nil {
		unix.Close(fd)
	}
	return err
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	return &unix.SockaddrInet4{Addr: a.Addr().As4(), Port: int(a.Port())}
}

func addrPort(sa unix.Sockaddr, err error) (netip.AddrPort, error) {
	if err != nil {
		return netip.AddrPort{}, err
	}
	in := sa.(*unix.SockaddrInet4)
	return netip.AddrPortFrom(netip.AddrFrom4(in.Addr), uint16(in.Port)), nil
}

type xsysListener int

func (fd xsysListener) Addr() (netip.AddrPort, error) { return addrPort(unix.Getsockname(int(fd))) }

func (fd xsysListener) Accept() (Stream, error) {
	for {
		nfd, _, err := unix.Accept(int(fd))
		if err != unix.EINTR {
			return xsysStream(nfd), err
		}
	}
}

func (fd xsysListener) Close() error { return unix.Close(int(fd)) }

type xsysStream int

func (fd xsysStream) NoDelay() error {
	return unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

func (fd xsysStream) WithTimeout(d time.Duration) (Stream, error) {
	return fd, kernelTimeout(int(fd), d)
}

// kernelTimeout sets the timeout of a blocking descriptor.
func kernelTimeout(fd int, d time.Duration) error {
	tv := unix.NsecToTimeval(int64(d))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		return err
	}
	return unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &tv)
}

func (fd xsysStream) Send(b []byte) error { return fd.SendAll(b) }

func (fd xsysStream) SendAll(b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(int(fd), b)
		if err != nil && err != unix.EINTR {
			return err
		}
		b = b[max(n, 0):]
	}
	return nil
}

func (fd xsysStream) Recv(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := fd.RecvInto(b)
	return b[:max(n, 0)], err
}

func (fd xsysStream) RecvInto(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(fd), b)
		if err != unix.EINTR {
			return n, err
		}
	}
}

func (fd xsysStream) SendFile(f *os.File, size int64) error {
	rc, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = rc.Control(func(file uintptr) {
		failed = sendFile(int(fd), int(file), new(int64), size)
	})
	if failed != nil {
		return failed
	}
	return err
}

// sendFile sends a file from *offset on until size bytes are gone. It moves
// *offset on, also beside an error.
func sendFile(fd, file int, offset *int64, size int64) error {
	for *offset < size {
		if _, err := unix.Sendfile(fd, file, offset, int(size-*offset)); err != nil && err != unix.EINTR {
			return err
		}
	}
	return nil
}

func (fd xsysStream) CloseWrite() error { return unix.Shutdown(int(fd), unix.SHUT_WR) }
func (fd xsysStream) Close() error      { return unix.Close(int(fd)) }

type xsysDatagram struct {
	fd       int
	to, from unix.Sockaddr
}

func (d *xsysDatagram) Addr() (netip.AddrPort, error) { return addrPort(unix.Getsockname(d.fd)) }

func (d *xsysDatagram) WithTimeout(t time.Duration) (Datagram, error) {
	return d, kernelTimeout(d.fd, t)
}

func (d *xsysDatagram) Send(b []byte) error { return unix.Sendto(d.fd, b, 0, d.to) }

func (d *xsysDatagram) RecvFrom(b []byte) (n int, err error) {
	for {
		n, d.from, err = unix.Recvfrom(d.fd, b, 0)
		if err != unix.EINTR {
			return n, err
		}
	}
}

func (d *xsysDatagram) Close() error { return unix.Close(d.fd) }

// xsysConnected sends without an address.
type xsysConnected struct{ *xsysDatagram }

func (d xsysConnected) WithTimeout(t time.Duration) (Datagram, error) {
	return d, kernelTimeout(d.fd, t)
}

func (d xsysConnected) Send(b []byte) error {
	_, err := unix.Write(d.fd, b)
	return err
}

// ResetOnClose makes a stream of x/sys end with a reset, which leaves no port in
// TIME_WAIT.
func ResetOnClose(s Stream) error {
	return unix.SetsockoptLinger(int(s.(xsysStream)), unix.SOL_SOCKET, unix.SO_LINGER,
		&unix.Linger{Onoff: 1})
}
