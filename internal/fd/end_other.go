//go:build unix && !linux

package fd

// hungUp reports whether nothing more can arrive. POLLRDHUP is Linux's: here a
// peer that has only ended its sending side isn't seen.
func hungUp(sysfd int) bool { return ready(sysfd, 0) }

// shutForReading is Linux's need: the others tell the end by themselves
// (soreceive, SBS_CANTRCVMORE).
func shutForReading(int) bool { return false }
