//go:build unix

package selectors

import (
	"time"

	"example.com/socket"
)

// checkTimeout refuses what can't be meant as a timeout.
func checkTimeout(op string, d time.Duration) error {
	if d > 0 && d < time.Microsecond {
		return badArgument(op, "timeout", d, "a time.Duration with its unit: write 5*time.Second, not 5")
	}
	return nil
}

// deadlineOf returns when a timeout ends, the zero Time for never.
func deadlineOf(timeout time.Duration) time.Time {
	if timeout == socket.NoTimeout {
		return time.Time{}
	}
	return time.Now().Add(timeout)
}

// timer returns a channel that tells when a deadline has passed, nil for a
// deadline that never does, and what to call when it isn't needed any more.
func timer(deadline time.Time) (passed <-chan time.Time, stop func()) {
	if deadline.IsZero() {
		return nil, func() {}
	}
	t := time.NewTimer(time.Until(deadline))
	return t.C, func() { t.Stop() }
}

// milliseconds returns what is left until a deadline for poll(2), rounded up so
// as never to wake before it; -1 for no deadline.
func milliseconds(deadline time.Time) int {
	if deadline.IsZero() {
		return -1
	}
	left := max(time.Until(deadline), 0)
	const most = 24 * time.Hour // it has to fit into a C int; who waits looks again
	return int((min(left, most) + time.Millisecond - 1) / time.Millisecond)
}
