package leaktest

import (
	"os"
	"path/filepath"
)

// ofRuntime are the descriptors that Go's runtime opens for itself when it first
// needs them, and keeps.
var ofRuntime = map[string]bool{
	"anon_inode:[eventpoll]": true,
	"anon_inode:[eventfd]":   true,
}

// openFiles returns the descriptors of the process, number and what it is.
func openFiles() map[string]bool {
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	found := make(map[string]bool)
	for _, entry := range entries {
		// What is gone by now was the directory itself.
		what, err := os.Readlink(filepath.Join(dir, entry.Name()))
		if err == nil && !ofRuntime[what] {
			found["descriptor "+entry.Name()+": "+what] = true
		}
	}
	return found
}
