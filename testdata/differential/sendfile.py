"""sendfile: offsets, counts, positions, and files that are none."""


def position_does_not_matter():
    """It begins at the offset, wherever the file's position is."""
    a, b = socketpair()
    f = file(b"hello, world")
    f.seek(5)
    a.sendfile(f, 0, 4)
    f.tell()
    a.sendfile(f, 7)
    f.tell()
    receive(b, 9)


def offset_at_the_end():
    """Nothing is sent, and the position stays."""
    a, b = socketpair()
    f = file(b"hello")
    f.seek(2)
    a.sendfile(f, 5)
    f.tell()
    a.sendfile(f, 6, 1)
    f.tell()
    b.recv(10, MSG_DONTWAIT)


def counts():
    a, b = socketpair()
    f = file(b"0123456789")
    a.sendfile(f, 0, 1)
    a.sendfile(f, 8, 2)
    f.tell()
    a.sendfile(f, 8, 3)
    f.tell()
    receive(b, 5)


def large():
    """More than a socket takes at once, to a peer with room."""
    a, b = socketpair()
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 300000)
    f = file(b"0123456789" * 10000)
    a.sendfile(f)
    f.tell()
    receive(b, 100000)


def timeout_in_the_middle():
    """How much was sent is told by the position."""
    a, b = socketpair()
    fill(a)
    f = file(b"hello")
    f.seek(3)
    a.settimeout(0.001)
    a.sendfile(f)
    f.tell()


def wrong_counts():
    a, b = socketpair()
    f = file(b"hello")
    a.sendfile(f, 0, 0)
    a.sendfile(f, 0, -1000)
    a.sendfile(f, 0, None)
    b.recv(10)


def wrong_kinds_of_socket():
    f = file(b"hello")
    a = socket(AF_INET, SOCK_DGRAM)
    a.sendfile(f)
    b = socket()
    b.sendfile(f)
    b.close()
    b.sendfile(f)
    differs("every call on a closed socket is EBADF; Python's selector refuses the number -1",
            python="ArgumentError", go="OSError: [Errno 9] Bad file descriptor")


def not_to_a_nonblocking_socket():
    """That comes after the empty file, and before anything is sent."""
    a, b = socketpair()
    a.settimeout(0)
    a.sendfile(file(b""))
    a.sendfile(file(b"hello"))
    b.recv(10, MSG_DONTWAIT)


def files_without_a_size():
    """Devices and what /proc makes up have the size 0, and nothing is sent."""
    a, b = socketpair()
    a.sendfile(opened("/dev/zero"))
    a.sendfile(opened("/dev/null"), 0, 10)
    a.sendfile(opened("/proc/version"))
    b.recv(10, MSG_DONTWAIT)


def closed_file():
    a, b = socketpair()
    f = file(b"hello")
    f.close()
    a.sendfile(f)


def after_the_end():
    a, b = socketpair()
    f = file(b"hello")
    a.shutdown(SHUT_WR)
    a.sendfile(f)
    c = create_server(("127.0.0.1", 0))
    d = create_connection(c.getsockname())
    d.shutdown(SHUT_WR)
    f.seek(0)
    d.sendfile(f)
    f.seek(0)
    c.sendfile(f)


def over_tcp():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    f = file(b"body")
    b.sendall(b"head")
    b.sendfile(f)
    b.sendall(b"tail")
    b.close()
    receive(c, 100)


def between_buffered_writes():
    """What a makefile still holds comes later."""
    a, b = socketpair()
    g = a.makefile("wb")
    g.write(b"written first")
    a.sendfile(file(b"sent first, "))
    g.flush()
    receive(b, 25)
