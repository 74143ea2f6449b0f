"""Addresses: what is taken, and what comes back."""


def unbound_names():
    a = socket(AF_INET, SOCK_STREAM)
    a.getsockname()
    b = socket(AF_INET6, SOCK_STREAM)
    b.getsockname()
    c = socket(AF_UNIX)
    c.getsockname()
    d = socket(AF_INET, SOCK_DGRAM)
    d.getsockname()
    d.getpeername()
    e = socket(AF_INET6, SOCK_DGRAM)
    e.getsockname()
    e.getpeername()
    c.getpeername()


def tcp_names():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.getsockname()
    a.listen()
    a.getpeername()
    b = socket()
    b.connect(a.getsockname())
    b.getpeername()
    b.getsockname()
    c, addr = a.accept()
    addr
    c.getsockname()
    c.getpeername()


def tcp6_names():
    a = socket(AF_INET6)
    a.bind(("::1", 0))
    a.getsockname()
    a.listen()
    b = socket(AF_INET6)
    b.connect(a.getsockname())
    b.getpeername()
    c, addr = a.accept()
    addr
    c.getpeername()


def udp_names():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendto(b"x", a.getsockname())
    a.recvfrom(10)
    b.getsockname()
    b.connect(a.getsockname())
    b.getsockname()
    b.getpeername()
    b.send(b"y")
    a.recvfrom(10)


def udp6_names():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0))
    b = socket(AF_INET6, SOCK_DGRAM)
    b.bind(("::1", 0))
    b.sendto(b"x", a.getsockname())
    a.recvfrom(10)
    a.recvfrom_into(bytearray(3), 0, MSG_DONTWAIT)


def peer_after_the_end():
    """The peer's name goes with the connection."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    b = socket()
    b.connect(a.getsockname())
    c, addr = a.accept()
    b.close()
    c.recv(1)
    c.getpeername()
    c.shutdown(SHUT_WR)
    c.getsockname()


def stream_has_no_source():
    """recvfrom on a stream has no address."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    b = socket()
    b.connect(a.getsockname())
    b.send(b"x")
    c, addr = a.accept()
    c.recvfrom(10)
    d, e = socketpair()
    d.send(b"x")
    e.recvfrom(10)
    e.recvfrom_into(bytearray(1), 1, MSG_DONTWAIT)


def any_host():
    """An empty host is any address to bind to, and this machine to connect to."""
    a = socket()
    a.bind(("", 0))
    a.getsockname()
    a.listen()
    b = socket()
    b.connect(("", a.getsockname()[1]))
    b.getpeername()
    c = socket(AF_INET6)
    c.bind(("", 0))
    c.getsockname()


def zero_host():
    a = socket()
    a.bind(("0.0.0.0", 0))
    a.listen()
    b = socket()
    b.connect(("0.0.0.0", a.getsockname()[1]))
    b.getpeername()


def broadcast_host():
    a = socket(AF_INET, SOCK_DGRAM)
    a.connect(("<broadcast>", 9))
    a.connect(("255.255.255.255", 9))
    a.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
    a.connect(("127.255.255.255", 9))
    a.getpeername()
    b = socket()
    b.bind(("<broadcast>", 0))
    c = socket(AF_INET, SOCK_DGRAM)
    c.bind(("<broadcast>", 0))
    c.getsockname()


def broadcast_host_v6():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("<broadcast>", 0))


def odd_v4_short():
    """The forms of inet_aton."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.connect(("127.1", 9))
    a.getpeername()
    a.connect(("127.0.1", 9))
    a.getpeername()
    a.connect(("2130706433", 9))
    a.getpeername()


def odd_v4_bases():
    a = socket(AF_INET, SOCK_DGRAM)
    a.connect(("0x7f.0.0.1", 9))
    a.getpeername()
    a.connect(("0x7f000001", 9))
    a.getpeername()
    a.connect(("0177.0.0.01", 9))
    a.getpeername()
    a.connect(("127.0.0.010", 9))
    a.getpeername()
    a.connect(("127.0x1", 9))
    a.getpeername()
    a.connect(("0X7F.1", 9))
    a.getpeername()


def v6_literal_on_v4():
    a = socket()
    a.bind(("::1", 0))
    b = socket(AF_INET6)
    b.bind(("127.0.0.1", 0))


def v6_spellings():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.connect(("0:0:0:0:0:0:0:1", 9))
    a.getpeername()
    a.connect(("::ffff:127.0.0.1", 9))
    a.getpeername()
    b = socket(AF_INET6, SOCK_DGRAM)
    b.connect(("::FFFF:7f00:1", 9))
    b.getpeername()


def v6_tuples():
    """Flow information and scope may be left out."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::1", 0, 0))
    a.getsockname()
    b = socket(AF_INET6, SOCK_DGRAM)
    b.connect(("::1", 9, 5, 0))
    b.getpeername()
    c = socket(AF_INET6, SOCK_DGRAM)
    c.connect(("::1", 9, 0, 1))
    c.getpeername()


def v6_flow_range():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.connect(("::1", 9, 0x100000, 0))
    a.connect(("::1", 9, 0xFFFFF, 0))


def v6_link_local():
    """A link-local address needs its interface."""
    a = socket(AF_INET6, SOCK_DGRAM)
    a.connect(("fe80::1", 9))
    a.connect(("fe80::1%nonesuch", 9))
    a.connect(("::1%lo", 9))


def v6_zone():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("fe80::1%lo", 0))
    differs("a zone in the host counts, and lo has no such address; Python drops the zone",
            python="OSError: [Errno 22] Invalid argument",
            go="OSError: [Errno 99] Cannot assign requested address")
    a.bind(("fe80::1", 0, 0, 1))
    a.bind(("fe80::1%lo", 0, 0, 1))


def v4_tuple_of_four():
    a = socket()
    a.bind(("127.0.0.1", 0, 0, 0))


def mapped_peers():
    a = socket(AF_INET6)
    a.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
    a.bind(("::", 0))
    a.listen()
    b = socket()
    b.connect(("127.0.0.1", a.getsockname()[1]))
    c, addr = a.accept()
    addr
    c.getsockname()


def v6_only():
    a = socket(AF_INET6)
    a.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1)
    a.bind(("::", 0))
    a.listen()
    b = socket()
    b.connect_ex(("127.0.0.1", a.getsockname()[1]))


def port_range():
    a = socket()
    a.bind(("127.0.0.1", -1))
    a.bind(("127.0.0.1", 65536))
    a.connect(("127.0.0.1", 70000))
    a.connect_ex(("127.0.0.1", 70000))
    b = socket(AF_INET6)
    b.bind(("::1", -1))
    c = socket(AF_INET, SOCK_DGRAM)
    c.sendto(b"x", ("127.0.0.1", 65536))


def wrong_family_of_address():
    a = socket()
    a.bind("path")
    a.bind(None)
    a.connect_ex(None)
    b = socket(AF_UNIX)
    b.bind(("127.0.0.1", 0))
    b.bind(None)
    c = socket(AF_INET6)
    c.bind("path")
    d = socket(AF_INET, SOCK_DGRAM)
    d.sendto(b"x", None)


def numeric_hosts_that_are_none():
    a = socket()
    a.bind(("1.2.3.4.5", 0))
    a.bind(("256.1.1.1", 0))
    a.bind(("::g", 0))


def localhost():
    a = socket()
    a.bind(("localhost", 0))
    a.getsockname()
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(("localhost", 9))
    b.getpeername()


def not_local():
    a = socket()
    a.bind(("192.0.2.1", 0))
    b = socket(AF_INET6)
    b.bind(("2001:db8::1", 0))
    c = socket(AF_INET, SOCK_DGRAM)
    c.bind(("192.0.2.1", 0))


def bind_twice():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.bind(("127.0.0.1", 0))


def bind_in_use():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    b = socket()
    b.bind(a.getsockname())
    b.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    b.bind(a.getsockname())


def bind_connected():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    b = socket()
    b.connect(a.getsockname())
    b.bind(("127.0.0.1", 0))
