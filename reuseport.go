//go:build unix && !solaris

package socket

import "golang.org/x/sys/unix"

const soReusePort = unix.SO_REUSEPORT
