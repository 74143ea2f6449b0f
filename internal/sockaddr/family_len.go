//go:build unix && !linux && !solaris

package sockaddr

// The BSDs, darwin and AIX begin every sockaddr with its length, in one byte,
// and the family in the next.

func (r *Raw) setFamily(family, size int) { r.B[0], r.B[1] = byte(size), byte(family) }

func (r *Raw) family() int { return int(r.B[1]) }
