//go:build unix && !linux

package socket

// wideOptions reports whether options are 64-bit numbers: never here.
func (s *Socket) wideOptions() bool { return false }
