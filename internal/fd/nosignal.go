//go:build freebsd || netbsd || openbsd || dragonfly || solaris

package fd

import "golang.org/x/sys/unix"

const noSignal = unix.MSG_NOSIGNAL

func refusesNoSignal(family int) bool { return false }
