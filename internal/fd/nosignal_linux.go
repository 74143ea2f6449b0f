//go:build !socket_fallback

package fd

import "golang.org/x/sys/unix"

const noSignal = unix.MSG_NOSIGNAL

// refusesNoSignal reports whether sendmsg(2) of the family answers EINVAL or
// EOPNOTSUPP to MSG_NOSIGNAL, as to each flag that it doesn't list: rds_sendmsg,
// qrtr_sendmsg, ax25_sendmsg and so on in the kernel's net.
func refusesNoSignal(family int) bool {
	switch family {
	case unix.AF_RDS, unix.AF_QIPCRTR, unix.AF_AX25, unix.AF_NETROM, unix.AF_ROSE, unix.AF_X25, unix.AF_APPLETALK:
		return true
	}
	return false
}
