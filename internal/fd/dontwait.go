//go:build unix && !linux && !aix

package fd

import "golang.org/x/sys/unix"

const dontWait = unix.MSG_DONTWAIT
