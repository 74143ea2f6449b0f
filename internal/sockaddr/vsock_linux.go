package sockaddr

import "golang.org/x/sys/unix"

// struct sockaddr_vm, linux/vm_sockets.h.
const (
	vsockPortOff = 4
	vsockCIDOff  = 8
	vsockSize    = unix.SizeofSockaddrVM
)

// SetVSOCK makes r a sockaddr_vm.
func (r *Raw) SetVSOCK(cid, port uint32) {
	r.start(unix.AF_VSOCK, vsockSize)
	r.put32(vsockPortOff, port)
	r.put32(vsockCIDOff, cid)
}

// VSOCK reads a sockaddr_vm; ok is false if r is too short to be one.
func (r *Raw) VSOCK() (cid, port uint32, ok bool) {
	if r.Len < vsockCIDOff+4 {
		return 0, 0, false
	}
	return r.get32(vsockCIDOff), r.get32(vsockPortOff), true
}
