"""connect and connect_ex, create_connection and create_server."""


def refused():
    a = socket()
    a.bind(("127.0.0.1", 0))
    b = socket()
    b.connect(a.getsockname())
    b.connect(a.getsockname())
    b.connect_ex(a.getsockname())
    b.settimeout(5)
    b.connect_ex(a.getsockname())
    b.connect(a.getsockname())


def refused_then_listening():
    """After a refusal the same socket may try again."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    b = socket()
    b.connect_ex(a.getsockname())
    a.listen()
    b.connect_ex(a.getsockname())
    b.getpeername()


def refused_at_once():
    """With the timeout 0 the outcome is asked for later."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    b = socket()
    b.setblocking(False)
    b.connect_ex(a.getsockname())
    writable(b)
    b.getsockopt(SOL_SOCKET, SO_ERROR)
    b.getsockopt(SOL_SOCKET, SO_ERROR)
    c = socket()
    c.setblocking(False)
    c.connect(a.getsockname())
    writable(c)
    c.connect_ex(a.getsockname())


def connected_already():
    a = create_server(("127.0.0.1", 0))
    b = socket()
    b.connect_ex(a.getsockname())
    b.connect_ex(a.getsockname())
    b.connect(a.getsockname())


def nonblocking_success():
    a = create_server(("127.0.0.1", 0))
    b = socket()
    b.setblocking(False)
    b.connect_ex(a.getsockname())
    writable(b)
    b.getsockopt(SOL_SOCKET, SO_ERROR)
    b.connect_ex(a.getsockname())
    b.connect_ex(a.getsockname())
    b.connect(a.getsockname())
    b.getpeername()


def with_timeout():
    a = create_server(("127.0.0.1", 0))
    b = socket()
    b.settimeout(5)
    b.connect(a.getsockname())
    b.gettimeout()
    c, addr = a.accept()
    c.send(b"x")
    b.recv(10)


def in_progress():
    """A listener whose queue is full answers nothing."""
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen(0)
    b = socket()
    b.connect(a.getsockname())
    c = socket()
    c.settimeout(0.01)
    c.connect_ex(a.getsockname())
    c.connect_ex(a.getsockname())
    c.connect(a.getsockname())
    c.setblocking(False)
    c.connect_ex(a.getsockname())
    c.getpeername()
    d = socket()
    d.settimeout(0.01)
    d.connect(a.getsockname())
    e = socket()
    e.settimeout(0)
    e.connect(a.getsockname())
    e.connect(a.getsockname())


def no_stream_goes_there():
    a = socket()
    a.connect_ex(("255.255.255.255", 9))
    b = socket()
    b.connect(("224.0.0.1", 9))
    c = socket(AF_INET6)
    c.connect_ex(("ff02::1", 9, 0, 1))
    d = socket(AF_INET6, SOCK_DGRAM)
    d.connect(("fe80::1", 9))


def port_zero():
    a = socket()
    a.connect_ex(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect_ex(("127.0.0.1", 0))
    b.getpeername()
    b.send(b"x")


def listener_connects():
    a = create_server(("127.0.0.1", 0))
    a.connect_ex(a.getsockname())


def connects_to_itself():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.connect_ex(a.getsockname())
    a.send(b"x")
    a.recv(10)


def datagrams_connect():
    """connect gives a datagram socket its peer, more than once."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(a.getsockname())
    b.connect(a.getsockname())
    b.connect_ex(("127.0.0.1", 9))
    b.getpeername()


def datagram_refused():
    """That a datagram was refused shows once."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(a.getsockname())
    a.close()
    b.send(b"x")
    readable(b)
    b.send(b"y")
    b.send(b"z")
    readable(b)
    b.recv(1)
    b.setblocking(False)
    b.recv(1)


def unknown_host():
    """A wrong address is an error of connect_ex too."""
    a = socket()
    a.connect_ex(("::1", 9))
    a.connect_ex(("127.0.0.1", -1))
    a.connect_ex("path")


def create_connection_works():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    b
    b.gettimeout()
    b.getsockopt(IPPROTO_TCP, TCP_NODELAY)
    b.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    c = create_connection(a.getsockname(), 5)
    c.gettimeout()
    d = create_connection(a.getsockname(), timeout=2.5, source_address=("127.0.0.2", 0))
    d.gettimeout()
    d.getsockname()


def create_connection_by_name():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(("localhost", a.getsockname()[1]))
    b.getpeername()


def create_connection_v6():
    a = create_server(("::1", 0), family=AF_INET6)
    b = create_connection(("::1", a.getsockname()[1]))
    b
    b.getpeername()


def create_connection_refused():
    a = socket()
    a.bind(("127.0.0.1", 0))
    create_connection(a.getsockname())
    create_connection(a.getsockname(), all_errors=True)
    create_connection(a.getsockname(), timeout=5)
    create_connection(a.getsockname(), timeout=0)


def create_connection_errors():
    a = create_server(("127.0.0.1", 0))
    create_connection(("", 9))
    create_connection(a.getsockname(), timeout=-1)
    create_connection(a.getsockname(), source_address=("192.0.2.1", 0))
    create_connection(a.getsockname(), source_address=("::1", 0))
    create_connection(a.getsockname(), all_errors=True, source_address=("192.0.2.1", 0))
    create_connection(a.getsockname(), timeout=0)


def create_connection_port_range():
    create_connection(("127.0.0.1", -1))
    differs("a port outside 0 to 65535 is a wrong argument everywhere; Python asks the resolver",
            python="gaierror: [Errno -8] Servname not supported for ai_socktype", go="ArgumentError")
    create_connection(("127.0.0.1", 65536 + 9))
    differs("a port outside 0 to 65535 is a wrong argument; Python takes it modulo 65536",
            python="ConnectionRefusedError: [Errno 111] Connection refused", go="ArgumentError")


def create_server_defaults():
    a = create_server(("127.0.0.1", 0))
    a
    a.getsockopt(SOL_SOCKET, SO_REUSEADDR)
    a.getsockopt(SOL_SOCKET, SO_REUSEPORT)
    a.getsockopt(SOL_SOCKET, SO_ACCEPTCONN)
    a.get_inheritable()
    b = create_server(("", 0))
    b.getsockname()


def create_server_v6():
    a = create_server(("::1", 0), family=AF_INET6)
    a
    a.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)
    b = create_server(("", 0), family=AF_INET6, dualstack_ipv6=True)
    b.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)
    b.getsockname()
    c = create_connection(("127.0.0.1", b.getsockname()[1]))
    d, addr = b.accept()
    addr
    has_dualstack_ipv6()


def create_server_reuse_port():
    a = create_server(("127.0.0.1", 0), reuse_port=True)
    a.getsockopt(SOL_SOCKET, SO_REUSEPORT)
    b = create_server(a.getsockname(), reuse_port=True)
    c = create_server(a.getsockname())


def create_server_unix():
    a = create_server(tmp("s"), family=AF_UNIX)
    a
    a.getsockname()
    b = socket(AF_UNIX)
    b.connect(tmp("s"))


def create_server_backlog():
    create_server(("127.0.0.1", 0), backlog=0)
    create_server(("127.0.0.1", 0), backlog=-1)
    create_server(("127.0.0.1", 0), backlog=1000)


def create_server_errors():
    """The error of bind names the address."""
    a = create_server(("127.0.0.1", 0))
    create_server(a.getsockname())
    create_server(("192.0.2.1", 0))
    create_server(("127.0.0.1", 65536))
    create_server(("127.0.0.1", 0), dualstack_ipv6=True)
    create_server(tmp("none/s"), family=AF_UNIX)
    create_server(("127.0.0.1", 0), family=99)
    create_server("path")


def create_server_unknown_host():
    create_server(("::1", 0))
    differs("a failed look-up stays a gaierror; Python makes it an OSError",
            python="OSError: [Errno -9] Address family for hostname not supported",
            go="gaierror: [Errno -9] Address family for hostname not supported")
