//go:build unix && !aix && !(linux && socket_fallback)

package fd

import "golang.org/x/sys/unix"

const dontWait = unix.MSG_DONTWAIT

// A shared descriptor needs nothing before a call that has MSG_DONTWAIT.
const sharedFirst = 0
