//go:build unix && !aix

package fd

// pollEvents is the type of struct pollfd's fields.
type pollEvents = int16
