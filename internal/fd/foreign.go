//go:build unix

package fd

import (
	"time"

	"golang.org/x/sys/unix"
)

// Functions of the user's that are given the descriptor. While one runs the
// descriptor can't be closed.

// Control runs fn once.
func (f *FD) Control(fn func(sysfd uintptr)) error {
	f.Share()
	if !f.use() {
		return ErrClosed
	}
	defer f.done() // also if fn panics
	f.runForeign(func(sysfd uintptr) bool {
		fn(sysfd)
		return true
	})
	return nil
}

// ForeignRead runs fn until it returns true, waiting each time until the
// descriptor can be read.
func (f *FD) ForeignRead(fn func(sysfd uintptr) bool, timeout time.Duration) error {
	return f.doForeign(reading, fn, timeout)
}

// ForeignWrite is ForeignRead for writing.
func (f *FD) ForeignWrite(fn func(sysfd uintptr) bool, timeout time.Duration) error {
	return f.doForeign(writing, fn, timeout)
}

func (f *FD) doForeign(dir direction, fn func(uintptr) bool, timeout time.Duration) error {
	f.Share()
	c := f.newOperandCall(callForeign, dir, timeout)
	c.foreign = fn
	done := false
	defer func() {
		if done {
			return
		}
		if c.seated { // fn panicked, and wait and do didn't get to it
			f.give(dir)
		}
		f.done()
	}()
	_, err := f.do(c)
	done = true
	c.free()
	return err
}

// runForeign runs fn; EAGAIN says that it has to be run again.
func (f *FD) runForeign(fn func(uintptr) bool) unix.Errno {
	f.state.Add(foreignOne)
	defer f.state.Add(-foreignOne)
	if fn(uintptr(f.sysfd)) {
		return 0
	}
	return unix.EAGAIN
}
