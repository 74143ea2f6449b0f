//go:build unix

package fd

import (
	"slices"

	"golang.org/x/sys/unix"
)

// MSG_WAITALL, which a non-blocking descriptor doesn't do: to receive until all
// the room is filled, the stream ends or an error comes.

// wholeStep is how much memory a call that makes its own takes at first. It takes
// more only when that is full, as much again.
const wholeStep = 256 << 10

// wantsWhole reports whether a call is MSG_WAITALL where that means to wait.
func (f *FD) wantsWhole(c *call) bool {
	return c.flags&unix.MSG_WAITALL != 0 && c.timeout == Forever && f != nil && f.is&stream != 0
}

// recvWhole receives again and again. more is told how much arrived and makes
// room for the rest, or returns false if there is none. What has arrived is handed
// over first: a later error waits for the next call. Only ErrClosed, which no next
// call could tell apart from the end of the stream, comes at once.
func (f *FD) recvWhole(c *call, more func(n int) bool) error {
	n, err := f.do(c)
	for err == nil && n > 0 && more(n) {
		if n, err = f.do(c); err != nil && err != ErrClosed {
			f.leaveError(err)
			return nil
		}
	}
	return err
}

// recvWholeInto fills c.p.
func (f *FD) recvWholeInto(c *call) (got int, err error) {
	if c.flags&unix.MSG_PEEK != 0 {
		c.kind = callPeekAll
		return f.do(c)
	}
	p := c.p
	err = f.recvWhole(c, func(n int) bool {
		got += n
		c.p = p[min(got, len(p)):]
		return len(c.p) > 0
	})
	return got, err
}

// recvWholeInNew receives c.size bytes into new memory.
func (f *FD) recvWholeInNew(c *call) ([]byte, error) {
	if c.flags&unix.MSG_PEEK != 0 {
		c.kind = callPeekAll
		return f.peekWhole(c, func(p []byte) { c.p = p })
	}
	c.kind = callRecv
	var p []byte
	p, c.p = moreRoom(p, c.size)
	err := f.recvWhole(c, func(n int) bool {
		p = p[:len(p)+min(n, len(c.p))]
		p, c.p = moreRoom(p, c.size)
		return len(c.p) > 0
	})
	return fitting(p), err
}

// recvWholeMsg fills c.msg.Bufs. Control data end it early: what comes after them
// is not theirs, and descriptors end a blocking recvmsg of AF_UNIX in the same way.
func (f *FD) recvWholeMsg(c *call) (got int, err error) {
	if c.flags&unix.MSG_PEEK != 0 {
		c.kind = callPeekMsg
		return f.do(c)
	}
	m := c.msg
	want := m.size()
	err = f.recvWhole(c, func(n int) bool {
		got += n
		m.skip(n)
		return got < want && m.Filled == 0
	})
	return got, err
}

// recvWholeMsgInNew is recvWholeMsg into new memory of at most c.size bytes.
func (f *FD) recvWholeMsgInNew(c *call) ([]byte, error) {
	m := c.msg
	m.Bufs = m.single[:]
	if c.flags&unix.MSG_PEEK != 0 {
		c.kind = callPeekMsg
		return f.peekWhole(c, func(p []byte) { m.single[0] = p })
	}
	c.kind = callRecvMsg
	var p []byte
	p, m.single[0] = moreRoom(p, c.size)
	err := f.recvWhole(c, func(n int) bool {
		p = p[:len(p)+min(n, len(m.single[0]))]
		p, m.single[0] = moreRoom(p, c.size)
		return len(m.single[0]) > 0 && m.Filled == 0
	})
	return fitting(p), err
}

// peekWhole looks at c.size bytes. What it has seen is still there when it looks
// again with more room.
func (f *FD) peekWhole(c *call, into func(p []byte)) ([]byte, error) {
	for room := wholeStep; ; room *= 2 {
		p := make([]byte, min(room, c.size))
		into(p)
		n, err := f.do(c)
		n = min(n, len(p))
		ended := c.msg != nil && c.msg.Filled != 0
		if err != nil || ended || n < len(p) || n == c.size {
			return p[:n], err
		}
	}
}

// moreRoom returns p, moved if it was full, and the room behind it for some more
// of size bytes in all: none if p has them.
func moreRoom(p []byte, size int) (moved, room []byte) {
	if len(p) == cap(p) {
		p = slices.Grow(p, min(size-len(p), max(len(p), wholeStep)))
	}
	return p, p[len(p):min(cap(p), size)]
}

// fitting returns p in memory that isn't much larger than p.
func fitting(p []byte) []byte {
	if len(p) < cap(p)/2 {
		return append(make([]byte, 0, len(p)), p...)
	}
	return p
}
