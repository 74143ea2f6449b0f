"""The life of a socket: made, adopted, duplicated, listening, closed."""


def defaults():
    a = socket()
    a.family
    a.type
    a.proto
    a.timeout
    a.getsockname()
    a.getpeername()
    a.fileno()


def made_by_position():
    socket(AF_INET, SOCK_DGRAM)
    socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)
    socket(AF_INET6)
    socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP)
    socket(AF_UNIX, SOCK_SEQPACKET)
    socket(AF_UNIX, SOCK_DGRAM)
    socket(type=SOCK_DGRAM)
    socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)


def unknown_family():
    socket(99)
    socket(AF_APPLETALK)


def unknown_type():
    socket(AF_INET, 77)
    socket(AF_INET, SOCK_SEQPACKET)
    socket(AF_INET, SOCK_RDM)
    socket(AF_INET, 0)
    socket(AF_UNIX, SOCK_RDM)


def unknown_protocol():
    socket(AF_INET, SOCK_STREAM, 250)
    socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)
    socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP)
    socket(AF_UNIX, SOCK_STREAM, 5)
    socket(AF_INET, SOCK_STREAM, 70000)


def raw_without_protocol():
    socket(AF_INET, SOCK_RAW)
    socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)


def kind_flags():
    """Flags in the type are used and not shown."""
    a = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK)
    a.type
    a.gettimeout()
    b = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC)
    b.type
    b.gettimeout()
    b.get_inheritable()
    c, d = socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK)
    c.type
    d.gettimeout()


def closed():
    """What a closed socket still answers."""
    a = socket()
    a.close()
    a.close()
    a.fileno()
    a.family
    a.type
    a.proto
    a.gettimeout()
    a.getblocking()
    a.recv(0)
    a.detach()


def closed_answers_ebadf():
    a = socket()
    a.close()
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.accept()
    a.connect(("127.0.0.1", 9))
    a.connect_ex(("127.0.0.1", 9))
    a.getsockname()
    a.getpeername()
    a.recv(1)
    a.recvfrom(0)
    a.recv_into(bytearray(1))
    a.recvfrom_into(bytearray(1))
    a.send(b"x")
    a.sendall(b"x")
    a.sendall(b"")
    a.sendto(b"x", ("127.0.0.1", 9))
    a.getsockopt(SOL_SOCKET, SO_TYPE)
    a.getsockopt(SOL_SOCKET, SO_TYPE, 4)
    a.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    a.shutdown(SHUT_RDWR)
    a.dup()
    a.get_inheritable()
    a.set_inheritable(True)


def closed_with_timeout():
    """The timeout is stored before the call fails."""
    a = socket()
    a.close()
    a.settimeout(3)
    a.gettimeout()
    a.setblocking(False)
    a.gettimeout()
    a.settimeout(-1)
    a.gettimeout()


def closed_with_wrong_arguments():
    """Which of the two errors comes first."""
    a = socket()
    a.close()
    a.bind(("127.0.0.1", 65536))
    a.recv(-1)
    a.getsockopt(SOL_SOCKET, SO_TYPE, 2000)


def dup_shares():
    a, b = socketpair()
    c = a.dup()
    c
    c.send(b"one")
    a.send(b"two")
    b.recv(10)
    a.close()
    c.send(b"three")
    b.recv(10)
    c.close()
    b.recv(10)


def dup_keeps_the_timeout():
    a = socket()
    a.settimeout(2.5)
    b = a.dup()
    b.gettimeout()
    b.get_inheritable()
    a.settimeout(0)
    c = a.dup()
    c.gettimeout()
    c.getblocking()


def dup_of_inheritable():
    a = socket()
    a.set_inheritable(True)
    b = a.dup()
    b.get_inheritable()
    a.get_inheritable()


def detach_and_adopt():
    a, b = socketpair()
    a.fileno()
    fd = a.detach()
    a.fileno()
    a.detach()
    a.send(b"x")
    c = socket(fileno=fd)
    c.fileno()
    c.send(b"hello")
    b.recv(10)


def detach_after_waiting():
    """A socket that had to wait detaches like any other."""
    a, b = socketpair()
    a.settimeout(0.001)
    a.recv(1)
    a.fileno()
    fd = a.detach()
    nonblocking(fd)
    c = socket(fileno=fd)
    b.send(b"x")
    c.recv(1)


def detach_leaves_the_mode():
    """The descriptor is blocking if the timeout says so."""
    a = socket()
    fd = a.detach()
    nonblocking(fd)
    close(fd)
    b = socket()
    b.settimeout(1)
    fe = b.detach()
    nonblocking(fe)
    close(fe)
    c = socket()
    c.setblocking(False)
    ff = c.detach()
    nonblocking(ff)
    close(ff)
    close(ff)


def descriptor_is_nonblocking():
    a = socket()
    nonblocking(a.fileno())
    differs("O_NONBLOCK is always set, since Go's poller waits", python="False", go="True")
    a.settimeout(1)
    nonblocking(a.fileno())
    a.settimeout(None)
    nonblocking(a.fileno())
    differs("O_NONBLOCK is always set, since Go's poller waits", python="False", go="True")


def detects_tcp():
    """A descriptor's family, type and protocol are asked of it."""
    a = socket()
    b = socket(fileno=a.detach())
    c = socket(AF_INET6, SOCK_STREAM)
    d = socket(fileno=c.detach())


def detects_the_rest():
    a = socket(AF_INET, SOCK_DGRAM)
    b = socket(fileno=a.detach())
    c = socket(AF_UNIX, SOCK_SEQPACKET)
    d = socket(fileno=c.detach())
    e = socket(AF_UNIX, SOCK_DGRAM)
    f = socket(fileno=e.detach())
    g = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    h = socket(fileno=g.detach())
    h.family


def explicit_values_win():
    a = socket()
    b = socket(AF_INET6, SOCK_DGRAM, 33, fileno=a.detach())
    b.family
    b.type
    b.proto
    c = socket(AF_UNIX, SOCK_STREAM)
    d = socket(type=SOCK_DGRAM, fileno=c.detach())


def wrong_fileno():
    socket(fileno=-1)
    socket(fileno=-5)
    socket(fileno=987654)
    r, w = pipe()
    socket(fileno=r)
    socket(AF_INET, SOCK_STREAM, 0, fileno=w)
    close(987654)
    close(-1)


def fromfd_duplicates():
    a, b = socketpair()
    c = fromfd(a.fileno(), AF_UNIX, SOCK_STREAM)
    c.get_inheritable()
    c.gettimeout()
    c.send(b"x")
    a.send(b"y")
    b.recv(10)
    c.close()
    a.send(b"z")
    b.recv(10)


def fromfd_errors():
    fromfd(987654, AF_INET, SOCK_STREAM)
    r, w = pipe()
    fromfd(r, AF_INET, SOCK_STREAM)


def fromfd_negative():
    fromfd(-1, AF_INET, SOCK_STREAM)
    differs("a negative number is a wrong argument everywhere; Python lets dup say EBADF",
            python="OSError: [Errno 9] Bad file descriptor", go="ArgumentError")


def inheritable_from_the_start():
    """Nothing that is made is inherited (PEP 446)."""
    a = socket()
    a.get_inheritable()
    b, c = socketpair()
    b.get_inheritable()
    c.get_inheritable()
    a.bind(("127.0.0.1", 0))
    a.listen()
    d = socket()
    d.connect(a.getsockname())
    e, addr = a.accept()
    e.get_inheritable()


def set_inheritable():
    a = socket()
    a.set_inheritable(True)
    a.get_inheritable()
    nonblocking(a.fileno())
    a.set_inheritable(True)
    a.get_inheritable()
    a.set_inheritable(False)
    a.get_inheritable()
    a.settimeout(0)
    a.set_inheritable(True)
    nonblocking(a.fileno())


def adopted_keeps_inheritable():
    a = socket()
    a.set_inheritable(True)
    b = socket(fileno=a.detach())
    b.get_inheritable()


def socketpair_defaults():
    a, b = socketpair()
    a
    b
    a.getsockname()
    a.getpeername()
    a.gettimeout()
    c, d = socketpair(AF_UNIX, SOCK_DGRAM)
    e, f = socketpair(AF_UNIX, SOCK_SEQPACKET)
    g, h = socketpair(type=SOCK_DGRAM)


def socketpair_errors():
    socketpair(AF_INET)
    socketpair(AF_INET, SOCK_DGRAM)
    socketpair(AF_UNIX, 77)
    socketpair(99)
    socketpair(AF_UNIX, SOCK_STREAM, 6)


def listen_backlogs():
    a = socket()
    a.listen()
    a.listen(0)
    a.listen(-1)
    a.listen(100000)
    a.getsockopt(SOL_SOCKET, SO_ACCEPTCONN)
    a.getsockname()


def listen_errors():
    a = socket(AF_INET, SOCK_DGRAM)
    a.listen()
    b = socket(AF_UNIX)
    b.listen()
    c, d = socketpair()
    c.listen()
    e = socket(AF_INET, SOCK_STREAM)
    e.bind(("127.0.0.1", 0))
    e.listen()
    f = socket()
    f.connect(e.getsockname())
    f.listen()


def accept_errors():
    a = socket()
    a.accept()
    a.bind(("127.0.0.1", 0))
    a.accept()
    b = socket(AF_INET, SOCK_DGRAM)
    b.accept()
    c, d = socketpair()
    c.accept()


def accept_timeouts():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.settimeout(0)
    a.accept()
    a.settimeout(0.001)
    a.accept()


def accepted_attributes():
    """Family, type and protocol are the listener's."""
    a = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)
    a.bind(("127.0.0.1", 0))
    a.listen()
    b = socket()
    b.connect(a.getsockname())
    c, addr = a.accept()
    c
    d = socket()
    d.bind(("127.0.0.1", 0))
    d.listen()
    e = socket()
    e.connect(d.getsockname())
    f, addr = d.accept()
    f


def shutdown_errors():
    a = socket()
    a.shutdown(SHUT_RD)
    a.shutdown(9)
    a.shutdown(-1)
    b = socket(AF_INET, SOCK_DGRAM)
    b.shutdown(SHUT_WR)
    c, d = socketpair()
    c.shutdown(3)
    c.shutdown(SHUT_RDWR)
    c.shutdown(SHUT_RDWR)


def shutdown_of_a_listener():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.shutdown(SHUT_RDWR)
    a.accept()


def shutdown_writing():
    a, b = socketpair()
    a.send(b"last")
    a.shutdown(SHUT_WR)
    b.recv(10)
    b.recv(10)
    a.send(b"x")
    b.send(b"still")
    a.recv(10)


def shutdown_reading():
    a, b = socketpair()
    b.send(b"before")
    a.shutdown(SHUT_RD)
    a.recv(10)
    a.recv(10)
    b.send(b"x")
