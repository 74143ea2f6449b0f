"""Control messages of AF_INET and AF_INET6 (RFC 3542): what there is room for
arrives, and what there is none for is cut off."""


def hop_limit_only():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_LEN(4))
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 0)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, 100)


def hop_limit_is_set():
    """By the message, and by the option."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([5]))], 0, a.getsockname())
    a.recvmsg(10, 100)
    a.setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, 100)


def hop_limit_out_of_range():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([256]))], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([-2]))], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([255]))], 0, a.getsockname())


def odd_sizes():
    """An int must have its size."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([5]) + b"\0")], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, b"\5\0\0")], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, b"")], 0, a.getsockname())


def class_and_hop_limit():
    """The order of two items, and room for the second without its padding."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + CMSG_SPACE(4))
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + CMSG_LEN(4))


def class_and_hop_limit_are_set():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_TCLASS, packed([16])), (IPPROTO_IPV6, IPV6_HOPLIMIT, packed([3]))],
              0, a.getsockname())
    a.recvmsg(10, 100)
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_TCLASS, packed([256]))], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_TCLASS, packed([-1]))], 0, a.getsockname())
    a.recvmsg(10, 100)


def first_cut_within_the_header():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, 8)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_LEN(0) - 1)


def first_cut_behind_the_header():
    """An item of which only the header has room, and one with part of its data."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_LEN(0))
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_LEN(1))
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_LEN(4) - 1)


def second_cut_within_the_header():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4))
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + 8)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + CMSG_LEN(0) - 1)


def second_cut_behind_the_header():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + CMSG_LEN(0))
    a.sendto(b"x", a.getsockname())
    a.recvmsg(10, CMSG_SPACE(4) + CMSG_LEN(4) - 1)


def data_and_control_cut():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"hello", a.getsockname())
    a.recvmsg(2, CMSG_LEN(2))


def cut_into_buffers():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    x, y = (bytearray(2), bytearray(2))
    a.sendto(b"hello", a.getsockname())
    a.recvmsg_into([x, y], CMSG_LEN(3))
    bytes(x) + bytes(y)


def peeked():
    """MSG_PEEK brings the items as well, and leaves them."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    a.sendto(b"hello", a.getsockname())
    a.recvmsg(2, 100, MSG_PEEK)
    a.recvmsg(10, 100)


def v6_destination():
    """IPV6_PKTINFO says which address and interface it came to."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
    b = socket(AF_INET6, SOCK_DGRAM)
    b.bind(("::1", 0))
    b.sendto(b"x", ("::1", a.getsockname()[1]))
    a.recvmsg(10, CMSG_SPACE(20))
    b.sendto(b"x", ("::1", a.getsockname()[1]))
    a.recvmsg(10, CMSG_LEN(17))


def v6_source():
    """IPV6_PKTINFO in sendmsg sets the source; an address must be this machine's."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    b = socket(AF_INET6, SOCK_DGRAM)
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_PKTINFO, bytes(15) + b"\1" + packed([1]))], 0, a.getsockname())
    a.recvfrom(10)
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_PKTINFO, bytes(15) + b"\2" + packed([0]))], 0, a.getsockname())
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_PKTINFO, bytes(16) + packed([99999]))], 0, a.getsockname())
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_PKTINFO, bytes(19))], 0, a.getsockname())


def v4_destination():
    """IP_PKTINFO (8): interface, address of the interface, and destination."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("", 0))
    a.setsockopt(IPPROTO_IP, 8, 1)
    b = socket(AF_INET, SOCK_DGRAM)
    b.bind(("127.0.0.1", 0))
    b.sendto(b"x", ("127.0.0.3", a.getsockname()[1]))
    a.recvmsg(10, CMSG_SPACE(12))
    b.sendto(b"x", ("127.0.0.3", a.getsockname()[1]))
    a.recvmsg(10, CMSG_LEN(12) - 1)
    b.sendto(b"x", ("127.0.0.3", a.getsockname()[1]))
    a.recvmsg(10)


def v4_source():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendmsg([b"x"], [(IPPROTO_IP, 8, packed([1]) + b"\x7f\0\0\5" + bytes(4))], 0, a.getsockname())
    a.recvfrom(10)
    b.sendmsg([b"x"], [(IPPROTO_IP, 8, bytes(4) + b"\xc0\0\2\1" + bytes(4))], 0, a.getsockname())
    b.sendmsg([b"x"], [(IPPROTO_IP, 8, bytes(11))], 0, a.getsockname())


def v4_service_and_hops():
    """IP_RECVTOS and IP_RECVTTL (12): one byte for the first, an int for the second."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    a.setsockopt(IPPROTO_IP, IP_RECVTOS, 1)
    a.setsockopt(IPPROTO_IP, 12, 1)
    a.sendmsg([b"x"], [(IPPROTO_IP, IP_TOS, packed([16])), (IPPROTO_IP, IP_TTL, packed([7]))], 0, a.getsockname())
    a.recvmsg(10, 100)
    a.sendmsg([b"x"], [(IPPROTO_IP, IP_TTL, packed([0]))], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IP, IP_TTL, packed([256]))], 0, a.getsockname())


def messages_of_another_level():
    """IPPROTO_IP doesn't concern an AF_INET6 socket, and IPPROTO_IPV6 not AF_INET."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.sendmsg([b"x"], [(IPPROTO_IP, IP_TTL, packed([7]))], 0, a.getsockname())
    a.recv(10)
    b = socket(AF_INET, SOCK_DGRAM)
    b.bind(("127.0.0.1", 0))
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([7]))], 0, b.getsockname())
    b.recv(10, MSG_DONTWAIT)


def unknown_types():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    a.sendmsg([b"x"], [(IPPROTO_IPV6, 9999, b"")], 0, a.getsockname())
    a.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([7])), (IPPROTO_IPV6, 9999, b"")], 0, a.getsockname())
    a.recv(10, MSG_DONTWAIT)


def over_a_stream():
    """A TCP stream's messages carry no items, and take none."""
    a = create_server(("::1", 0), family=AF_INET6)
    b = socket(AF_INET6)
    b.connect(a.getsockname())
    c, addr = a.accept()
    c.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)
    b.sendmsg([b"x"], [(IPPROTO_IPV6, IPV6_HOPLIMIT, packed([7]))])
    c.recvmsg(10, 100)


def error_queue():
    """IP_RECVERR (11) brings the refusal: the datagram, its errno, and where it went."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.setsockopt(IPPROTO_IP, 11, 1)
    b.connect(a.getsockname())
    a.close()
    b.send(b"lost")
    readable(b)
    b.recvmsg(10, 200, MSG_ERRQUEUE)
    b.recvmsg(10, 200, MSG_ERRQUEUE)
