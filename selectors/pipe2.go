//go:build linux || dragonfly || freebsd || netbsd || openbsd || solaris

package selectors

import "golang.org/x/sys/unix"

// newPipe makes a pipe that isn't inherited and doesn't block.
func newPipe(p *[2]int) error { return unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK) }
