"""Families and protocols beside TCP, UDP and AF_UNIX: UDP-Lite, MPTCP, AF_VSOCK,
AF_NETLINK, AF_PACKET and raw sockets."""


@needs(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
def udplite_datagrams():
    a = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
    a.proto
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
    b.sendto(b"hello", a.getsockname())
    a.recvfrom(2)
    b.connect(a.getsockname())
    b.send(b"")
    a.recvfrom(10)
    a.settimeout(0.001)
    a.recv(10)


@needs(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
def udplite_coverage():
    """How much of a datagram the checksum covers: 0 is all, 1 to 7 are made 8."""
    a = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
    a.getsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV)
    a.getsockopt(IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV)
    a.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 20)
    a.getsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV)
    a.setsockopt(IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV, 3)
    a.getsockopt(IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV)
    a.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 70000)
    a.getsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV)
    b = socket(AF_INET, SOCK_DGRAM)
    b.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 20)
    b.getsockopt(IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV)


@needs(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
def udplite_coverage_too_small():
    """A datagram that covers less than the receiver wants is dropped."""
    a = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
    a.bind(("127.0.0.1", 0))
    a.setsockopt(IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV, 20)
    b = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
    b.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 10)
    b.sendto(b"0123456789abcdef", a.getsockname())
    a.recv(100, MSG_DONTWAIT)
    b.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 20)
    b.sendto(b"0123456789abcdef", a.getsockname())
    a.recv(100, MSG_DONTWAIT)


@needs(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE)
def udplite_v6_messages():
    a = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    b = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE)
    b.sendmsg([b"one, ", b"two"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([7]))], 0, a.getsockname())
    a.recvmsg(3, CMSG_LEN(2))


@needs(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
def udplite_is_not_udp():
    a = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendto(b"x", a.getsockname())
    a.recv(100, MSG_DONTWAIT)
    c = socket(fileno=a.detach())
    c.getsockopt(SOL_SOCKET, SO_PROTOCOL)


@needs(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)
def mptcp_to_mptcp():
    a = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.getsockopt(SOL_SOCKET, SO_PROTOCOL)
    b = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)
    b.connect(a.getsockname())
    c, addr = a.accept()
    c.getsockopt(SOL_SOCKET, SO_PROTOCOL)
    b.sendall(b"hello")
    c.recv(10)
    b.shutdown(SHUT_WR)
    c.recv(10)
    c.send(b"back")
    b.recv(10)


@needs(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)
def mptcp_falls_back():
    """A peer that has no MPTCP gets TCP."""
    a = create_server(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)
    b.connect(a.getsockname())
    c, addr = a.accept()
    b.send(b"x")
    c.recv(10)
    b.getsockopt(SOL_SOCKET, SO_PROTOCOL)
    b.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    b.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    b.getsockopt(IPPROTO_TCP, TCP_NODELAY)


@needs(AF_VSOCK, SOCK_STREAM)
def vsock_names():
    a = socket(AF_VSOCK, SOCK_STREAM)
    a
    a.getsockname()
    a.getpeername()
    a.bind((VMADDR_CID_ANY, VMADDR_PORT_ANY))
    a.getsockname()
    b = socket(AF_VSOCK, SOCK_STREAM)
    b.bind((VMADDR_CID_ANY, VMADDR_PORT_ANY))
    b.listen()
    c = socket(AF_VSOCK, SOCK_STREAM)
    c.bind(b.getsockname())


@needs(AF_VSOCK, SOCK_STREAM)
def vsock_errors():
    a = socket(AF_VSOCK, SOCK_STREAM)
    a.send(b"x")
    a.recv(1)
    a.listen()
    a.accept()
    a.bind(("127.0.0.1", 0))
    a.bind((1234567, 1))
    a.shutdown(SHUT_RDWR)


@needs(AF_VSOCK, SOCK_STREAM)
def vsock_wide_options():
    """A length of 4 is too short for a 64-bit number."""
    a = socket(AF_VSOCK, SOCK_STREAM)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MIN_SIZE)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, 4)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, 16)
    a.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, bytes(4))
    a.getsockopt(AF_VSOCK, 9999)
    a.setsockopt(AF_VSOCK, 9999, 1)
    a.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MIN_SIZE, 0)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MIN_SIZE)


@needs(AF_VSOCK, SOCK_STREAM)
def vsock_type_of_a_descriptor():
    a = socket(AF_VSOCK, SOCK_STREAM)
    b = socket(fileno=a.detach())
    b.getsockopt(SOL_SOCKET, SO_DOMAIN)


def netlink_names():
    """The kernel gives the process's number to its first socket."""
    a = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    a.getsockname()
    a.bind((0, 0))
    a.getsockname()
    a.getpeername()
    b = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE)
    b.bind(a.getsockname())
    b.bind((0, 1))
    b.getsockname()
    b.bind((1, 1))


def netlink_wrong_addresses():
    a = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    a.bind(("127.0.0.1", 0))
    a.bind("path")
    socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE)
    socket(AF_NETLINK, SOCK_RAW, 31)


def netlink_request():
    """RTM_GETLINK for an interface that there isn't: NLMSG_ERROR with ENODEV."""
    a = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    a.bind((0, 0))
    a.sendto(packed([32, 0x10012, 7, 0, 0, 99999, 0, 0]), (0, 0))
    data, flags, more, addr = a.recvmsg(12)
    a.recv(10, MSG_DONTWAIT)


def netlink_connected():
    a = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    a.connect((0, 0))
    a.send(packed([32, 0x10012, 7, 0, 0, 99999, 0, 0]))
    a.recvmsg(12, 100, MSG_PEEK)
    len(a.recv(100, MSG_TRUNC))
    a.send(b"x")
    a.recv(100, MSG_DONTWAIT)


def netlink_to_a_process():
    """Two sockets of user space; only some protocols allow that."""
    a = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)
    a.bind((0, 0))
    b = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)
    b.bind((0, 0))
    b.sendto(b"hello", a.getsockname())
    a.recvfrom(10)
    b.sendto(b"hello", (0x7fffffff, 0))


@root
def packet_names():
    a = socket(AF_PACKET, SOCK_RAW, 0)
    a
    a.getsockname()
    a.bind(("lo", 0))
    a.getsockname()
    a.bind(("lo", 0x0806))
    a.getsockname()
    a.bind(("nonesuch", 0))
    a.getpeername()


@root
def packet_addresses():
    """Protocol, packet type, hardware type and address may be left out from behind."""
    a = socket(AF_PACKET, SOCK_DGRAM, 0)
    a.bind(("lo", 0, PACKET_HOST))
    a.bind(("lo", 0, PACKET_HOST, 1))
    a.bind(("lo", 0, PACKET_HOST, 1, b"\1\2\3\4\5\6"))
    a.getsockname()
    a.bind(("lo", 0, 0, 0, b"123456789"))
    a.bind(("lo", 65536))
    a.bind(("lo", -1))
    a.bind("lo")
    a.bind(("a name that is too long for an interface", 0))


@root
def packet_sent_and_received():
    """The sender's address has the packet's type and the interface's."""
    a = socket(AF_PACKET, SOCK_DGRAM, 0)
    a.bind(("lo", 0x88B5))
    b = socket(AF_PACKET, SOCK_DGRAM, 0)
    b.sendto(b"hello", ("lo", 0x88B5, 0, 0, b"\0\0\0\0\0\0"))
    a.recvfrom(10)
    b.sendto(b"hello", ("nonesuch", 0x88B5))
    b.send(b"x")


@root
def raw_echo():
    """A raw socket receives the IP header too, and its own protocol only."""
    a = socket(AF_INET, SOCK_RAW, 253)
    a
    a.bind(("127.0.0.1", 0))
    a.getsockname()
    b = socket(AF_INET, SOCK_RAW, 253)
    b.connect(("127.0.0.1", 0))
    b.getpeername()
    b.send(b"hello")
    a.recvfrom_into(bytearray(100))


@root
def raw_v6():
    """There is no header in IPv6."""
    a = socket(AF_INET6, SOCK_RAW, 253)
    a.bind(("::1", 0))
    a.getsockname()
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"hello", ("::1", 0))
    a.recvmsg(100, 100)
    a.setsockopt(IPPROTO_IPV6, IPV6_CHECKSUM, 2)
    a.getsockopt(IPPROTO_IPV6, IPV6_CHECKSUM)
    a.setsockopt(IPPROTO_IPV6, IPV6_CHECKSUM, 1)


@root
def raw_with_header():
    a = socket(AF_INET, SOCK_RAW, IPPROTO_RAW)
    a.getsockopt(IPPROTO_IP, IP_HDRINCL)
    a.sendto(b"too short", ("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_RAW, 253)
    b.getsockopt(IPPROTO_IP, IP_HDRINCL)
    b.setsockopt(IPPROTO_IP, IP_HDRINCL, 1)
    b.getsockopt(IPPROTO_IP, IP_HDRINCL)
