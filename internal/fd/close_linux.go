package fd

import "golang.org/x/sys/unix"

// sysClose calls close(2). It doesn't tell the scheduler where that can't wait: on
// a TCP socket that nobody else can reach, that is no listener, whose queue of
// connections goes with it, and that has no option which makes close(2) wait.
func (f *FD) sysClose() error {
	if f.is&tcp == 0 || f.odd.Load()&(oddShared|oddListens|oddSlowClose) != 0 {
		return unix.Close(f.sysfd)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_CLOSE, uintptr(f.sysfd), 0, 0)
	return asError(errno)
}

// slowsClose reports whether an option can make close(2) wait: SO_LINGER for the
// peer (socket(7)), TCP_ULP for what works on the stream, such as the kernel's TLS.
func slowsClose(level, opt int) bool {
	return level == unix.SOL_SOCKET && opt == unix.SO_LINGER || level == unix.IPPROTO_TCP && opt == unix.TCP_ULP
}
