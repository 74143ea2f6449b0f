package fd

import "golang.org/x/sys/unix"

// shutForReading reports whether the receiving side was shut down.
func shutForReading(sysfd int) bool { return polled(sysfd, unix.POLLRDHUP)&unix.POLLRDHUP != 0 }

// hungUp reports whether nothing more can arrive.
func hungUp(sysfd int) bool { return ready(sysfd, unix.POLLRDHUP) }
