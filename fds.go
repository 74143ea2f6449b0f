//go:build unix

package socket

import (
	"math"
	"strconv"

	"example.com/socket/internal/cmsg"
	"golang.org/x/sys/unix"
)

// SendFds sends descriptors over an AF_UNIX socket, beside the data in bufs:
// Python's socket.send_fds(sock, buffers, fds), SCM_RIGHTS of unix(7). It returns
// how many bytes of the buffers were taken. The receiver gets duplicates; the
// descriptors stay the caller's, to close when SendFds has returned. One of an
// *os.File must be kept open until then.
//
// On a stream there must be at least one byte of data: without, Linux sends
// nothing and no error tells. Errors: EBADF for a number that isn't open (the
// socket stays usable; it is not net.ErrClosed), EINVAL for more than 253
// descriptors (SCM_MAX_FD), ETOOMANYREFS for too many that are under way, else
// those of SendMsg.
func SendFds(s *Socket, bufs [][]byte, fds []int) (int, error) {
	const op = "send_fds"
	if s == nil {
		return 0, &ArgumentError{op, "socket", nil, "an AF_UNIX socket"}
	}
	for _, fd := range fds {
		if fd != int(int32(fd)) {
			return 0, &ArgumentError{op, "descriptor", fd, "a C int"}
		}
	}
	rights := []ControlMessage{{SOL_SOCKET, unix.SCM_RIGHTS, cmsg.PutFds(fds)}}
	return s.sendMsg(op, bufs, rights, nil, nil)
}

// maxFdsLimit is the most descriptors whose CmsgLen there is.
var maxFdsLimit = (math.MaxInt32 - CmsgLen(0)) / 4

// RecvFds receives at most n bytes of data and at most maxFds descriptors that
// came with them over an AF_UNIX socket: Python's socket.recv_fds(sock, bufsize,
// maxfds), SCM_RIGHTS of unix(7). The descriptors are the caller's to close. They
// are close-on-exec, where Python's are inherited by programs that are started.
// Descriptors beyond maxFds are closed by the kernel, and msgFlags has MSG_CTRUNC
// then. Control messages of other types are dropped.
//
// The flags are passed on; Python takes them and ignores them. With MSG_PEEK each
// call returns new duplicates. Errors are those of RecvMsg.
func RecvFds(s *Socket, n, maxFds int, flags ...MsgFlag) (data []byte, fds []int, msgFlags MsgFlag, addr Address, err error) {
	const op = "recv_fds"
	if s == nil {
		return nil, nil, 0, nil, &ArgumentError{op, "socket", nil, "an AF_UNIX socket"}
	}
	if maxFds < 0 || maxFds > maxFdsLimit {
		return nil, nil, 0, nil, &ArgumentError{op, "maxFds", maxFds,
			"0 to " + strconv.Itoa(maxFdsLimit) + ": CMSG_LEN() argument out of range"}
	}
	data, anc, msgFlags, addr, err := s.receive(op, n, CmsgLen(4*maxFds), flags)
	if err != nil {
		return nil, nil, 0, nil, err
	}
	for _, c := range anc {
		if c.Level == SOL_SOCKET && c.Type == unix.SCM_RIGHTS {
			fds = cmsg.AppendFds(fds, c.Data)
		}
	}
	return data, fds, msgFlags, addr, nil
}
