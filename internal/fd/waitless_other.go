//go:build unix && !linux

package fd

// waitless are the flags of a caller's that say not to wait.
const waitless = dontWait
