"""Socket options."""


def defaults():
    """Nothing is set that the kernel doesn't set."""
    a = socket()
    a.getsockopt(SOL_SOCKET, SO_REUSEADDR)
    a.getsockopt(SOL_SOCKET, SO_REUSEPORT)
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    a.getsockopt(SOL_SOCKET, SO_BROADCAST)
    a.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    a.getsockopt(SOL_SOCKET, SO_RCVBUF)
    a.getsockopt(SOL_SOCKET, SO_SNDBUF)
    a.getsockopt(SOL_SOCKET, SO_PROTOCOL)
    b = socket(AF_INET, SOCK_DGRAM)
    b.getsockopt(SOL_SOCKET, SO_BROADCAST)
    c = socket(AF_INET6)
    c.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)
    d = socket(AF_INET6, SOCK_DGRAM)
    d.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)


def defaults_of_accepted():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    c.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    c.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    c.getsockopt(SOL_SOCKET, SO_REUSEADDR)
    c.getsockopt(SOL_SOCKET, SO_PROTOCOL)


def kind_and_family():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.getsockopt(SOL_SOCKET, SO_TYPE)
    a.getsockopt(SOL_SOCKET, SO_DOMAIN)
    a.getsockopt(SOL_SOCKET, SO_PROTOCOL)
    a.getsockopt(SOL_SOCKET, SO_ERROR)


def numbers():
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    a.getsockopt(SOL_SOCKET, SO_REUSEADDR)
    a.setsockopt(SOL_SOCKET, SO_REUSEADDR, True)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 7)
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    a.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 11)
    a.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE)
    a.setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, 12)
    a.getsockopt(IPPROTO_TCP, TCP_KEEPINTVL)
    a.setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 13)
    a.getsockopt(IPPROTO_TCP, TCP_KEEPCNT)
    a.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, 30000)
    a.getsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT)
    a.setsockopt(IPPROTO_IP, IP_TTL, 33)
    a.getsockopt(IPPROTO_IP, IP_TTL)
    a.setsockopt(IPPROTO_IP, IP_TOS, 16)
    a.getsockopt(IPPROTO_IP, IP_TOS)


def doubled_buffers():
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_RCVBUF, 20000)
    a.getsockopt(SOL_SOCKET, SO_RCVBUF)
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 30000)
    a.getsockopt(SOL_SOCKET, SO_SNDBUF)
    a.setsockopt(SOL_SOCKET, SO_RCVBUF, 0)
    a.getsockopt(SOL_SOCKET, SO_RCVBUF)
    a.setsockopt(SOL_SOCKET, SO_RCVBUF, -1)
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 1)
    a.getsockopt(SOL_SOCKET, SO_SNDBUF)


def linger():
    a = socket()
    a.getsockopt(SOL_SOCKET, SO_LINGER, 8)
    a.setsockopt(SOL_SOCKET, SO_LINGER, b"\1\0\0\0\5\0\0\0")
    a.getsockopt(SOL_SOCKET, SO_LINGER, 8)
    a.getsockopt(SOL_SOCKET, SO_LINGER, 100)
    a.getsockopt(SOL_SOCKET, SO_LINGER, 4)
    a.getsockopt(SOL_SOCKET, SO_LINGER)
    a.setsockopt(SOL_SOCKET, SO_LINGER, 1)
    a.setsockopt(SOL_SOCKET, SO_LINGER, b"\0" * 7)
    a.setsockopt(SOL_SOCKET, SO_LINGER, b"\0" * 9)
    a.getsockopt(SOL_SOCKET, SO_LINGER, 8)


def bytes_for_a_number():
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, b"\1\0\0\0")
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE, 4)
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE, 2)
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, b"\1")
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, b"")
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, b"\0\0\0\0\1\1\1\1")
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    b = socket(AF_INET, SOCK_DGRAM)
    b.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, b"\5")
    b.getsockopt(IPPROTO_IP, IP_MULTICAST_TTL)
    b.getsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 1)
    b.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, b"")


def null_values():
    """None is a null pointer, with a length."""
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, None, 4)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, None, 0)
    a.setsockopt(IPPROTO_TCP, TCP_NODELAY, None, 4)


def unknown_options():
    a = socket()
    a.getsockopt(SOL_SOCKET, 9999)
    a.setsockopt(SOL_SOCKET, 9999, 1)
    a.getsockopt(IPPROTO_TCP, 9999)
    a.setsockopt(IPPROTO_TCP, 9999, 1)
    a.setsockopt(IPPROTO_IP, 9999, b"xx")
    a.getsockopt(9999, 1)
    a.setsockopt(9999, 1, 1)
    a.getsockopt(-1, -1)
    b = socket(AF_UNIX)
    b.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    b.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    c = socket(AF_INET, SOCK_DGRAM)
    c.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    c.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1)


def read_only_options():
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_TYPE, 1)
    a.setsockopt(SOL_SOCKET, SO_ERROR, 1)
    a.setsockopt(SOL_SOCKET, SO_DOMAIN, 1)
    a.setsockopt(SOL_SOCKET, SO_ACCEPTCONN, 1)


def wrong_values():
    a = socket()
    a.setsockopt(IPPROTO_IP, IP_TTL, 256)
    a.setsockopt(IPPROTO_IP, IP_TTL, 0)
    a.setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 1000)
    a.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 0)
    a.setsockopt(IPPROTO_TCP, TCP_MAXSEG, 1)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 2147483647)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 2147483648)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, -2147483648)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, -2147483649)


def levels_out_of_range():
    a = socket()
    a.getsockopt(2147483648, 1)
    a.getsockopt(SOL_SOCKET, 2147483648)
    a.setsockopt(2147483648, 1, 1)
    a.setsockopt(SOL_SOCKET, -2147483649, b"x")


def buffer_lengths():
    a = socket()
    a.getsockopt(SOL_SOCKET, SO_TYPE, -1)
    a.getsockopt(SOL_SOCKET, SO_TYPE, 1025)
    a.getsockopt(SOL_SOCKET, SO_TYPE, 1024)
    a.getsockopt(SOL_SOCKET, SO_TYPE, 0)
    differs("GetSockOptBytes wants room for 1 byte; Python takes 0 for the call that gives a number",
            python="1", go="ArgumentError")


def strings():
    a = socket()
    a.getsockopt(SOL_SOCKET, SO_BINDTODEVICE, 16)
    a.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, b"lo")
    a.getsockopt(SOL_SOCKET, SO_BINDTODEVICE, 16)
    a.getsockopt(SOL_SOCKET, SO_BINDTODEVICE, 2)
    a.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, b"nonesuch\0")
    a.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, b"")
    a.getsockopt(SOL_SOCKET, SO_BINDTODEVICE, 16)
    a.setsockopt(IPPROTO_TCP, TCP_CONGESTION, b"nonesuch")


def multicast():
    a = socket(AF_INET, SOCK_DGRAM)
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_LOOP, 0)
    a.getsockopt(IPPROTO_IP, IP_MULTICAST_LOOP)
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 9)
    a.getsockopt(IPPROTO_IP, IP_MULTICAST_TTL)
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 256)
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, b"\x7f\0\0\1")
    a.getsockopt(IPPROTO_IP, IP_MULTICAST_IF, 4)
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, b"\xe0\0\0\xfa\x7f\0\0\1")
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, b"\xe0\0\0\xfa\x7f\0\0\1")
    a.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, b"\xe0\0\0\xfa\x7f\0\0\1")
    a.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, b"\xe0\0\0\xfa\x7f\0\0\1")
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, b"\x7f\0\0\1\x7f\0\0\1")
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, b"\xe0\0\0\xfa")


def v6_options():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 7)
    a.getsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS)
    a.setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1)
    a.getsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS)
    a.setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 256)
    a.setsockopt(IPPROTO_IPV6, IPV6_TCLASS, 8)
    a.getsockopt(IPPROTO_IPV6, IPV6_TCLASS)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, 1)
    a.getsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, 9999)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1)


def error_is_read_once():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(a.getsockname())
    a.close()
    b.send(b"x")
    readable(b)
    b.getsockopt(SOL_SOCKET, SO_ERROR)
    b.getsockopt(SOL_SOCKET, SO_ERROR)
    b.send(b"x")


def pair_options():
    a, b = socketpair()
    a.getsockopt(SOL_SOCKET, SO_TYPE)
    a.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
    a.getsockopt(SOL_SOCKET, SO_PASSCRED)
    b.getsockopt(SOL_SOCKET, SO_PASSCRED)


@layout
def timeout_structure():
    a = socket()
    a.getsockopt(SOL_SOCKET, SO_RCVTIMEO, 16)
    a.setsockopt(SOL_SOCKET, SO_RCVTIMEO, b"\1" + bytes(15))
    a.getsockopt(SOL_SOCKET, SO_RCVTIMEO, 16)
    a.getsockopt(SOL_SOCKET, SO_RCVTIMEO)
    a.setsockopt(SOL_SOCKET, SO_RCVTIMEO, 1)
    a.setsockopt(SOL_SOCKET, SO_RCVTIMEO, bytes(16))


def vsock_options():
    """The options of AF_VSOCK are 64-bit numbers."""
    a = socket(AF_VSOCK, SOCK_STREAM)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE)
    a.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, 65536)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE)
    a.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MAX_SIZE, 4294967296)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MAX_SIZE)
    a.getsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, 8)
    a.setsockopt(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE, bytes(8))
