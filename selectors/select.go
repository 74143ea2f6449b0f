//go:build unix

package selectors

import (
	"fmt"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// Select waits until a socket of r can be read, one of w written to, or one of x
// has an exceptional condition (out-of-band data of TCP): Python's
// select.select(rlist, wlist, xlist, timeout=None), on poll(2). It returns the
// sockets that are ready, in the given order and as often as they were given. If
// none is within the timeout the results are empty, and there is no error.
//
// socket.NoTimeout waits as long as it takes, 0 returns at once. A negative
// timeout, or one above 0 and below a microsecond, is an error: write
// 5*time.Second, not 5. Without any socket Select sleeps.
//
// A socket that is closed is an error that is net.ErrClosed, and nil is a
// *socket.ArgumentError. If another goroutine closes a socket while Select waits
// for it, Select may not notice before something else happens, as in Python; a
// Selector with Unregister does.
//
// There may be any number of sockets; Python's are limited to descriptors below
// 1024. Waiting parks the goroutine and takes one or two descriptors for that
// time: EMFILE if there are none. It holds a thread on Solaris, illumos and AIX,
// and with an x on darwin and the BSDs.
func Select(r, w, x []*socket.Socket, timeout time.Duration) (readable, writable, exceptional []*socket.Socket, err error) {
	return selectWith(watch, r, w, x, timeout)
}

func selectWith(watch watcher, r, w, x []*socket.Socket, timeout time.Duration) (readable, writable, exceptional []*socket.Socket, err error) {
	const op = "select"
	if timeout < 0 {
		return nil, nil, nil, badArgument(op, "timeout", timeout, "0 (not to wait), a positive Duration, or socket.NoTimeout")
	}
	if err := checkTimeout(op, timeout); err != nil {
		return nil, nil, nil, err
	}
	c := &selectScan{lists: [3]*selectList{
		{"r", r, unix.POLLIN, unix.POLLIN | unix.POLLERR | unix.POLLHUP, nil},
		{"w", w, unix.POLLOUT, unix.POLLOUT | unix.POLLERR, nil},
		{"x", x, unix.POLLPRI, unix.POLLPRI, nil},
	}}
	if !c.scan(0) && timeout > 0 {
		c.wait(watch, deadlineOf(timeout))
	}
	if c.err != nil {
		return nil, nil, nil, c.err
	}
	return c.lists[0].ready, c.lists[1].ready, c.lists[2].ready, nil
}

// A selectList is one of the three lists. What counts as ready is what Linux's
// select(2) says in its correspondence to poll(2).
type selectList struct {
	name    string
	sockets []*socket.Socket
	ask     pollBits
	counts  uint16
	ready   []*socket.Socket
}

type selectScan struct {
	lists [3]*selectList
	fds   []unix.PollFd // of all lists
	err   error
}

// wait parks until there is a result or the deadline passes.
func (c *selectScan) wait(watch watcher, deadline time.Time) {
	p, err := watch(c.fds)
	if err != nil {
		c.err = failure("select", err)
		return
	}
	defer p.close()
	found := false
	err = p.park(func(uintptr) bool { found = c.scan(0); return found }, deadline)
	// It may have come as the deadline passed.
	if !found && !c.scan(0) {
		c.err = failure("select", err)
	}
}

// scan asks the kernel once, without waiting, and reports whether there is a
// result: sockets that are ready or an error.
func (c *selectScan) scan(uintptr) bool {
	if c.err = c.number(); c.err != nil {
		return true
	}
	n, err := pollNow(c.fds)
	if err != nil {
		c.err = failure("select", err)
	}
	if n == 0 || err != nil {
		return err != nil
	}
	return c.collect()
}

// number makes fds out of the lists. The numbers are asked for each time, since
// another goroutine may have closed a socket.
func (c *selectScan) number() error {
	c.fds = c.fds[:0]
	for _, l := range c.lists {
		for i, s := range l.sockets {
			if s == nil {
				return badArgument("select", fmt.Sprintf("%s[%d]", l.name, i), s, "a socket")
			}
			fd := s.Fileno()
			if fd < 0 {
				return errClosedFile("select", fmt.Sprintf("%s[%d]", l.name, i), s)
			}
			c.fds = append(c.fds, unix.PollFd{Fd: int32(fd), Events: l.ask})
		}
	}
	return nil
}

// collect puts what is ready into the lists' results.
func (c *selectScan) collect() (found bool) {
	fds := c.fds
	for _, l := range c.lists {
		for i, s := range l.sockets {
			bits := uint16(fds[i].Revents)
			if bits&unix.POLLNVAL != 0 {
				c.err = failure("select", unix.EBADF)
				return true
			}
			if bits&l.counts != 0 {
				l.ready = append(l.ready, s)
				found = true
			}
		}
		fds = fds[len(l.sockets):]
	}
	return found
}
