"""Timeouts and blocking."""


def get_and_set():
    a = socket()
    a.gettimeout()
    a.getblocking()
    a.settimeout(0)
    a.gettimeout()
    a.getblocking()
    a.settimeout(2.5)
    a.gettimeout()
    a.timeout
    a.getblocking()
    a.settimeout(10)
    a.gettimeout()
    a.settimeout(None)
    a.gettimeout()
    a.getblocking()


def set_blocking():
    a = socket()
    a.setblocking(False)
    a.gettimeout()
    a.setblocking(True)
    a.gettimeout()
    a.settimeout(3)
    a.setblocking(True)
    a.gettimeout()
    a.setblocking(0)
    a.getblocking()


def negative():
    a = socket()
    a.settimeout(5)
    a.settimeout(-1)
    a.settimeout(-0.001)
    a.gettimeout()
    setdefaulttimeout(-1)
    getdefaulttimeout()


def below_a_microsecond():
    a = socket()
    a.settimeout(0.000001)
    a.gettimeout()
    a.settimeout(0.0000001)
    differs("so small a Duration comes of a forgotten unit, settimeout(5) for 5*time.Second",
            python="None", go="ArgumentError")


def default_timeout():
    getdefaulttimeout()
    setdefaulttimeout(7)
    getdefaulttimeout()
    a = socket()
    a.gettimeout()
    b, c = socketpair()
    b.gettimeout()
    c.gettimeout()
    d = socket(fileno=b.detach())
    d.gettimeout()
    e = fromfd(c.fileno(), AF_UNIX, SOCK_STREAM)
    e.gettimeout()
    f = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK)
    f.gettimeout()
    setdefaulttimeout(0)
    g = socket()
    g.gettimeout()
    setdefaulttimeout(None)
    getdefaulttimeout()
    a.gettimeout()


def default_timeout_of_accept():
    """An accepted socket has the default timeout, never the listener's."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.settimeout(5)
    b = socket()
    b.connect(a.getsockname())
    c, addr = a.accept()
    c.gettimeout()
    c.getblocking()
    setdefaulttimeout(3)
    d = socket()
    d.connect(a.getsockname())
    e, addr = a.accept()
    e.gettimeout()
    setdefaulttimeout(None)
    a.settimeout(0)
    f = socket()
    f.connect(a.getsockname())
    readable(a)
    g, addr = a.accept()
    g.gettimeout()


def default_timeout_of_dup():
    setdefaulttimeout(3)
    a = socket()
    a.settimeout(8)
    b = a.dup()
    b.gettimeout()
    c = create_server(("127.0.0.1", 0))
    c.gettimeout()
    d = create_connection(c.getsockname())
    d.gettimeout()
    e = create_connection(c.getsockname(), timeout=None)
    e.gettimeout()


def receiving_nothing():
    a, b = socketpair()
    a.settimeout(0)
    a.recv(1)
    a.recvfrom(1)
    a.recv_into(bytearray(1))
    a.recvfrom_into(bytearray(1))
    a.settimeout(0.001)
    a.recv(1)
    a.recvfrom(1)
    a.recv_into(bytearray(1))
    a.recvfrom_into(bytearray(1))
    b.send(b"x")
    a.recv(1)


def receiving_nothing_udp():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    a.settimeout(0.001)
    a.recvfrom(10)
    a.setblocking(False)
    a.recvfrom(10)
    a.sendto(b"x", a.getsockname())
    a.recvfrom(10)


def sending_too_much():
    a, b = socketpair()
    fill(a)
    a.send(b"x")
    a.sendall(b"x")
    a.settimeout(0.001)
    a.send(b"x")
    a.sendall(b"x")
    a.sendall(b"")
    differs("sending nothing never has to wait; Python waits until something could be sent",
            python="TimeoutError: timed out", go="None")


def sendall_with_timeout():
    a, b = socketpair()
    a.settimeout(0.01)
    a.sendall(b"x" * 10000000)
    a.settimeout(0)
    a.sendall(b"x" * 10000000)


def dontwait():
    a, b = socketpair()
    a.recv(1, MSG_DONTWAIT)
    a.settimeout(0.001)
    a.recv(1, MSG_DONTWAIT)
    differs("MSG_DONTWAIT never waits, whatever the timeout; Python waits if one is set",
            python="TimeoutError: timed out",
            go="BlockingIOError: [Errno 11] Resource temporarily unavailable")
    a.settimeout(0)
    a.recv(1, MSG_DONTWAIT)


def dontwait_sending():
    a, b = socketpair()
    fill(a)
    a.settimeout(None)
    a.send(b"x", MSG_DONTWAIT)
    a.sendall(b"x", MSG_DONTWAIT)


@layout
def kernel_receive_timeout():
    """SO_RCVTIMEO holds while no timeout is set, and ends in EAGAIN."""
    a, b = socketpair()
    a.setsockopt(SOL_SOCKET, SO_RCVTIMEO, bytes(8) + b"\x10\x27" + bytes(6))
    a.recv(1)
    a.settimeout(0.001)
    a.recv(1)
    a.settimeout(None)
    b.send(b"x")
    a.recv(1)


@layout
def kernel_send_timeout():
    a, b = socketpair()
    fill(a)
    a.settimeout(None)
    a.setsockopt(SOL_SOCKET, SO_SNDTIMEO, bytes(8) + b"\x10\x27" + bytes(6))
    a.send(b"x")
    a.sendall(b"x")


def waitall_with_timeout():
    """With a timeout MSG_WAITALL returns what is there."""
    a, b = socketpair()
    b.send(b"abc")
    a.settimeout(5)
    a.recv(10, MSG_WAITALL)
    a.settimeout(0.001)
    a.recv(10, MSG_WAITALL)
    a.settimeout(0)
    b.send(b"de")
    a.recv(10, MSG_WAITALL)


def timeout_keeps_the_data():
    a, b = socketpair()
    a.settimeout(0.001)
    a.recv(5)
    b.send(b"hello")
    a.recv(2)
    a.settimeout(0)
    a.recv(2)
    a.settimeout(None)
    a.recv(2)
