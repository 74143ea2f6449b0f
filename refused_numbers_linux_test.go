//go:build linux && !386 && !arm && !mips && !mipsle

package socket_test

import "golang.org/x/sys/unix"

const (
	sysFcntl      = unix.SYS_FCNTL
	sysSendfile   = unix.SYS_SENDFILE
	sysSocketcall = 0
)

// socketcalls are the numbers of socketcall(2), where x/sys goes through it.
var socketcalls map[uintptr]uint32
