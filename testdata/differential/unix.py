"""AF_UNIX: paths, abstract names, and sockets without a name."""


def path():
    a = socket(AF_UNIX)
    a.bind(tmp("s"))
    a.getsockname()
    a.listen()
    b = socket(AF_UNIX)
    b.connect(tmp("s"))
    b.getpeername()
    b.getsockname()
    c, addr = a.accept()
    addr
    c.getsockname()
    c.getpeername()


def path_of_utf8():
    a = socket(AF_UNIX)
    a.bind(tmp("插座"))
    a.getsockname()


def bound_client():
    a = socket(AF_UNIX)
    a.bind(tmp("s"))
    a.listen()
    b = socket(AF_UNIX)
    b.bind(tmp("c"))
    b.connect(tmp("s"))
    c, addr = a.accept()
    addr
    c.getpeername()


def path_in_use():
    """The file stays after close, and nobody listens on it."""
    a = socket(AF_UNIX)
    a.bind(tmp("s"))
    b = socket(AF_UNIX)
    b.bind(tmp("s"))
    b.connect(tmp("s"))
    a.close()
    b.bind(tmp("s"))
    b.connect(tmp("s"))
    b.connect_ex(tmp("s"))


def path_missing():
    a = socket(AF_UNIX)
    a.connect(tmp("none"))
    a.connect_ex(tmp("none"))
    a.bind(tmp("none/s"))
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.connect(tmp("none"))
    b.sendto(b"x", tmp("none"))


def path_is_no_socket():
    a = socket(AF_UNIX)
    a.connect("/dev/null")
    a.connect("/")
    a.connect("/dev/null/s")
    a.bind("/dev/null")


def path_length():
    a = socket(AF_UNIX)
    a.bind(tmp("s", 108))
    a.bind(tmp("s", 107))
    a.getsockname()
    b = socket(AF_UNIX)
    b.connect_ex(tmp("s", 108))
    b.connect_ex(tmp("s", 107))
    b.connect_ex(tmp("t", 107))


def path_with_nul():
    """What follows a NUL is passed, and not read back."""
    a = socket(AF_UNIX, SOCK_DGRAM)
    a.bind(tmp("a\0b"))
    a.getsockname()


def wrong_kind():
    """A datagram socket can't connect to a stream."""
    a = socket(AF_UNIX)
    a.bind(tmp("s"))
    a.listen()
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.connect(tmp("s"))
    c = socket(AF_UNIX, SOCK_SEQPACKET)
    c.connect_ex(tmp("s"))


def abstract_name():
    a = socket(AF_UNIX)
    a.bind(abstract())
    a.getsockname()
    a.listen()
    b = socket(AF_UNIX)
    b.connect(abstract())
    b.getpeername()
    c, addr = a.accept()
    addr
    d = socket(AF_UNIX)
    d.bind(abstract())


def abstract_name_as_text():
    a = socket(AF_UNIX, SOCK_DGRAM)
    a.connect_ex("\0difftest, not bound by anyone")


def abstract_with_nul():
    """Every byte of an abstract name counts."""
    a = socket(AF_UNIX, SOCK_DGRAM)
    a.bind(abstract(b"\0a\0"))
    a.getsockname()
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.bind(abstract(b"\0b\0"))
    b.sendto(b"x", abstract(b"\0a\0"))
    a.recvfrom(10)
    b.connect_ex(abstract(b"\0a"))


def abstract_length():
    a = socket(AF_UNIX)
    a.bind(abstract(b"", 109))
    a.bind(abstract(b"", 108))
    a.getsockname()


def abstract_not_ascii():
    a = socket(AF_UNIX)
    a.bind(abstract(b"-\xff\xfe"))
    a.getsockname()


def autobind():
    a = socket(AF_UNIX)
    a.bind("")
    a.getsockname()
    a.bind("")
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.bind("")
    c = socket(AF_UNIX, SOCK_DGRAM)
    c.bind("")
    c.sendto(b"x", b.getsockname())
    b.recvfrom(10)


def connect_to_no_name():
    a = socket(AF_UNIX)
    a.connect("")
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.connect("")
    b.sendto(b"x", "")


def anonymous_datagram():
    """A datagram from a socket without a name has no address."""
    a = socket(AF_UNIX, SOCK_DGRAM)
    a.bind(tmp("s"))
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.sendto(b"x", tmp("s"))
    a.recvfrom(10)
    b.bind(tmp("c"))
    b.sendto(b"y", tmp("s"))
    a.recvfrom(10)
    a.sendto(b"z", tmp("c"))
    b.recvfrom(10)


def seqpacket():
    a, b = socketpair(AF_UNIX, SOCK_SEQPACKET)
    a.send(b"one")
    a.send(b"two")
    b.recv(2)
    b.recv(10)
    b.recvfrom(10, MSG_DONTWAIT)
    a.send(b"")
    b.recv(10, MSG_DONTWAIT)
    a.close()
    b.recv(10)


def datagram_pair():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.send(b"one")
    a.send(b"")
    a.send(b"three")
    b.recv(10)
    b.recvfrom(10)
    b.recv(2)
    b.close()
    a.send(b"x")


def datagram_peer_refuses():
    """A connected datagram socket takes from its peer alone."""
    a = socket(AF_UNIX, SOCK_DGRAM)
    a.bind(tmp("a"))
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.bind(tmp("b"))
    a.connect(tmp("b"))
    c = socket(AF_UNIX, SOCK_DGRAM)
    c.sendto(b"x", tmp("a"))
    c.connect_ex(tmp("a"))


def queue_is_full():
    a = socket(AF_UNIX)
    a.bind(tmp("s"))
    a.listen(0)
    b = socket(AF_UNIX)
    b.connect(tmp("s"))
    c = socket(AF_UNIX)
    c.settimeout(0)
    c.connect(tmp("s"))
    c.connect_ex(tmp("s"))
    d = socket(AF_UNIX)
    d.settimeout(0.001)
    d.connect(tmp("s"))
    differs("it waits up to the timeout; Python doesn't",
            python="BlockingIOError: [Errno 11] Resource temporarily unavailable",
            go="TimeoutError: timed out")
    d.connect_ex(tmp("s"))
    e, addr = a.accept()
    d.settimeout(5)
    d.connect_ex(tmp("s"))


def credentials():
    a, b = socketpair()
    len(a.getsockopt(SOL_SOCKET, SO_PEERCRED, 12))
    a.getsockopt(SOL_SOCKET, SO_DOMAIN)
    a.getsockopt(SOL_SOCKET, SO_PROTOCOL)
