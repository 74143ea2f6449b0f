//go:build unix && !linux

package leaktest

// openFiles returns nothing: only Linux lists a process's descriptors.
func openFiles() map[string]bool { return nil }
