package fd

import (
	"example.com/socket/internal/sockaddr"
	"golang.org/x/sys/unix"
)

// forgetConnect readies a stream whose connect failed for the next try. A
// blocking connect leaves it ready; one that was waited for leaves it in the
// state SS_CONNECTING, from which the next connect(2) does no more than answer
// ECONNABORTED (inet_stream_connect in Linux's net/ipv4/af_inet.c). This is that
// connect.
func (f *FD) forgetConnect(sa *sockaddr.Raw) {
	if family := sa.Family(); f.stream && (family == unix.AF_INET || family == unix.AF_INET6) {
		sysConnect(f.sysfd, sa)
	}
}
