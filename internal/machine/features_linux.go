package machine

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"
)

// What QEMU 7.2 lacks. Each is probed where that does no harm.
var (
	// Programs means programs that the test starts: Python, the go command, strace.
	Programs = Feature{
		"programs of the machine itself would be started, of another byte order and word size: run the test without an emulator",
		native,
	}
	// LinuxCalls means the system calls that the package makes on Linux. Built with
	// socket_fallback it makes those of the platforms that have least: without
	// MSG_DONTWAIT, MSG_NOSIGNAL, MSG_CMSG_CLOEXEC, SOCK_CLOEXEC, accept4,
	// F_DUPFD_CLOEXEC and sendfile, through x/sys and its addresses.
	LinuxCalls = Feature{
		"socket_fallback leaves out calls, address families and details that only Linux has: run the test without that tag",
		linuxCalls,
	}
	// LargeControl means room for a hundred kilobytes of control messages.
	LargeControl = Feature{
		"the emulator copies control messages to its stack, which ends at 256 KiB: run the test without an emulator",
		native,
	}
	// Truncation means that MSG_CTRUNC is reported, and that of the descriptors
	// that came none is lost.
	Truncation = Feature{
		"the emulator doesn't report MSG_CTRUNC, and loses descriptors: run the test without an emulator",
		native, // a probe would lose one too
	}
	// Control means control messages other than descriptors and credentials.
	Control = Feature{
		"the emulator doesn't send control messages of IP: run the test without an emulator",
		sendsControl,
	}
	// UDPLite means the options of UDP-Lite.
	UDPLite = Feature{
		"the emulator doesn't set options of UDP-Lite: run the test without an emulator",
		setsUDPLite,
	}
	// Netlink means the tables of the network, and the names of interfaces.
	Netlink = Feature{
		"rtnetlink doesn't list the interfaces here: run the test without an emulator",
		func() bool { _, err := net.Interfaces(); return err == nil },
	}
)

// udpliteSendCscov is UDPLITE_SEND_CSCOV of linux/udp.h.
const udpliteSendCscov = 10

// setsUDPLite is true as well if there is no UDP-Lite at all.
func setsUDPLite() bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_UDPLITE)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	return unix.SetsockoptInt(fd, unix.IPPROTO_UDPLITE, udpliteSendCscov, 8) == nil
}

// sendsControl sends a datagram with a time to live.
func sendsControl() bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	control := make([]byte, unix.CmsgSpace(4))
	control[unix.CmsgLen(0)] = 1
	var header []byte
	if unix.CmsgLen(0) == 16 {
		header = binary.NativeEndian.AppendUint64(nil, uint64(unix.CmsgLen(4)))
	} else {
		header = binary.NativeEndian.AppendUint32(nil, uint32(unix.CmsgLen(4)))
	}
	header = binary.NativeEndian.AppendUint32(header, unix.IPPROTO_IP)
	header = binary.NativeEndian.AppendUint32(header, unix.IP_TTL)
	copy(control, header)
	binary.NativeEndian.PutUint32(control[unix.CmsgLen(0):], 1)
	to := &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}
	return unix.Sendmsg(fd, []byte{0}, control, to, 0) == nil
}
