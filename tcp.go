//go:build unix

package socket

import (
	"example.com/socket/internal/fd"
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// Connect connects the socket to addr: Python's socket.connect(address) and
// connect(2). A datagram socket is given its peer by it. A host name is looked
// up first, without the timeout; its first address counts (CreateConnection
// tries them all).
//
// Errors: ErrConnectionRefused, ENETUNREACH, ErrFileNotFound for a missing
// AF_UNIX path; ErrTimeout after the timeout, while the kernel goes on trying, so
// that a second call answers EALREADY; EINPROGRESS (ErrBlockingIO) with the
// timeout 0 if it takes time; EISCONN if it is connected; a *GAIError for an
// unknown host. A reset that comes right after the handshake may be reported here
// as ErrConnectionReset, as by Python with a timeout. To a full AF_UNIX listener it waits up to the timeout, where
// Python fails at once if one is set.
func (s *Socket) Connect(addr Address) error {
	raw := new(sockaddr.Raw)
	if err := s.encode("connect", addr, raw); err != nil {
		return err
	}
	return failure("connect", addr, s.connect(addr, raw))
}

// connect connects to raw, which is addr's, and keeps it for RemoteAddr.
func (s *Socket) connect(addr Address, raw *sockaddr.Raw) error {
	err := s.fd.Connect(raw, s.GetTimeout())
	if err == nil || err == unix.EINPROGRESS {
		s.remember(addr, raw)
	}
	return err
}

// ConnectEx is Connect that returns the errno instead of an error: Python's
// socket.connect_ex(address). It is 0 on success, EAGAIN (11) when the timeout
// has passed, EINPROGRESS with the timeout 0. There is an error only where
// Python raises: for a wrong argument, an unknown host; and for a closed socket,
// beside EBADF.
func (s *Socket) ConnectEx(addr Address) (unix.Errno, error) {
	raw := new(sockaddr.Raw)
	if s.fd.Closed() {
		return unix.EBADF, failure("connect_ex", addr, fd.ErrClosed)
	}
	if err := s.encode("connect_ex", addr, raw); err != nil {
		return 0, err
	}
	err := s.connect(addr, raw)
	switch err {
	case nil:
		return 0, nil
	case fd.ErrTimeout:
		return unix.EAGAIN, nil
	case fd.ErrClosed:
		return unix.EBADF, failure("connect_ex", addr, err)
	}
	if errno, ok := err.(unix.Errno); ok {
		return errno, nil
	}
	return 0, failure("connect_ex", addr, err)
}

// Recv waits for data and returns at most n bytes of it: Python's
// socket.recv(bufsize, flags) and recv(2). On a stream the rest stays for the
// next call, and no data is the end: the peer has closed or shut down its side.
// On a datagram socket one datagram is returned, and what n is too small for is
// lost; an empty one is data as well.
//
// n 0 returns at once, without a system call. With MSG_WAITALL and no timeout
// it waits until there are n bytes or the stream ends; else one call returns at
// most 16 MiB. MSG_DONTWAIT never waits, whatever the timeout. Several flags are
// or-ed, be it with | or as several arguments.
//
// Errors: ErrTimeout after the timeout, ErrBlockingIO at once if it is 0,
// ErrConnectionReset, ENOTCONN on a stream that isn't connected.
func (s *Socket) Recv(n int, flags ...MsgFlag) ([]byte, error) {
	if n < 0 {
		return nil, &ArgumentError{"recv", "n", n, "0 or more"}
	}
	if n == 0 {
		return []byte{}, nil
	}
	how, err := orFlags("recv", flags)
	if err != nil {
		return nil, err
	}
	data, err := s.fd.RecvNew(n, how, s.GetTimeout())
	if err != nil {
		return nil, failure("recv", nil, err)
	}
	return data, nil
}

// RecvInto is Recv into the caller's memory: Python's socket.recv_into(buffer,
// nbytes, flags), with buf[:n] for nbytes, and recv(2). It returns how many bytes
// came, 0 at the end of a stream, and allocates nothing. An empty buf returns 0
// at once. With MSG_TRUNC on a datagram the count is the datagram's size, which
// may be more than len(buf).
func (s *Socket) RecvInto(buf []byte, flags ...MsgFlag) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	how, err := orFlags("recv_into", flags)
	if err != nil {
		return 0, err
	}
	n, err := s.fd.Recv(buf, how, s.GetTimeout())
	if err != nil {
		return 0, failure("recv_into", nil, err)
	}
	return n, nil
}

// Send sends data and returns how many bytes were taken: Python's
// socket.send(data, flags) and send(2). Without a timeout it waits until all of
// it is taken, as Python's does on Linux; with one, or with MSG_DONTWAIT, a
// stream may take less, and the rest is the caller's to send again (SendAll does
// so). A datagram is sent whole or not at all; empty data sends an empty one.
//
// Errors: ErrBrokenPipe if the peer has closed or the stream was never
// connected, ErrConnectionReset, ErrTimeout, ErrBlockingIO with the timeout 0;
// EDESTADDRREQ on a datagram socket without a peer, EMSGSIZE for a datagram that
// is too large. If Close ends the call, the count is what had been taken by then.
func (s *Socket) Send(data []byte, flags ...MsgFlag) (int, error) {
	how, err := orFlags("send", flags)
	if err != nil {
		return 0, err
	}
	n, err := s.fd.Send(data, how, s.GetTimeout())
	if err != nil {
		return n, failure("send", nil, err)
	}
	return n, nil
}

// SendAll sends all of data: Python's socket.sendall(data, flags). It calls
// send(2) in a loop (not recursively) until all is taken. The timeout is for the
// whole of it, and with the timeout 0 it fails with ErrBlockingIO as soon as the
// socket's buffer is full. After an error it is not known how much was sent.
func (s *Socket) SendAll(data []byte, flags ...MsgFlag) error {
	how, err := orFlags("sendall", flags)
	if err != nil {
		return err
	}
	if _, err := s.fd.SendAll(data, how, s.GetTimeout()); err != nil {
		return failure("sendall", nil, err)
	}
	return nil
}

// Shutdown ends one or both directions of a connection: Python's
// socket.shutdown(how) and shutdown(2). how is SHUT_RD, SHUT_WR (the peer reads
// the end of the stream) or SHUT_RDWR. Calls that wait to receive return the end
// of the stream, Accept EINVAL. So do those of a datagram socket, with a timeout
// too, where Python's end in a timeout. The error is ENOTCONN if there is no
// connection.
func (s *Socket) Shutdown(how int) error {
	if how != int(int32(how)) {
		return &ArgumentError{"shutdown", "how", how, "SHUT_RD, SHUT_WR or SHUT_RDWR"}
	}
	return failure("shutdown", nil, s.fd.Shutdown(how))
}

// orFlags puts the flags of a call together.
func orFlags(op string, flags []MsgFlag) (int, error) {
	var all MsgFlag
	for _, f := range flags {
		all |= f
	}
	if all != MsgFlag(int32(all)) {
		return 0, &ArgumentError{op, "flags", int(all), "a C int"}
	}
	return int(all), nil
}
