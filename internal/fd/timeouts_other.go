//go:build unix && !linux

package fd

import "golang.org/x/sys/unix"

// setsTimeout reports whether an option of SOL_SOCKET is a timeout of the kernel's.
func setsTimeout(opt int) bool { return opt == unix.SO_RCVTIMEO || opt == unix.SO_SNDTIMEO }
