package socket

// transports are those of glibc's getaddrinfo, in its order. 6 is SOCK_DCCP and
// 33 IPPROTO_DCCP, which Python has no names for.
var transports = []transport{
	{SOCK_STREAM, IPPROTO_TCP, "tcp", true},
	{SOCK_DGRAM, IPPROTO_UDP, "udp", true},
	{6, 33, "dccp", false},
	{SOCK_DGRAM, IPPROTO_UDPLITE, "udplite", false},
	{SOCK_STREAM, IPPROTO_SCTP, "sctp", false},
	{SOCK_SEQPACKET, IPPROTO_SCTP, "sctp", false},
	{SOCK_RAW, 0, "raw", true},
}
