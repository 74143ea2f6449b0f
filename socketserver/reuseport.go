//go:build unix && !solaris

package socketserver

import "example.com/socket"

const soReusePort = socket.SO_REUSEPORT
