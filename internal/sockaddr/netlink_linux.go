package sockaddr

import "golang.org/x/sys/unix"

// struct sockaddr_nl, linux/netlink.h.
const (
	netlinkPIDOff    = 4
	netlinkGroupsOff = 8
	netlinkSize      = unix.SizeofSockaddrNetlink
)

// SetNetlink makes r a sockaddr_nl.
func (r *Raw) SetNetlink(pid, groups uint32) {
	r.start(unix.AF_NETLINK, netlinkSize)
	r.put32(netlinkPIDOff, pid)
	r.put32(netlinkGroupsOff, groups)
}

// Netlink reads a sockaddr_nl; ok is false if r is too short to be one.
func (r *Raw) Netlink() (pid, groups uint32, ok bool) {
	if r.Len < netlinkSize {
		return 0, 0, false
	}
	return r.get32(netlinkPIDOff), r.get32(netlinkGroupsOff), true
}
