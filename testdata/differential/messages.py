"""recvmsg, sendmsg, descriptors in flight, sendfile."""


def gather():
    a, b = socketpair()
    a.sendmsg([b"one, ", b"", b"two"])
    b.recvmsg(100)
    a.sendmsg([])
    a.sendmsg([b""])
    a.close()
    b.recvmsg(10)


def scatter():
    a, b = socketpair()
    x, y = (bytearray(3), bytearray(10))
    a.send(b"hello")
    b.recvmsg_into([x, y])
    bytes(x)
    bytes(y)
    a.send(b"again")
    b.recvmsg_into([])
    b.recvmsg_into([x])
    bytes(x)


def sizes():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    b.recvmsg(-1)
    b.recvmsg(10, -1)
    b.recvmsg_into([bytearray(1)], -1)
    b.recvmsg(10, 4294967296)
    a.send(b"hello")
    a.send(b"hello")
    a.send(b"hello")
    b.recvmsg(3)
    b.recvmsg(0)
    b.recvmsg_into([bytearray(2), bytearray(2)])


def too_many_buffers():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.sendmsg([b"x"] * 1024)
    a.sendmsg([b"x"] * 1025)
    b.recvmsg(2000)


def addresses():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendmsg([b"x"], [], 0, a.getsockname())
    a.recvmsg(10)
    b.sendmsg([b"x"])
    b.sendmsg([b"x"], [], 0, ("127.0.0.1", 65536))
    b.sendmsg([b"x"], [], 0, "path")
    b.sendmsg([b"x"], [], 0, ("127.255.255.255", 9))
    b.connect(a.getsockname())
    b.sendmsg([b"y"])
    a.recvmsg(10, 0, MSG_PEEK)
    a.recvmsg(10, 100)
    a.recvmsg(10, 100, MSG_DONTWAIT)


def closed():
    a = socket()
    a.close()
    a.recvmsg(10)
    a.recvmsg_into([bytearray(1)])
    a.sendmsg([b"x"])


def timeouts():
    a, b = socketpair()
    a.settimeout(0)
    a.recvmsg(1)
    a.settimeout(0.001)
    a.recvmsg(1)
    a.recvmsg_into([bytearray(1)], 10)
    fill(a)
    a.sendmsg([b"x"])
    a.settimeout(0.001)
    a.sendmsg([b"x"])


def not_connected():
    a = socket()
    a.recvmsg(10)
    a.sendmsg([b"x"])
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendmsg([b"x"])
    c, d = socketpair()
    d.close()
    c.sendmsg([b"x"])
    c.recvmsg(1)


def hop_limit():
    """A control message in each direction."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
    b = socket(AF_INET6, SOCK_DGRAM)
    b.connect(a.getsockname())
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, b"\7\0\0\0"), (IPPROTO_IPV6, IPV6_TCLASS, b"\x20\0\0\0")])
    a.recvmsg(10, CMSG_SPACE(4) + CMSG_SPACE(4))
    b.send(b"y")
    a.recvmsg(10, CMSG_SPACE(4))
    b.send(b"z")
    a.recvmsg(10, CMSG_LEN(4) - 1)
    b.send(b"w")
    a.recvmsg(10)
    b.send(b"v")
    a.recvmsg(10, CMSG_LEN(0))


def wrong_control():
    a, b = socketpair()
    a.sendmsg([b"x"], [(SOL_SOCKET, 9999, b"data")])
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, b"\xff\xff\xff\x7f")])
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, b"")])
    a.sendmsg([b"x"], [(9999, 1, b"")])
    b.recv(10)


@layout
def control_sizes():
    CMSG_LEN(0)
    CMSG_LEN(1)
    CMSG_SPACE(0)
    CMSG_SPACE(1)
    CMSG_SPACE(8)
    CMSG_SPACE(9)
    CMSG_LEN(-1)
    differs("-1 is what Go returns for a length that there isn't", python="ArgumentError", go="-1")
    CMSG_SPACE(2147483647)
    differs("-1 is what Go returns for a length that there isn't", python="ArgumentError", go="-1")


def descriptors():
    a, b = socketpair()
    r, w = pipe()
    send_fds(a, [b"two"], [r, w])
    recv_fds(b, 10, 5)
    send_fds(a, [b"none"], [])
    recv_fds(b, 10, 5)
    send_fds(a, [b"cut"], [r, w, r])
    recv_fds(b, 10, 1)
    send_fds(a, [b"bad"], [987654])
    b.settimeout(0)
    recv_fds(b, 10, 1)


def received_descriptor_lives():
    a, b = socketpair()
    c, d = socketpair()
    send_fds(a, [b"x"], [c.fileno()])
    c.close()
    data, fds, flags, addr = recv_fds(b, 10, 1)
    e = socket(fileno=fds[0])
    e.send(b"hello")
    d.recv(10)


def received_descriptor_is_not_inherited():
    a, b = socketpair()
    c, d = socketpair()
    send_fds(a, [b"x"], [c.fileno()])
    data, fds, flags, addr = recv_fds(b, 10, 1)
    e = socket(fileno=fds[0])
    e.get_inheritable()
    differs("a received descriptor is close-on-exec; Python's is inheritable", python="True", go="False")


def file_whole():
    a, b = socketpair()
    f = file(b"hello, world")
    a.sendfile(f)
    f.tell()
    receive(b, 12)
    a.sendfile(f, 7)
    f.tell()
    receive(b, 5)
    a.sendfile(f, offset=2, count=3)
    f.tell()
    receive(b, 3)


def file_limits():
    a, b = socketpair()
    f = file(b"hello")
    a.sendfile(f, 100)
    a.sendfile(f, 0, 100)
    receive(b, 5)
    a.sendfile(f, 0, 0)
    a.sendfile(f, 0, -5)
    a.settimeout(0)
    a.sendfile(f)
    b.close()
    a.settimeout(None)
    f.seek(0)
    a.sendfile(f)
    c, d = socketpair(AF_UNIX, SOCK_DGRAM)
    c.sendfile(f)
    e = file(b"")
    a.sendfile(e)
