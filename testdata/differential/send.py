"""send, sendall and sendto."""


def counts():
    a, b = socketpair()
    a.send(b"hello")
    a.send(b"")
    a.sendall(b"world")
    a.sendall(b"")
    b.recv(100)


def not_connected_stream():
    a = socket()
    a.send(b"x")
    a.sendall(b"x")
    a.sendto(b"x", ("127.0.0.1", 9))
    a.send(b"")
    b = socket(AF_UNIX)
    b.send(b"x")
    b.sendto(b"x", tmp("s"))
    c = socket(AF_INET6)
    c.send(b"x")


def not_connected_datagram():
    a = socket(AF_INET, SOCK_DGRAM)
    a.send(b"x")
    a.sendall(b"x")
    a.send(b"")
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.send(b"x")
    c = socket(AF_INET6, SOCK_DGRAM)
    c.send(b"x")
    d = socket(AF_UNIX, SOCK_SEQPACKET)
    d.send(b"x")


def to_a_listener():
    a = create_server(("127.0.0.1", 0))
    a.send(b"x")
    a.recv(1)


def broken_pipe():
    a, b = socketpair()
    b.close()
    a.send(b"x")
    a.send(b"x")
    a.sendall(b"x")
    a.send(b"x", MSG_NOSIGNAL)
    a.sendto(b"x", "")
    a.recv(10)


def broken_pipe_tcp():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.close()
    b.recv(1)
    b.send(b"x")
    readable(b)
    b.settimeout(5)
    b.sendall(b"x")


def after_shutdown():
    a, b = socketpair()
    a.shutdown(SHUT_WR)
    a.send(b"x")
    a.send(b"")
    a.sendall(b"x")
    c = create_server(("127.0.0.1", 0))
    d = create_connection(c.getsockname())
    d.shutdown(SHUT_WR)
    d.send(b"x")
    d.send(b"")


def too_large():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    a.sendto(b"x" * 65508, a.getsockname())
    a.sendto(b"x" * 65507, a.getsockname())
    a.recvfrom(70000)
    b, c = socketpair(AF_UNIX, SOCK_DGRAM)
    b.setsockopt(SOL_SOCKET, SO_SNDBUF, 5000)
    b.send(b"x" * 100000)
    b.sendall(b"x" * 100000)
    d, e = socketpair(AF_UNIX, SOCK_SEQPACKET)
    d.setsockopt(SOL_SOCKET, SO_SNDBUF, 5000)
    d.send(b"x" * 100000)


def broadcast():
    a = socket(AF_INET, SOCK_DGRAM)
    a.sendto(b"x", ("<broadcast>", 9))
    a.sendto(b"x", ("127.255.255.255", 9))
    a.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
    a.sendto(b"x", ("127.255.255.255", 9))


def port_zero():
    a = socket(AF_INET, SOCK_DGRAM)
    a.sendto(b"x", ("127.0.0.1", 0))


def sendto_connected():
    """On a connected datagram socket the address wins."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.bind(("127.0.0.1", 0))
    c = socket(AF_INET, SOCK_DGRAM)
    c.connect(a.getsockname())
    c.sendto(b"to b", b.getsockname())
    b.recv(10)
    c.send(b"to a")
    a.recv(10)


def sendto_connected_stream():
    """A connected TCP stream takes no notice of the address, AF_UNIX does."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.sendto(b"x", ("127.0.0.1", 9))
    c.recv(10)
    d, e = socketpair()
    d.sendto(b"x", tmp("s"))
    f, g = socketpair(AF_UNIX, SOCK_SEQPACKET)
    f.sendto(b"x", tmp("s"))


def sendto_with_flags():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendto(b"x", MSG_DONTWAIT, a.getsockname())
    b.sendto(b"y", 0, a.getsockname())
    a.recv(10)
    a.recv(10)
    b.sendto(b"x", MSG_OOB, a.getsockname())


def sendto_not_there():
    a = socket(AF_INET, SOCK_DGRAM)
    a.sendto(b"x", ("240.0.0.1", 9))
    b = socket(AF_INET6, SOCK_DGRAM)
    b.sendto(b"x", ("fe80::1", 9))
    c = socket(AF_INET, SOCK_DGRAM)
    c.sendto(b"x", ("::1", 9))


def sendto_wrong_family():
    a = socket(AF_INET, SOCK_DGRAM)
    a.sendto(b"x", "path")
    a.sendto(b"x", ("127.0.0.1", -1))
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.sendto(b"x", ("127.0.0.1", 9))


def sendto_odd_hosts():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendto(b"one", ("localhost", a.getsockname()[1]))
    a.recv(10)
    b.sendto(b"two", ("127.1", a.getsockname()[1]))
    a.recv(10)
    b.sendto(b"three", ("", a.getsockname()[1]))
    a.recv(10)


def bound_by_sending():
    """The first sendto gives a socket its port."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendto(b"x", a.getsockname())
    b.getsockname()
    a.recvfrom(10)


def more_to_come():
    """MSG_MORE holds a datagram back until the rest is there."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(a.getsockname())
    b.send(b"one, ", MSG_MORE)
    b.send(b"two")
    a.recv(100)


def flags_that_are_refused():
    a, b = socketpair()
    a.send(b"x", MSG_OOB | MSG_DONTWAIT)
    a.send(b"x", MSG_ERRQUEUE)
    a.send(b"x", MSG_CONFIRM)
    b.recv(100)


def large_data():
    a, b = socketpair()
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 300000)
    a.sendall(b"0123456789" * 5000)
    receive(b, 50000)


def datagram_queue_is_full():
    """A full queue of the receiver's."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    fill(a)
    a.send(b"x")
    a.settimeout(0.001)
    a.send(b"x")
    b.recv(3)
    a.settimeout(0)
    a.send(b"x")


def datagram_queue_is_full_by_name():
    a = socket(AF_UNIX, SOCK_DGRAM)
    a.bind(tmp("s"))
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.connect(tmp("s"))
    fill(b)
    c = socket(AF_UNIX, SOCK_DGRAM)
    c.settimeout(0)
    c.sendto(b"x", tmp("s"))
    c.settimeout(0.001)
    c.sendto(b"x", tmp("s"))
    a.recv(3)
    c.sendto(b"x", tmp("s"))
