//go:build unix && !linux

package socket

// transports are those that every C library's getaddrinfo knows.
var transports = []transport{
	{SOCK_STREAM, IPPROTO_TCP, "tcp", true},
	{SOCK_DGRAM, IPPROTO_UDP, "udp", true},
	{SOCK_RAW, 0, "raw", true},
}
