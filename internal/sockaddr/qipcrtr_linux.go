package sockaddr

import "golang.org/x/sys/unix"

// struct sockaddr_qrtr, linux/qrtr.h.
const (
	qrtrNodeOff = 4
	qrtrPortOff = 8
	qrtrSize    = 12
)

// SetQIPCRTR makes r a sockaddr_qrtr.
func (r *Raw) SetQIPCRTR(node, port uint32) {
	r.start(unix.AF_QIPCRTR, qrtrSize)
	r.put32(qrtrNodeOff, node)
	r.put32(qrtrPortOff, port)
}

// QIPCRTR reads a sockaddr_qrtr; ok is false if r is too short to be one.
func (r *Raw) QIPCRTR() (node, port uint32, ok bool) {
	if r.Len < qrtrSize {
		return 0, 0, false
	}
	return r.get32(qrtrNodeOff), r.get32(qrtrPortOff), true
}
