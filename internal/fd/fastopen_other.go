//go:build unix && !linux

package fd

// Elsewhere no flag makes a send connect.
const fastOpen = 0
