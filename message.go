//go:build unix

package socket

import (
	"math"
	"sync"

	"example.com/socket/internal/cmsg"
	"example.com/socket/internal/fd"
	"example.com/socket/internal/sockaddr"
)

// A ControlMessage is one item of ancillary data, which travels beside a
// message: Python's (cmsg_level, cmsg_type, cmsg_data) and cmsg(3). Data is as
// the kernel's structure has it, in the machine's byte order.
type ControlMessage struct {
	Level Proto // SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, …
	Type  int   // SCM_RIGHTS, IP_PKTINFO, IPV6_HOPLIMIT, …
	Data  []byte
}

// CmsgLen returns the room that a control message with n bytes of data needs if
// it is the last or the only one: Python's socket.CMSG_LEN(n), CMSG_LEN of
// cmsg(3). It returns -1 where Python raises OverflowError, for a negative n and
// for a length beyond 2147483647; RecvMsg refuses that as a size.
func CmsgLen(n int) int {
	size, ok := cmsg.Len(n)
	if !ok {
		return -1
	}
	return size
}

// CmsgSpace returns the room that a control message with n bytes of data needs,
// padding included, if others follow it: Python's socket.CMSG_SPACE(n),
// CMSG_SPACE of cmsg(3). Where descriptors are received the padding may be room
// for one more: CmsgLen is exact. It returns -1 where CmsgLen does.
func CmsgSpace(n int) int {
	size, ok := cmsg.Space(n)
	if !ok {
		return -1
	}
	return size
}

// RecvMsg waits for a message and returns at most n bytes of its data, the
// control messages that came with it, flags and where it came from: Python's
// socket.recvmsg(bufsize, ancbufsize, flags) and recvmsg(2). ancSize is the room
// for control messages, the sum of CmsgSpace of each or CmsgLen of a single one,
// at most 2147483647; 0 takes none. No data on a stream is its end. The address
// is nil where RecvFrom's is.
//
// msgFlags has MSG_TRUNC if n was too small for the datagram, and MSG_CTRUNC if
// ancSize was too small: of the control messages those are returned that there
// was room for, the last of them cut to what came. Descriptors (SCM_RIGHTS) are
// the caller's to close, RecvFds unpacks them. They are close-on-exec, where
// Python's are inherited by programs that are started; MSG_CMSG_CLOEXEC shows in
// msgFlags only if it was passed.
//
// With MSG_WAITALL and no timeout it waits on a stream until there are n bytes,
// the stream ends, or control messages have come; else one call returns at most 16
// MiB of data. Of control messages it returns at most 1 MiB. Outside Linux the
// error is EINVAL if n is 0 and ancSize isn't. Other errors are those of Recv.
func (s *Socket) RecvMsg(n, ancSize int, flags ...MsgFlag) (data []byte, anc []ControlMessage, msgFlags MsgFlag, addr Address, err error) {
	return s.receive("recvmsg", n, ancSize, flags)
}

func (s *Socket) receive(op string, n, ancSize int, flags []MsgFlag) ([]byte, []ControlMessage, MsgFlag, Address, error) {
	if n < 0 {
		return nil, nil, 0, nil, &ArgumentError{op, "n", n, "0 or more: negative buffer size in recvmsg()"}
	}
	if err := checkAncSize(op, ancSize); err != nil {
		return nil, nil, 0, nil, err
	}
	how, err := orFlags(op, flags)
	if err != nil {
		return nil, nil, 0, nil, err
	}
	m := newMessage(ancSize)
	defer m.release()
	data, err := s.fd.RecvMsgNew(&m.Message, n, how, s.GetTimeout())
	if err != nil {
		return nil, nil, 0, nil, failure(op, nil, err)
	}
	return data, m.controlMessages(), m.flags(how), s.source(&m.raw), nil
}

// RecvMsgInto is RecvMsg into the caller's memory, one buffer after the other:
// Python's socket.recvmsg_into(buffers, ancbufsize, flags) and recvmsg(2). It
// returns how many bytes came; with MSG_TRUNC on a datagram that is the
// datagram's size, which may be more than there is room for. More buffers than
// IOV_MAX (1024 on Linux) are EMSGSIZE.
func (s *Socket) RecvMsgInto(bufs [][]byte, ancSize int, flags ...MsgFlag) (n int, anc []ControlMessage, msgFlags MsgFlag, addr Address, err error) {
	const op = "recvmsg_into"
	if err := checkAncSize(op, ancSize); err != nil {
		return 0, nil, 0, nil, err
	}
	how, err := orFlags(op, flags)
	if err != nil {
		return 0, nil, 0, nil, err
	}
	m := newMessage(ancSize)
	defer m.release()
	m.Bufs = bufs
	n, err = s.fd.RecvMsg(&m.Message, how, s.GetTimeout())
	if err != nil {
		return 0, nil, 0, nil, failure(op, nil, err)
	}
	return n, m.controlMessages(), m.flags(how), s.source(&m.raw), nil
}

// SendMsg sends one message, the buffers one after the other, and control
// messages beside it: Python's socket.sendmsg(buffers, ancdata, flags, address)
// and sendmsg(2). It returns how many bytes of the buffers were taken: without a
// timeout all of them; else a stream may take less, and the control messages have
// gone with the first byte then. addr is nil for a connected socket; on a
// connected stream it is ignored.
//
// On a stream control messages need at least one byte of data to travel with:
// Linux sends none without, and outside Linux that is EINVAL. Descriptors in an
// SCM_RIGHTS message stay the caller's; SendFds packs them.
//
// Errors: EMSGSIZE for a datagram that is too large and for more than IOV_MAX
// (1024 on Linux) buffers; EINVAL for a control message that the kernel doesn't
// take; EDESTADDRREQ on a datagram socket without a peer; else those of Send and
// SendTo.
func (s *Socket) SendMsg(bufs [][]byte, anc []ControlMessage, addr Address, flags ...MsgFlag) (int, error) {
	return s.sendMsg("sendmsg", bufs, anc, addr, flags)
}

func (s *Socket) sendMsg(op string, bufs [][]byte, anc []ControlMessage, addr Address, flags []MsgFlag) (int, error) {
	size, err := controlSize(op, anc)
	if err != nil {
		return 0, err
	}
	how, err := orFlags(op, flags)
	if err != nil {
		return 0, err
	}
	m := messages.Get().(*message)
	defer m.release()
	if addr != nil {
		if err := s.encode(op, addr, &m.raw); err != nil {
			return 0, err
		}
		m.Addr = &m.raw
	}
	m.Bufs = bufs
	m.Control = m.room(size)[:0]
	for _, c := range anc {
		m.Control = cmsg.Append(m.Control, int(c.Level), c.Type, c.Data)
	}
	n, err := s.fd.SendMsg(&m.Message, how, s.GetTimeout())
	if err != nil {
		return n, failure(op, addr, err)
	}
	return n, nil
}

// checkAncSize refuses what recvmsg can't take as msg_controllen.
func checkAncSize(op string, ancSize int) error {
	if ancSize < 0 || ancSize > math.MaxInt32 {
		return &ArgumentError{op, "ancSize", ancSize, "0 to 2147483647: invalid ancillary data buffer length"}
	}
	return nil
}

// controlSize returns the room that control messages take up on their way out.
func controlSize(op string, anc []ControlMessage) (int, error) {
	var size int64
	for _, c := range anc {
		if c.Level != Proto(int32(c.Level)) {
			return 0, &ArgumentError{op, "control message's level", int(c.Level), "a C int"}
		}
		if c.Type != int(int32(c.Type)) {
			return 0, &ArgumentError{op, "control message's type", c.Type, "a C int"}
		}
		space, ok := cmsg.Space(len(c.Data))
		if !ok {
			return 0, &ArgumentError{op, "length of a control message's data", len(c.Data), "less: ancillary data item too large"}
		}
		if size += int64(space); size > math.MaxInt32 {
			return 0, &ArgumentError{op, "length of all control messages", size, "at most 2147483647: too much ancillary data"}
		}
	}
	return int(size), nil
}

const (
	// maxControl bounds what control data one call receives at the most. It is
	// far beyond what the kernel attaches to a message: descriptors come 253 at
	// a time (SCM_MAX_FD), and of what users send net.core.optmem_max, by
	// default 128 KiB, is the limit.
	maxControl = 1 << 20

	// keptControl is the largest control buffer that is kept for later.
	keptControl = 16 << 10
)

// A message is the engine's message and the memory that belongs to it, kept in
// a pool.
type message struct {
	fd.Message
	raw     sockaddr.Raw
	control []byte
}

var messages = sync.Pool{New: func() any { return new(message) }}

// newMessage returns a message to receive, with room for ancSize bytes of control
// data.
func newMessage(ancSize int) *message {
	m := messages.Get().(*message)
	m.Control = m.room(min(ancSize, maxControl))
	m.Addr = &m.raw
	return m
}

// room returns size bytes of zeros that belong to m.
func (m *message) room(size int) []byte {
	if size > cap(m.control) {
		m.control = make([]byte, size)
	}
	m.control = m.control[:size]
	clear(m.control)
	return m.control
}

// release gives m back. Nothing of the caller's stays in it.
func (m *message) release() {
	m.Message.Reset()
	m.raw.Len = 0
	if cap(m.control) > keptControl {
		m.control = nil
	}
	messages.Put(m)
}

// flags returns the kernel's msg_flags. It reports the flag that the engine
// added to the call, which is of interest to whoever asked for it only.
func (m *message) flags(asked int) MsgFlag {
	return MsgFlag(m.Flags) &^ (msgCmsgCloexec &^ MsgFlag(asked))
}

// controlMessages returns what came beside the data, in memory of its own.
func (m *message) controlMessages() []ControlMessage {
	if m.Filled == 0 {
		return nil
	}
	var anc []ControlMessage
	control := append([]byte(nil), m.Control[:m.Filled]...)
	for item, rest, ok := cmsg.Next(control); ok; item, rest, ok = cmsg.Next(rest) {
		anc = append(anc, ControlMessage{Proto(item.Level), item.Type, item.Data})
	}
	return anc
}
