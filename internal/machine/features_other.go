//go:build unix && !linux

package machine

// Programs means programs that the test starts; there is no emulator here.
var Programs = Feature{"", native}
