//go:build unix && !linux && !aix && !solaris

package socket

import "golang.org/x/sys/unix"

// sethostname is a write to the sysctl kern.hostname here; x/sys can only read one.
func sethostname(string) error { return unix.ENOSYS }
