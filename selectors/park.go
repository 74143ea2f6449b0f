//go:build unix

package selectors

import "time"

// A parker holds up one goroutine at a time until there may be something to do.
type parker interface {
	// park calls fn, and calls it again whenever something may have changed, until
	// it returns true, the deadline has passed or wake was called; its last call
	// may have been some time ago then. The zero Time is no deadline. The argument
	// of fn means nothing. An error says that there is no way to wait.
	park(fn func(uintptr) bool, deadline time.Time) error

	// wake ends a park. Who calls it has stored before what makes fn return true:
	// a park that is about to begin may miss the call, but not that.
	wake()

	// close frees what the parker holds. Nobody is parked then.
	close()
}
