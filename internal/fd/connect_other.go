//go:build unix && !linux

package fd

import "example.com/socket/internal/sockaddr"

// forgetConnect readies a stream whose connect failed for the next try, where
// the system allows one at all: elsewhere POSIX says that its state is unspecified.
func (f *FD) forgetConnect(*sockaddr.Raw) {}
