"""Connections in each state of their end, and sockets that share one."""


def shut_down_both_ways():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.send(b"before")
    readable(b)
    b.shutdown(SHUT_RDWR)
    b.recv(10)
    b.recv(10)
    b.send(b"x")
    b.getsockname()
    c.recv(10)
    b.shutdown(SHUT_WR)


def shut_down_for_reading():
    """On TCP what comes later is read all the same."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.shutdown(SHUT_RD)
    b.recv(10)
    c.send(b"later")
    b.recv(10, MSG_PEEK)
    b.send(b"still writing")
    c.recv(100)


def shut_down_in_turn():
    """Each end in its own time: what was sent before arrives."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.sendall(b"request")
    b.shutdown(SHUT_WR)
    c.recv(100)
    c.recv(100)
    c.sendall(b"answer")
    c.shutdown(SHUT_WR)
    b.recv(100)
    b.recv(100)
    b.shutdown(SHUT_RD)


def shut_down_twice():
    a, b = socketpair()
    a.shutdown(SHUT_WR)
    a.shutdown(SHUT_WR)
    a.shutdown(SHUT_RD)
    a.shutdown(SHUT_RDWR)
    c = create_server(("127.0.0.1", 0))
    d = create_connection(c.getsockname())
    d.shutdown(SHUT_WR)
    d.shutdown(SHUT_WR)


def shut_down_and_the_peer_gone():
    a, b = socketpair()
    b.close()
    a.shutdown(SHUT_RD)
    a.shutdown(SHUT_WR)
    a.recv(1)
    a.send(b"x")


def shut_down_a_pair_of_datagrams():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    b.shutdown(SHUT_RD)
    a.send(b"x")
    b.recv(10)
    b.send(b"y")
    a.recv(10)
    a.shutdown(SHUT_WR)
    a.send(b"x")


def shut_down_udp():
    """A connected UDP socket can be shut down; it receives the end then."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(a.getsockname())
    a.sendto(b"before", b.getsockname())
    b.shutdown(SHUT_RDWR)
    b.recv(10)
    b.recv(10)
    b.recvfrom(10)
    b.recvfrom_into(bytearray(10))
    b.recvmsg(10, 100)
    b.recvmsg_into([bytearray(10)])
    b.send(b"x")
    b.getpeername()
    b.settimeout(0)
    b.recv(10)


def shut_down_udp_with_timeout():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.connect(a.getsockname())
    b.shutdown(SHUT_RD)
    b.settimeout(0.001)
    b.recv(10)
    differs("with a timeout it is the end as well; Python tries again all the time until that has passed",
            python="TimeoutError: timed out", go="b''")


def shut_down_by_a_duplicate():
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    c = b.dup()
    c.shutdown(SHUT_RD)
    b.recv(10)
    b.recvfrom(10)


def shut_down_a_seqpacket():
    a, b = socketpair(AF_UNIX, SOCK_SEQPACKET)
    a.send(b"one")
    a.send(b"two")
    a.shutdown(SHUT_WR)
    b.recv(10)
    b.recvmsg(10)
    b.recv(10)
    b.recvmsg(10)


def shut_down_while_connecting():
    a = socket()
    a.bind(("127.0.0.1", 0))
    a.listen(0)
    b = socket()
    b.connect(a.getsockname())
    c = socket()
    c.setblocking(False)
    c.connect_ex(a.getsockname())
    c.shutdown(SHUT_WR)
    c.send(b"x")
    c.recv(1)


def listener_again():
    """A listener that was shut down may listen again."""
    a = create_server(("127.0.0.1", 0))
    a.shutdown(SHUT_RDWR)
    a.accept()
    a.getsockopt(SOL_SOCKET, SO_ACCEPTCONN)
    a.listen()
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    c.send(b"x")
    b.recv(1)


def listener_closed():
    """What waits in the queue of a listener is reset when it closes."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    a.close()
    b.recv(10)
    b.recv(10)


def listener_of_paths_closed():
    a = create_server(tmp("s"), family=AF_UNIX)
    b = socket(AF_UNIX)
    b.connect(tmp("s"))
    b.send(b"nobody reads this")
    a.close()
    b.recv(10)
    b.recv(10)
    b.send(b"x")


def accepted_after_the_end():
    """A connection that has ended is accepted with what it sent."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    b.send(b"quick")
    b.close()
    c, addr = a.accept()
    c.recv(10)
    c.recv(10)


def accepted_after_a_reset():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    b.setsockopt(SOL_SOCKET, SO_LINGER, b"\1\0\0\0\0\0\0\0")
    b.close()
    c, addr = a.accept()
    c.recv(10)
    c.recv(10)
    c.getpeername()


def unread_data_resets_a_pair():
    """An AF_UNIX peer that closes without reading all resets too."""
    a, b = socketpair()
    a.send(b"not read")
    b.send(b"last words")
    b.close()
    a.recv(100)
    a.recv(100)


def states_by_number():
    """The first byte of TCP_INFO: 7 closed, 10 listening, 1 established, 8 the
    peer has ended."""
    a = socket()
    a.getsockopt(IPPROTO_TCP, TCP_INFO, 1)
    a.bind(("127.0.0.1", 0))
    a.listen()
    a.getsockopt(IPPROTO_TCP, TCP_INFO, 1)
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    b.getsockopt(IPPROTO_TCP, TCP_INFO, 1)
    b.shutdown(SHUT_WR)
    c.recv(1)
    c.getsockopt(IPPROTO_TCP, TCP_INFO, 1)


def duplicates_share_the_data():
    a, b = socketpair()
    c = b.dup()
    a.send(b"hello")
    b.recv(2)
    c.recv(10)
    c.settimeout(0)
    c.recv(1)
    b.gettimeout()


def duplicates_share_options():
    a = socket()
    b = a.dup()
    a.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    b.getsockopt(SOL_SOCKET, SO_KEEPALIVE)
    b.bind(("127.0.0.1", 0))
    a.getsockname()
    b.listen()
    a.getsockopt(SOL_SOCKET, SO_ACCEPTCONN)


def duplicates_share_the_shutdown():
    a, b = socketpair()
    c = a.dup()
    c.shutdown(SHUT_WR)
    a.send(b"x")
    b.recv(1)
    b.send(b"x")
    a.recv(1)


def duplicates_have_their_own_timeout():
    a, b = socketpair()
    c = a.dup()
    c.settimeout(0.001)
    a.gettimeout()
    c.recv(1)
    b.send(b"x")
    a.recv(1)


def duplicate_of_a_listener():
    a = create_server(("127.0.0.1", 0))
    b = a.dup()
    a.close()
    c = create_connection(b.getsockname())
    d, addr = b.accept()
    d.send(b"x")
    c.recv(1)


def duplicate_outlives_detach():
    a, b = socketpair()
    c = a.dup()
    fd = a.detach()
    close(fd)
    c.send(b"x")
    b.recv(1)


def duplicates_of_a_datagram_socket():
    """One of them connects, and all have the peer."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("127.0.0.1", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    c = b.dup()
    b.connect(a.getsockname())
    c.getpeername()
    c.send(b"x")
    a.recv(10)


def two_sockets_of_one_descriptor():
    """What one of them closes the other can't use."""
    a, b = socketpair()
    c = socket(fileno=a.fileno())
    c.send(b"x")
    b.recv(1)
    fd = c.detach()
    c.send(b"x")
    a.send(b"y")
    b.recv(1)


def empty_results():
    """The end shows in every call, as often as it is asked for."""
    a, b = socketpair()
    a.close()
    b.recv(10)
    b.recvfrom(10)
    b.recv_into(bytearray(3))
    b.recvfrom_into(bytearray(3))
    b.recvmsg(10)
    b.recvmsg_into([bytearray(3)])
    b.recv(10, MSG_PEEK)
    b.recv(10, MSG_WAITALL)
    b.settimeout(0.001)
    b.recv(10)
