//go:build linux && (386 || arm || mips || mipsle)

package socket_test

import "golang.org/x/sys/unix"

const (
	sysFcntl      = unix.SYS_FCNTL64
	sysSendfile   = unix.SYS_SENDFILE64
	sysSocketcall = 102 // on 386, the only one of these where x/sys uses it
)

// socketcalls are the numbers of socketcall(2), where x/sys goes through it.
var socketcalls = map[uintptr]uint32{
	unix.SYS_SOCKET: 1, unix.SYS_BIND: 2, unix.SYS_CONNECT: 3, unix.SYS_LISTEN: 4,
	unix.SYS_GETSOCKNAME: 6, unix.SYS_GETPEERNAME: 7, unix.SYS_SOCKETPAIR: 8,
	unix.SYS_SENDTO: 11, unix.SYS_RECVFROM: 12, unix.SYS_SHUTDOWN: 13,
	unix.SYS_SETSOCKOPT: 14, unix.SYS_GETSOCKOPT: 15, unix.SYS_SENDMSG: 16,
	unix.SYS_RECVMSG: 17, unix.SYS_ACCEPT4: 18,
}
