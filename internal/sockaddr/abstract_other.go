//go:build unix && !linux

package sockaddr

// abstract returns a name that begins with NUL: outside Linux, the kernel's way
// of filling up the address of a socket without a name.
func abstract([]byte) string { return "" }
