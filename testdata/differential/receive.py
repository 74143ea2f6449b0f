"""recv and its relatives."""


def nothing_asked_for():
    """recv(0) is no system call; recvfrom(0) consumes a datagram."""
    a = socket()
    a.recv(0)
    a.recv_into(bytearray(0))
    b, c = socketpair(AF_UNIX, SOCK_DGRAM)
    b.send(b"one")
    b.send(b"two")
    c.recv(0)
    c.recv(10, MSG_PEEK)
    c.recvfrom(0)
    c.recv(10)
    b.send(b"three")
    c.recvfrom_into(bytearray(0))
    c.setblocking(False)
    c.recv(10)


def recvfrom_nothing_on_a_stream():
    a, b = socketpair()
    a.send(b"x")
    b.recvfrom(0)
    b.recvfrom(5)
    a.close()
    b.recvfrom(0)


def negative_sizes():
    a, b = socketpair()
    a.recv(-1)
    a.recvfrom(-1)
    b.send(b"x")
    a.recv(5)


def parts_of_a_stream():
    a, b = socketpair()
    a.sendall(b"hello, world")
    b.recv(5)
    b.recv(1)
    b.recv(100)


def parts_of_a_datagram():
    """What is too long for a datagram's buffer is lost."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.send(b"hello, world")
    a.send(b"next")
    b.recv(5)
    b.recv(100)


def end_of_stream():
    a, b = socketpair()
    a.send(b"last")
    a.close()
    b.recv(10)
    b.recv(10)
    b.recvfrom(10)
    b.recv_into(bytearray(4))
    b.settimeout(0)
    b.recv(10)


def peek():
    a, b = socketpair()
    a.send(b"hello")
    b.recv(2, MSG_PEEK)
    b.recv(10, MSG_PEEK)
    b.recvfrom(10, MSG_PEEK)
    b.recv(10)
    b.recv(10, MSG_PEEK | MSG_DONTWAIT)


def peek_datagram():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    a.sendto(b"hello", a.getsockname())
    a.recvfrom(2, MSG_PEEK)
    a.recvfrom(10)
    a.recvfrom(10, MSG_PEEK | MSG_DONTWAIT)


def truncated_datagram():
    """With MSG_TRUNC the count is the datagram's."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.send(b"hello, world")
    b.recv_into(bytearray(5), 5, MSG_TRUNC | MSG_PEEK)
    b.recvfrom_into(bytearray(5), 5, MSG_TRUNC)
    a.send(b"hello")
    b.recv(10, MSG_TRUNC)


def truncated_stream():
    """On a TCP stream MSG_TRUNC throws the data away."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.send(b"hello")
    readable(c)
    c.recv_into(bytearray(3), 3, MSG_TRUNC)
    c.recv(10)


def waitall():
    a, b = socketpair()
    a.send(b"hello")
    b.recv(5, MSG_WAITALL)
    a.send(b"bye")
    a.close()
    b.recv(10, MSG_WAITALL)
    b.recv(10, MSG_WAITALL)


def waitall_peek():
    a, b = socketpair()
    a.send(b"hello")
    b.recv(5, MSG_WAITALL | MSG_PEEK)
    b.recv(3, MSG_WAITALL)
    a.close()
    b.recv(3, MSG_WAITALL)


def waitall_datagram():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.send(b"one")
    a.send(b"two")
    b.recv(6, MSG_WAITALL)


def waitall_dontwait():
    a, b = socketpair()
    a.send(b"he")
    b.recv(5, MSG_WAITALL | MSG_DONTWAIT)
    b.recv(5, MSG_WAITALL | MSG_DONTWAIT)


def out_of_band():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.recv(1, MSG_OOB)
    b.send(b"ab", MSG_OOB)
    readable(c)
    c.recv(10)
    c.recv(1, MSG_OOB)
    c.recv(1, MSG_OOB)
    c.setblocking(False)
    c.recv(10)


def out_of_band_inline():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.setsockopt(SOL_SOCKET, SO_OOBINLINE, 1)
    b.send(b"a", MSG_OOB)
    readable(c)
    c.recv(1, MSG_OOB)
    c.recv(10)


def out_of_band_elsewhere():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.recv(1, MSG_OOB)
    a.send(b"x", MSG_OOB)


def empty_datagram():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    a.sendto(b"", a.getsockname())
    a.sendto(b"", a.getsockname())
    a.sendto(b"x", a.getsockname())
    a.recvfrom(10)
    a.recv(10)
    a.recv(10)


def into_a_buffer():
    a, b = socketpair()
    a.send(b"hello")
    buf = bytearray(8)
    b.recv_into(buf)
    bytes(buf)
    a.send(b"worlds")
    b.recv_into(buf, 3)
    bytes(buf)
    b.recv_into(buf, 0)
    bytes(buf)


def into_a_buffer_from():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.send(b"hello")
    buf = bytearray(4)
    b.recvfrom_into(buf)
    bytes(buf)
    a.send(b"xyz")
    b.recvfrom_into(buf, 2)
    bytes(buf)


def not_connected():
    a = socket()
    a.recv(1)
    a.recvfrom(1)
    a.recv_into(bytearray(1))
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.recv(1)
    b = socket(AF_UNIX)
    b.recv(1)
    c = socket(AF_UNIX, SOCK_SEQPACKET)
    c.recv(1)


def reset():
    """A reset shows once, and then the end."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.send(b"not read")
    readable(b)
    b.close()
    c.recv(10)
    c.recv(10)
    c.send(b"x")


def reset_by_linger():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.setsockopt(SOL_SOCKET, SO_LINGER, b"\1\0\0\0\0\0\0\0")
    b.send(b"lost")
    readable(c)
    b.close()
    c.settimeout(5)
    c.recv(10)
    c.recv(10)
    c.recv(10)
    c.getpeername()
    c.shutdown(SHUT_RDWR)


def reset_seen_by_option():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.setsockopt(SOL_SOCKET, SO_LINGER, b"\1\0\0\0\0\0\0\0")
    b.close()
    readable(c)
    c.getsockopt(SOL_SOCKET, SO_ERROR)
    c.recv(10)


def error_queue_is_empty():
    """The error queue never blocks."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.recv(10, MSG_ERRQUEUE)
    a.settimeout(0)
    a.recv(10, MSG_ERRQUEUE)


def unknown_flags():
    a, b = socketpair()
    b.send(b"x")
    a.recv(10, 0x800000)


def large_sizes():
    a, b = socketpair()
    b.send(b"x")
    a.recv(1000000)
    b.send(b"y")
    a.recvfrom(100000)


def text_of_utf8():
    a, b = socketpair()
    a.sendall(b"\xe4\xbd\xa0\xe5\xa5\xbd")
    b.recv(4)
    b.recv(4)
