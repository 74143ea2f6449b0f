//go:build unix && !linux

package sockaddr

// ofXsys returns the name of an AF_UNIX address, which is x/sys's.
func ofXsys(name string) string { return name }
