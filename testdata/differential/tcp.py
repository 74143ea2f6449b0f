"""TCP's own options, urgent data, and listeners."""


def urgent_data_in_between():
    """The urgent byte stands aside, and a receive stops at its mark."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.send(b"before")
    b.send(b"!", MSG_OOB)
    b.send(b"after")
    b.shutdown(SHUT_WR)
    c.recv(100)
    c.recv(1, MSG_OOB)
    c.recv(100)
    c.recv(1, MSG_OOB)


def urgent_data_peeked():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.send(b"!", MSG_OOB)
    b.send(b"x")
    readable(c)
    c.recv(1, MSG_OOB | MSG_PEEK)
    c.recv(1, MSG_OOB)
    c.recvfrom(1, MSG_OOB)
    c.recvmsg(1, 0, MSG_OOB)


def urgent_data_inline():
    """SO_OOBINLINE leaves it in the stream, in its place."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.setsockopt(SOL_SOCKET, SO_OOBINLINE, 1)
    c.getsockopt(SOL_SOCKET, SO_OOBINLINE)
    b.send(b"before")
    b.send(b"!", MSG_OOB)
    b.send(b"after")
    receive(c, 12)


def urgent_data_of_a_path():
    """AF_UNIX streams have an urgent byte too; the newest counts."""
    a, b = socketpair()
    a.send(b"one")
    a.send(b"!", MSG_OOB)
    a.send(b"two")
    b.recv(1, MSG_OOB)
    b.recv(10)
    b.recv(10)
    b.recv(1, MSG_OOB)


def urgent_data_without_a_connection():
    a = socket()
    a.recv(1, MSG_OOB)
    a.send(b"!", MSG_OOB)
    b = create_server(("127.0.0.1", 0))
    b.recv(1, MSG_OOB)


def linger_of_zero_resets():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.setsockopt(SOL_SOCKET, SO_LINGER, packed([1, 0]))
    b.getsockopt(SOL_SOCKET, SO_LINGER, 8)
    b.close()
    c.recv(1)


def linger_off_and_on():
    """Two ints, on and seconds; a negative number of seconds is very many."""
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_LINGER, packed([7, 3]))
    a.getsockopt(SOL_SOCKET, SO_LINGER, 8)
    a.setsockopt(SOL_SOCKET, SO_LINGER, packed([0, 3]))
    a.getsockopt(SOL_SOCKET, SO_LINGER, 8)


def keep_alive():
    a = create_server(("127.0.0.1", 0))
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    a.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 100)
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    c.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE)
    c.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 32768)
    c.setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, 0)
    c.setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 128)
    c.setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 127)
    c.getsockopt(IPPROTO_TCP, TCP_KEEPCNT)


def numbers():
    a = socket()
    a.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    a.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    a.setsockopt(IPPROTO_TCP, TCP_CORK, 1)
    a.getsockopt(IPPROTO_TCP, TCP_CORK)
    a.setsockopt(IPPROTO_TCP, TCP_QUICKACK, 0)
    a.setsockopt(IPPROTO_TCP, TCP_SYNCNT, 3)
    a.getsockopt(IPPROTO_TCP, TCP_SYNCNT)
    a.setsockopt(IPPROTO_TCP, TCP_SYNCNT, 300)
    a.setsockopt(IPPROTO_TCP, TCP_LINGER2, 5)
    a.getsockopt(IPPROTO_TCP, TCP_LINGER2)
    a.setsockopt(IPPROTO_TCP, TCP_WINDOW_CLAMP, 5000)
    a.getsockopt(IPPROTO_TCP, TCP_WINDOW_CLAMP)
    a.setsockopt(IPPROTO_TCP, TCP_MAXSEG, 1000)
    a.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, -1)


def cork():
    """What is corked goes out when the cork is taken away, in one piece."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.setsockopt(IPPROTO_TCP, TCP_CORK, 1)
    b.send(b"one, ")
    b.send(b"two")
    b.setsockopt(IPPROTO_TCP, TCP_CORK, 0)
    c.recv(100)


def congestion_control():
    """A name, with zeroes behind it up to its 16 bytes."""
    a = socket()
    a.setsockopt(IPPROTO_TCP, TCP_CONGESTION, b"reno")
    a.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16)
    a.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 3)
    a.setsockopt(IPPROTO_TCP, TCP_CONGESTION, b"reno\0more")
    a.setsockopt(IPPROTO_TCP, TCP_CONGESTION, b"")


def accepted_when_data_are_there():
    """With TCP_DEFER_ACCEPT a connection waits in the queue until it has sent."""
    a = create_server(("127.0.0.1", 0))
    a.setsockopt(IPPROTO_TCP, TCP_DEFER_ACCEPT, 1)
    a.getsockopt(IPPROTO_TCP, TCP_DEFER_ACCEPT)
    b = create_connection(a.getsockname())
    a.settimeout(0)
    a.accept()
    b.send(b"x")
    a.settimeout(5)
    c, addr = a.accept()
    c.recv(10)


def fast_open():
    """The length of a listener's queue of TCP_FASTOPEN."""
    a = create_server(("127.0.0.1", 0))
    a.setsockopt(IPPROTO_TCP, TCP_FASTOPEN, 5)
    a.getsockopt(IPPROTO_TCP, TCP_FASTOPEN)
    a.setsockopt(IPPROTO_TCP, TCP_FASTOPEN, -1)
    b = socket()
    b.getsockopt(IPPROTO_TCP, TCP_FASTOPEN)
    b.setsockopt(IPPROTO_TCP, TCP_FASTOPEN, 5)


def options_of_a_pair():
    a, b = socketpair()
    a.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    a.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    a.getsockopt(SOL_SOCKET, SO_OOBINLINE)


def one_port_for_two_listeners():
    """SO_REUSEPORT has to be set on both."""
    a = socket()
    a.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
    a.bind(("127.0.0.1", 0))
    a.listen()
    b = socket()
    b.bind(a.getsockname())
    b.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
    b.bind(a.getsockname())
    b.listen()
    b.getsockopt(SOL_SOCKET, SO_REUSEPORT)


def server_of_both_families():
    """With dualstack_ipv6 AF_INET's clients come as mapped addresses."""
    a = create_server(("::", 0), family=AF_INET6, dualstack_ipv6=True)
    b = socket(AF_INET6)
    b.connect(("::1", a.getsockname()[1]))
    c, addr = a.accept()
    addr
    c.getsockname()
    d = create_connection(("127.0.0.1", a.getsockname()[1]))
    e, addr = a.accept()
    addr
    e.family


def server_of_both_takes_both_ports():
    a = create_server(("::", 0), family=AF_INET6, dualstack_ipv6=True)
    create_server(("", a.getsockname()[1]))
    create_server(("::", a.getsockname()[1]), family=AF_INET6)


def server_of_a_wrong_kind():
    create_server(("localhost", 0), family=AF_UNIX)
    create_server(tmp("t"), family=AF_UNIX, dualstack_ipv6=True)


def server_again():
    """A path stays behind when the server closes."""
    c = create_server(tmp("s"), family=AF_UNIX)
    c.close()
    create_server(tmp("s"), family=AF_UNIX)


def server_with_the_default_timeout():
    setdefaulttimeout(0.001)
    a = create_server(("127.0.0.1", 0))
    a.gettimeout()
    a.accept()
    b = create_connection(a.getsockname())
    b.gettimeout()
    b.recv(1)


def connection_by_the_wrong_source():
    """Each address's error with all_errors, the last otherwise."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    create_connection(a.getsockname(), 5, ("127.0.0.1", 65536))
    create_connection(a.getsockname(), 5, ("192.0.2.1", 0), all_errors=True)
    create_connection(a.getsockname(), 5, ("192.0.2.1", 0))
    create_connection(a.getsockname(), 5, ("127.0.0.1", 0))


def connection_to_four_items():
    a = socket(AF_INET6)
    a.bind(("::1", 0))
    create_connection(a.getsockname())
    differs("an address of AF_INET6 is taken with all its items; Python takes host and port only",
            python="ArgumentError", go="ConnectionRefusedError: [Errno 111] Connection refused")
