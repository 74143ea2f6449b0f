//go:build solaris || aix

package selectors

import "golang.org/x/sys/unix"

// watch returns a parker for descriptors that poll(2) found nothing at. It holds
// a thread while it waits.
func watch(fds []unix.PollFd) (parker, error) { return newThreadParker(fds) }

// A DefaultSelector is the best selector of the platform: Python's
// selectors.DefaultSelector. On Solaris, illumos and AIX it is a PollSelector.
type DefaultSelector = PollSelector

// NewDefaultSelector makes a DefaultSelector: Python's DefaultSelector().
func NewDefaultSelector() (*DefaultSelector, error) { return NewPollSelector() }
