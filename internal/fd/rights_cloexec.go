//go:build freebsd || netbsd || openbsd || dragonfly

package fd

import "golang.org/x/sys/unix"

// sysRecvmsg is recvmsg(2), with received descriptors close-on-exec.
func sysRecvmsg(sysfd int, m *Message, flags int) (n, filled, got int, from unix.Sockaddr, err error) {
	return unix.RecvmsgBuffers(sysfd, m.Bufs, m.Control, flags|unix.MSG_CMSG_CLOEXEC)
}
