//go:build unix

package socket

import (
	"path/filepath"
	"testing"
)

// MoveServiceFiles has the files of services and protocols be looked for in dir
// until the test ends.
func MoveServiceFiles(t *testing.T, dir string) {
	services, protocols := servicesFile, protocolsFile
	servicesFile, protocolsFile = filepath.Join(dir, "services"), filepath.Join(dir, "protocols")
	t.Cleanup(func() { servicesFile, protocolsFile = services, protocols })
}
