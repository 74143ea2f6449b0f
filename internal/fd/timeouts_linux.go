package fd

import "golang.org/x/sys/unix"

// setsTimeout reports whether an option of SOL_SOCKET is a timeout of the kernel's:
// each has two numbers, of which the new one takes 64-bit times on every platform.
func setsTimeout(opt int) bool {
	switch opt {
	case unix.SO_RCVTIMEO, unix.SO_SNDTIMEO, unix.SO_RCVTIMEO_NEW, unix.SO_SNDTIMEO_NEW:
		return true
	}
	return false
}
