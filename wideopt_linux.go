package socket

// wideOptions reports whether options are 64-bit numbers, at every level: those
// of AF_VSOCK, as Python treats them.
func (s *Socket) wideOptions() bool { return s.family == AF_VSOCK }
