package fd

import "golang.org/x/sys/unix"

const fastOpen = unix.MSG_FASTOPEN
