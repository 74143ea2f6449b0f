//go:build unix && !linux

package fd

import "golang.org/x/sys/unix"

// sysClose calls close(2).
func (f *FD) sysClose() error { return unix.Close(f.sysfd) }

// slowsClose is for Linux, where sysClose asks for it.
func slowsClose(int, int) bool { return false }
