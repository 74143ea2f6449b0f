//go:build unix

package socket

import "example.com/socket/internal/sockaddr"

// RecvFrom waits for data and returns at most n bytes of it and where it came
// from: Python's socket.recvfrom(bufsize, flags) and recvfrom(2). One datagram is
// returned, and what n is too small for is lost: RecvFrom(0) consumes a datagram.
// The address is nil on a stream, and for an AF_UNIX datagram from a socket
// without a name. Errors are those of Recv.
func (s *Socket) RecvFrom(n int, flags ...MsgFlag) ([]byte, Address, error) {
	if n < 0 {
		return nil, nil, &ArgumentError{"recvfrom", "n", n, "0 or more"}
	}
	how, err := orFlags("recvfrom", flags)
	if err != nil {
		return nil, nil, err
	}
	var raw sockaddr.Raw
	data, err := s.fd.RecvFromNew(n, how, &raw, s.GetTimeout())
	if err != nil {
		return nil, nil, failure("recvfrom", nil, err)
	}
	return data, s.source(&raw), nil
}

// RecvFromInto is RecvFrom into the caller's memory: Python's
// socket.recvfrom_into(buffer, nbytes, flags), with buf[:n] for nbytes, and
// recvfrom(2). It returns how many bytes came and where from. It allocates
// nothing while datagrams come from the same address.
func (s *Socket) RecvFromInto(buf []byte, flags ...MsgFlag) (int, Address, error) {
	how, err := orFlags("recvfrom_into", flags)
	if err != nil {
		return 0, nil, err
	}
	var raw sockaddr.Raw
	n, err := s.fd.RecvFrom(buf, how, &raw, s.GetTimeout())
	if err != nil {
		return 0, nil, failure("recvfrom_into", nil, err)
	}
	return n, s.source(&raw), nil
}

// SendTo sends one datagram to addr and returns how many bytes were taken:
// Python's socket.sendto(data, flags, address) and sendto(2). A host name is
// looked up at each call. On a connected stream the address is ignored.
//
// With MSG_FASTOPEN (Linux) a stream that isn't connected connects to addr first,
// and the data go with the first packet where both sides can (RFC 7413). With a
// timeout the error can be EINPROGRESS (ErrBlockingIO), as in Python: nothing was
// sent then, and the socket connects.
//
// Errors: EMSGSIZE for more than fits into a datagram (65,507 bytes over UDP and
// IPv4), EACCES (ErrPermission) for a broadcast address without SO_BROADCAST,
// ENETUNREACH, ErrBlockingIO with the timeout 0 and a full buffer, a *GAIError for
// an unknown host. That an earlier datagram was refused, on a connected socket,
// shows as ErrConnectionRefused once.
func (s *Socket) SendTo(data []byte, addr Address, flags ...MsgFlag) (int, error) {
	how, err := orFlags("sendto", flags)
	if err != nil {
		return 0, err
	}
	var raw sockaddr.Raw
	if err := s.encode("sendto", addr, &raw); err != nil {
		return 0, err
	}
	n, err := s.fd.SendTo(data, how, &raw, s.GetTimeout())
	if err != nil {
		return n, failure("sendto", addr, err)
	}
	return n, nil
}
