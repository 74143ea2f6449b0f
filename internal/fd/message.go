//go:build unix

package fd

import (
	"time"

	"example.com/socket/internal/cmsg"
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// Message is the argument of RecvMsg and SendMsg, and what came of it. It must
// be allocated on the heap, since a call may have to wait with it.
type Message struct {
	Bufs    [][]byte
	Control []byte        // received: the room for control data
	Filled  int           // received: how much of Control there is
	Addr    *sockaddr.Raw // nil: no address wanted, or none to send to
	Flags   int           // received: the kernel's msg_flags
	single  [1][]byte
	sys     sysMessage
}

// Reset lets go of everything that belongs to the caller, so that the Message
// can be used again.
func (m *Message) Reset() {
	m.sys.reset()
	*m = Message{sys: m.sys}
}

// size returns how many bytes the buffers hold.
func (m *Message) size() (n int) {
	for _, b := range m.Bufs {
		n += len(b)
	}
	return n
}

// skip takes the first n bytes off the buffers, in a list of its own: the
// caller's stays as it is.
func (m *Message) skip(n int) {
	var rest [][]byte
	for _, b := range m.Bufs {
		k := min(n, len(b))
		if n -= k; k < len(b) {
			rest = append(rest, b[k:])
		}
	}
	m.Bufs = rest
}

// RecvMsg receives one message: recvmsg(2). Descriptors that come with it are
// close-on-exec.
func (f *FD) RecvMsg(m *Message, flags int, timeout time.Duration) (int, error) {
	c := f.newOperandCall(callRecvMsg, reading, recvTimeout(timeout, flags))
	c.msg, c.flags = m, int32(flags)
	n, err := f.recvMsg(c)
	c.free()
	return n, err
}

// RecvMsgNew is RecvMsg into new memory, of at most size bytes but only as large
// as what arrives. m.Bufs isn't used.
func (f *FD) RecvMsgNew(m *Message, size, flags int, timeout time.Duration) ([]byte, error) {
	c := f.newOperandCall(callRecvMsgNew, reading, recvTimeout(timeout, flags))
	c.msg, c.size, c.flags = m, size, int32(flags)
	p, err := f.recvMsgInNew(c)
	c.free()
	return p, err
}

func (f *FD) recvMsgInNew(c *call) ([]byte, error) {
	if f.wantsWhole(c) {
		return f.recvWholeMsgInNew(c)
	}
	_, err := f.do(c)
	return c.p, err
}

// recvMsgNew is recvNew for a message.
func (c *call) recvMsgNew() {
	buf := newScratch(c.size)
	if c.flags&unix.MSG_TRUNC != 0 {
		clear(buf.b) // as in recvNew
	}
	c.msg.single[0] = buf.b
	c.msg.Bufs = c.msg.single[:]
	n, errno := c.fd.sysRecvMsg(c.msg, int(c.flags))
	c.set(n, errno)
	if errno != 0 {
		buf.release()
		return
	}
	c.p = buf.take(n)
}

func (f *FD) recvMsg(c *call) (int, error) {
	if f.wantsWhole(c) {
		return f.recvWholeMsg(c)
	}
	return f.do(c)
}

// peekMsg is peekAll for a message. Control data end it early too: to look at
// descriptors again and again would be to open them again and again.
func (c *call) peekMsg() {
	m := c.msg
	n, errno := c.fd.sysRecvMsg(m, int(c.flags))
	if errno == 0 && 0 < n && n < m.size() && m.Filled == 0 && !hungUp(c.fd.sysfd) {
		errno = unix.EAGAIN
	}
	c.set(n, errno)
}

// SendMsg sends one message: sendmsg(2). Without a timeout it sends all of it on
// a stream, as a blocking descriptor does; else what fits.
func (f *FD) SendMsg(m *Message, flags int, timeout time.Duration) (int, error) {
	c := f.newOperandCall(callSendMsg, writing, never(timeout, flags))
	c.msg, c.flags = m, int32(flags)
	n, err := f.sendMsg(c)
	c.free()
	return n, err
}

func (f *FD) sendMsg(c *call) (int, error) {
	n, err := f.do(c)
	if err != nil || c.timeout != Forever || f.is&stream == 0 || n >= c.msg.size() {
		return n, err
	}
	return f.sendRestMsg(c, n)
}

// sendRestMsg sends what a first call left of a message. The descriptors went
// with the first bytes; other control data (credentials, the record type of
// kernel TLS) are for all of it. Errors are as in sendRest.
func (f *FD) sendRestMsg(c *call, n int) (int, error) {
	m := c.msg
	m.Control = cmsg.WithoutRights(m.Control)
	c.flags &^= fastOpen // done
	want := m.size()
	c.rest = true
	for sent := n; sent > 0 && n < want; n += sent {
		m.skip(sent)
		var err error
		sent, err = f.do(c)
		if err == ErrClosed {
			return n, err
		}
		if err != nil {
			break
		}
	}
	return n, nil
}
