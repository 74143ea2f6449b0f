//go:build unix && !linux

package machine

// There is no emulator here, and the package has its calls in one way only.
var Programs, LinuxCalls = Feature{"", native}, Feature{"", native}
