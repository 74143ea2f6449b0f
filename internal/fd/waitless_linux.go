package fd

import "golang.org/x/sys/unix"

// waitless are the flags of a caller's that say not to wait.
const waitless = unix.MSG_DONTWAIT | unix.MSG_ERRQUEUE
