//go:build !socket_fallback

package fd

import (
	"syscall"
	"unsafe"

	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// The raw system calls of Linux, by number also on 386 and s390x (Linux 4.3),
// where x/sys goes through socketcall(2). Those that can't block and are short
// don't tell the scheduler, which costs more than it gives. The others do: the
// path of an AF_UNIX socket may lie on a slow file system, an option may wait for a
// lock of the network's configuration or have a kernel module loaded, and a message
// to AF_NETLINK is carried out before sendto returns. x/sys's
// own wrappers would ask for SO_PROTOCOL after each address, and return no count
// for sendto.

const (
	// longIO is the size from which on the scheduler is told. To copy 64 KiB takes
	// less than the 20 microseconds after which it would give the processor to
	// others at the earliest (sysmon, in runtime/proc.go), and a stream of such
	// pieces goes a quarter slower if the garbage collector takes the processor
	// from a call that is about to return.
	longIO = 64<<10 + 1
)

type sysMessage struct {
	hdr unix.Msghdr
	iov []unix.Iovec
}

// keptIovecs is the longest list of buffers whose memory is kept for the next
// message: UIO_MAXIOV, beyond which the kernel answers EMSGSIZE.
const keptIovecs = 1024

// reset lets go of the caller's memory.
func (s *sysMessage) reset() {
	clear(s.iov[:cap(s.iov)])
	s.hdr, s.iov = unix.Msghdr{}, s.iov[:0]
	if cap(s.iov) > keptIovecs {
		s.iov = nil
	}
}

// short reports whether to send or to receive size bytes needs no word to the
// scheduler.
func (f *FD) short(size int) bool { return size < longIO && f.is&prompt != 0 }

func (f *FD) sysRecv(p []byte, flags int, sa *sockaddr.Raw) (n int, errno unix.Errno) {
	var addr, addrLen unsafe.Pointer
	if sa != nil {
		sa.Len = sockaddr.Size
		addr, addrLen = unsafe.Pointer(&sa.B), unsafe.Pointer(&sa.Len)
	}
	if f.short(len(p)) {
		n, errno = result(syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(f.sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
			uintptr(len(p)), uintptr(flags|dontWait), uintptr(addr), uintptr(addrLen)))
	} else {
		n, errno = result(syscall.Syscall6(unix.SYS_RECVFROM, uintptr(f.sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
			uintptr(len(p)), uintptr(flags|dontWait), uintptr(addr), uintptr(addrLen)))
	}
	raceReceived(p, n)
	if n == 0 && errno == 0 {
		errno = f.lost(len(p))
	}
	return n, errno
}

// sysReadable asks poll(2), without waiting, whether there is something to receive,
// the end or an error included. It needs less stack than ready.
func sysReadable(sysfd int) bool {
	fds := [1]unix.PollFd{{Fd: int32(sysfd), Events: unix.POLLIN}}
	var now unix.Timespec
	n, _, errno := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return n != 0 || errno != 0
}

// sysUnread returns how much there is to receive on a TCP connection, -1 if the
// kernel doesn't say: SIOCINQ, tcp(7).
func sysUnread(sysfd int) int {
	var n int32
	if _, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(sysfd), unix.SIOCINQ, uintptr(unsafe.Pointer(&n))); errno != 0 {
		return -1
	}
	return int(n)
}

func (f *FD) sysSend(p []byte, flags int, sa *sockaddr.Raw) (n int, errno unix.Errno) {
	var addr unsafe.Pointer
	var addrLen uint32
	if sa != nil {
		addr, addrLen = unsafe.Pointer(&sa.B), sa.Len
	}
	raceSending()
	if f.short(len(p)) && !isPath(sa) {
		n, errno = result(syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(f.sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
			uintptr(len(p)), uintptr(flags|dontWait), uintptr(addr), uintptr(addrLen)))
	} else {
		n, errno = result(syscall.Syscall6(unix.SYS_SENDTO, uintptr(f.sysfd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
			uintptr(len(p)), uintptr(flags|dontWait), uintptr(addr), uintptr(addrLen)))
	}
	raceSent(p, n)
	return n, errno
}

// result is that of a system call that returns a count, 0 beside an error.
func result(r, _ uintptr, errno unix.Errno) (int, unix.Errno) { return max(int(r), 0), errno }

func (f *FD) sysRecvMsg(m *Message, flags int) (int, unix.Errno) {
	size := m.header()
	if m.Addr != nil {
		m.sys.hdr.Namelen = sockaddr.Size
	}
	n, errno := f.sysMsg(unix.SYS_RECVMSG, m, flags|dontWait|unix.MSG_CMSG_CLOEXEC, size)
	if errno != 0 {
		return 0, errno
	}
	if m.Addr != nil {
		m.Addr.Len = m.sys.hdr.Namelen
	}
	m.Filled = int(min(uint64(m.sys.hdr.Controllen), uint64(len(m.Control))))
	m.Flags = int(m.sys.hdr.Flags)
	for left, i := n, 0; i < len(m.Bufs) && left > 0; i++ {
		raceReceived(m.Bufs[i], left)
		left -= len(m.Bufs[i])
	}
	raceReceived(m.Control, m.Filled)
	if n == 0 && m.Filled == 0 {
		return 0, f.lost(m.size())
	}
	return n, 0
}

func (f *FD) sysSendMsg(m *Message, flags int) (int, unix.Errno) {
	size := m.header()
	if m.Addr != nil {
		m.sys.hdr.Namelen = m.Addr.Len
	}
	if isPath(m.Addr) {
		size = longIO
	}
	raceSending()
	n, errno := f.sysMsg(unix.SYS_SENDMSG, m, flags|dontWait, size)
	for left, i := n, 0; i < len(m.Bufs) && left > 0; i++ {
		raceSent(m.Bufs[i], left)
		left -= len(m.Bufs[i])
	}
	raceSent(m.Control, len(m.Control))
	return n, errno
}

// isPath reports whether the kernel has to look up sa in a file system.
func isPath(sa *sockaddr.Raw) bool { return sa != nil && sa.Family() == unix.AF_UNIX }

func (f *FD) sysMsg(trap uintptr, m *Message, flags, size int) (int, unix.Errno) {
	var n uintptr
	var errno unix.Errno
	if f.short(size) {
		n, _, errno = unix.RawSyscall(trap, uintptr(f.sysfd), uintptr(unsafe.Pointer(&m.sys.hdr)), uintptr(flags))
	} else {
		n, _, errno = unix.Syscall(trap, uintptr(f.sysfd), uintptr(unsafe.Pointer(&m.sys.hdr)), uintptr(flags))
	}
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// header fills in the msghdr and returns how many bytes the buffers hold.
func (m *Message) header() (size int) {
	m.sys.iov = m.sys.iov[:0]
	for _, b := range m.Bufs {
		v := unix.Iovec{Base: unsafe.SliceData(b)}
		v.SetLen(len(b))
		m.sys.iov = append(m.sys.iov, v)
		size += len(b)
	}
	m.sys.hdr = unix.Msghdr{Iov: unsafe.SliceData(m.sys.iov)}
	m.sys.hdr.SetIovlen(len(m.sys.iov))
	if len(m.Control) > 0 {
		m.sys.hdr.Control = unsafe.SliceData(m.Control)
		m.sys.hdr.SetControllen(len(m.Control))
	}
	if m.Addr != nil {
		m.sys.hdr.Name = &m.Addr.B[0]
	}
	return size
}

func sysConnect(sysfd int, sa *sockaddr.Raw) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(sysfd), uintptr(unsafe.Pointer(&sa.B)), uintptr(sa.Len))
	return errno
}

func sysBind(sysfd int, sa *sockaddr.Raw) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_BIND, uintptr(sysfd), uintptr(unsafe.Pointer(&sa.B)), uintptr(sa.Len))
	return errno
}

func sysGetsockname(sysfd int, sa *sockaddr.Raw) unix.Errno {
	return sysName(unix.SYS_GETSOCKNAME, sysfd, sa)
}

func sysGetpeername(sysfd int, sa *sockaddr.Raw) unix.Errno {
	return sysName(unix.SYS_GETPEERNAME, sysfd, sa)
}

func sysName(trap uintptr, sysfd int, sa *sockaddr.Raw) unix.Errno {
	sa.Len = sockaddr.Size
	_, _, errno := unix.RawSyscall(trap, uintptr(sysfd), uintptr(unsafe.Pointer(&sa.B)), uintptr(unsafe.Pointer(&sa.Len)))
	return errno
}
