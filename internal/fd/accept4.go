//go:build freebsd || dragonfly || illumos

package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

func sysAccept(sysfd int, sa *sockaddr.Raw) (int, unix.Errno) {
	n, from, err := unix.Accept4(sysfd, createFlags)
	if err != nil {
		return -1, errnoOf(err)
	}
	if sa != nil {
		sa.SetSockaddr(from)
	}
	return n, 0
}
