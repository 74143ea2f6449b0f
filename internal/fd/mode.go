//go:build unix

package fd

import (
	"sync"

	"golang.org/x/sys/unix"
)

// O_NONBLOCK belongs to the open file, which duplicates and child processes
// share: whoever has one can clear it. Most system calls here carry MSG_DONTWAIT
// and don't care. accept, connect and sendfile have no such flag, and AIX has none
// at all; a call that blocked would hold a thread, and Close for as long. They go
// through unblocked or holdMode.

// modes is held to change O_NONBLOCK, and for reading by a system call that
// relies on it. It is one for all descriptors, since it can't be known which of
// them share an open file. What is done under it doesn't block.
var modes sync.RWMutex

// setMode sets or clears O_NONBLOCK.
func setMode(sysfd int, blocking bool) error {
	modes.Lock()
	defer modes.Unlock()
	return unix.SetNonblock(sysfd, !blocking)
}

// unblocked makes a system call in non-blocking mode, and leaves the mode as it
// was.
func (f *FD) unblocked(call func() unix.Errno) unix.Errno {
	if f.odd.Load()&oddShared == 0 {
		return call()
	}
	defer f.holdMode()()
	return call()
}

// holdMode puts a shared descriptor into non-blocking mode, if it isn't, and keeps
// it there until release is called, which puts it back.
func (f *FD) holdMode() (release func()) {
	modes.RLock()
	if !f.blockingMode() {
		return modes.RUnlock
	}
	modes.RUnlock()
	modes.Lock()
	if !f.blockingMode() || unix.SetNonblock(f.sysfd, true) != nil {
		return modes.Unlock
	}
	return func() {
		unix.SetNonblock(f.sysfd, false)
		modes.Unlock()
	}
}

// blockingMode reports whether O_NONBLOCK is off.
func (f *FD) blockingMode() bool {
	flags, err := unix.FcntlInt(uintptr(f.sysfd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_NONBLOCK == 0
}
