//go:build freebsd || netbsd || openbsd || dragonfly || solaris

package fd

import "golang.org/x/sys/unix"

const sendFlags = unix.MSG_NOSIGNAL
