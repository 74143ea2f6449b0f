//go:build aix || darwin

package selectors

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// newPipe makes a pipe that isn't inherited and doesn't block, without pipe2(2).
func newPipe(p *[2]int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(p[:]); err != nil {
		return err
	}
	for _, fd := range p {
		unix.CloseOnExec(fd)
		unix.SetNonblock(fd, true)
	}
	return nil
}
