"""Descriptors and credentials in control messages, and what cuts them off."""


def one():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_SPACE(4))


def several():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w, r]))])
    b.recvmsg(10, CMSG_SPACE(12))


def room_of_len():
    """The padding at the end need not be there."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_LEN(4))


def room_for_more():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, 1000)
    a.send(b"y")
    b.recvmsg(10, 1000)


def two_items():
    """Two items arrive as one."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r])), (SOL_SOCKET, SCM_RIGHTS, packed([w]))])
    b.recvmsg(10, CMSG_SPACE(4) + CMSG_LEN(4))
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r])), (SOL_SOCKET, SCM_RIGHTS, packed([w]))])
    b.recvmsg(10, CMSG_LEN(8))


def not_asked_for():
    """Descriptors for which there is no buffer are closed."""
    a, b = socketpair()
    c, d = socketpair()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([c.fileno()]))])
    c.close()
    b.recvmsg(10)
    d.recv(10)


def lost_to_recv():
    a, b = socketpair()
    c, d = socketpair()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([c.fileno()]))])
    c.close()
    b.recv(10)
    d.recv(10)


def lost_with_the_queue():
    """A descriptor that nobody received goes with the socket."""
    a, b = socketpair()
    c, d = socketpair()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([c.fileno()]))])
    c.close()
    b.close()
    d.recv(10)


def room_of_one_byte():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, 1)


def room_of_two_ints():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, 8)


def room_below_a_header():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_LEN(0) - 1)


def room_of_a_header():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_LEN(0))


def room_within_the_first():
    """1, 2 and 3 bytes of the first descriptor."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_LEN(0) + 1)
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_LEN(0) + 2)
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, CMSG_LEN(0) + 3)


def room_of_one_of_two():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg(10, CMSG_LEN(4))


def room_within_the_second():
    """1, 2 and 3 bytes of the second descriptor."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg(10, CMSG_LEN(4) + 1)
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg(10, CMSG_LEN(4) + 2)
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg(10, CMSG_LEN(8) - 1)


def no_descriptors():
    """An empty list is sent as nothing."""
    a, b = socketpair()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([]))])
    b.recvmsg(10, 100)


def part_of_a_number():
    """What is less than an int at the end is ignored."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]) + b"\xff\xff\xff")])
    b.recvmsg(10, 100)


def part_of_a_number_between():
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]) + b"\xff"), (SOL_SOCKET, SCM_RIGHTS, packed([w]))])
    b.recvmsg(10, 100)


def one_that_is_not_open():
    """Nothing is sent then."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, 987654]))])
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([-1]))])
    b.recv(10, MSG_DONTWAIT)


def too_many():
    """Linux takes 253 at once."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]) * 254)])
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]) * 253)])
    b.recvmsg(10, CMSG_SPACE(1012))


def without_data():
    """A stream sends no descriptors without a byte of data."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    a.sendmsg([b""], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, 100, MSG_DONTWAIT)


def without_data_datagram():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    r, w = pipe()
    a.sendmsg([], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, 100)


def in_a_stream():
    """They stay with the bytes that they were sent with."""
    a, b = socketpair()
    r, w = pipe()
    a.send(b"before")
    a.sendmsg([b"with"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    a.send(b"after")
    b.recvmsg(100, 100)
    b.recvmsg(100, 100)


def read_in_parts():
    """The first part brings them."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"hello"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(2, 100)
    b.recvmsg(10, 100)


def peeked():
    """MSG_PEEK duplicates them each time."""
    a, b = socketpair()
    r, w = pipe()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r]))])
    b.recvmsg(10, 100, MSG_PEEK)
    b.recvmsg(10, 100, MSG_PEEK)
    b.recvmsg(10, 100)
    b.recvmsg(10, 100, MSG_DONTWAIT)


def datagram_and_data_cut():
    """Both flags, with a datagram too long as well."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    r, w = pipe()
    a.sendmsg([b"hello"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg(2, CMSG_LEN(4))


def into_buffers():
    a, b = socketpair(AF_UNIX, SOCK_SEQPACKET)
    r, w = pipe()
    x, y = (bytearray(2), bytearray(2))
    a.sendmsg([b"hel", b"lo"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg_into([x, y], CMSG_SPACE(8))
    bytes(x)
    bytes(y)
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([r, w]))])
    b.recvmsg_into([x], CMSG_LEN(8) - 1)


def on_the_wrong_family():
    """TCP passes no descriptors."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    b.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([b.fileno()]))])
    c = socket(AF_INET, SOCK_DGRAM)
    c.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, packed([c.fileno()]))], 0, ("127.0.0.1", 9))


def a_listening_socket():
    """The one who receives a listener accepts on it."""
    a, b = socketpair()
    c = create_server(("127.0.0.1", 0))
    d = create_connection(c.getsockname())
    send_fds(a, [b"x"], [c.fileno()])
    c.close()
    data, fds, flags, addr = recv_fds(b, 10, 1)
    e = socket(fileno=fds[0])
    f, addr = e.accept()
    f.send(b"welcome")
    d.recv(100)


def fds_with_more_room():
    """recv_fds leaves the data alone when there are no descriptors."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    r, w = pipe()
    a.send(b"plain")
    recv_fds(b, 3, 1)
    send_fds(a, [b"one, ", b"two"], [r])
    recv_fds(b, 100, 20)


def fds_wrong_sizes():
    a, b = socketpair()
    recv_fds(b, -1, 1)
    recv_fds(b, 10, -1)


def credentials():
    """SO_PASSCRED brings the sender's process, user and group."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    a.send(b"before")
    b.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
    a.send(b"after")
    b.recvmsg(10, CMSG_SPACE(12))
    b.recvmsg(10, CMSG_SPACE(12))
    a.send(b"short")
    b.recvmsg(10, CMSG_LEN(12) - 4)


def credentials_that_are_wrong():
    a, b = socketpair()
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_CREDENTIALS, packed([1, 0]))])
    a.sendmsg([b"x"], [(SOL_SOCKET, SCM_CREDENTIALS, b"")])


def credentials_and_descriptors():
    """Two items, and the second cut off."""
    a, b = socketpair()
    r, w = pipe()
    b.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
    send_fds(a, [b"x"], [r, w])
    b.recvmsg(10, 100)
    send_fds(a, [b"x"], [r, w])
    b.recvmsg(10, CMSG_SPACE(12) + CMSG_LEN(4))
    send_fds(a, [b"x"], [r, w])
    b.recvmsg(10, CMSG_SPACE(12) + CMSG_LEN(0))
    send_fds(a, [b"x"], [r, w])
    b.recvmsg(10, CMSG_SPACE(12))
