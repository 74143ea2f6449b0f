"""makefile: reading and writing through buffers."""


def read_by_count():
    """read(n) waits until n bytes are there, or the end."""
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"hello, ")
    a.send(b"world")
    f.read(3)
    f.read(0)
    f.read(9)
    a.close()
    f.read(1)
    f.read(100)


def read_up_to_the_end():
    a, b = socketpair()
    f = b.makefile("rb")
    a.sendall(b"one\ntwo\n\nlast")
    a.close()
    f.readline()
    f.read()
    f.read()
    f.read(-1)


def read_short_at_the_end():
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"four")
    a.shutdown(SHUT_WR)
    f.read(10)
    f.read(10)


def read_larger_than_the_buffer():
    a, b = socketpair()
    f = b.makefile("rb")
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 200000)
    a.sendall(b"0123456789" * 3000)
    f.read(4)
    f.read(20000)
    f.read(9996)


def read_once():
    """read1 returns what one receive brings, or what the buffer holds."""
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"hello, world")
    f.read(5)
    a.send(b"more")
    f.read1(3)
    f.read1(100)
    f.read1(100)
    a.close()
    f.read1(100)


def mixed_reads():
    """Lines and counts take from the same buffer."""
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"GET / HTTP/1.0\r\nLength: 4\r\n\r\nbodyrest\n")
    f.readline()
    f.readline()
    f.readline()
    f.read(4)
    f.readline()


def lines():
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"one\ntwo\r\n\n\rthree\rx\n")
    a.close()
    f.readline()
    f.readline()
    f.readline()
    f.readline()
    f.readline()


def line_without_an_end():
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"\nlast")
    a.close()
    f.readline()
    f.readline()
    f.readline()


def line_in_pieces():
    """A line may come in several receives."""
    a, b = socketpair(AF_UNIX, SOCK_SEQPACKET)
    f = b.makefile("rb")
    a.send(b"on")
    a.send(b"e\ntw")
    a.send(b"o\n")
    f.readline()
    f.readline()


def line_longer_than_the_buffer():
    a, b = socketpair()
    f = b.makefile("rb")
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 200000)
    a.sendall(b"x" * 30000 + b"\nshort\n")
    f.readline()
    f.readline()


def readlines():
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"first\nsecond\n\nlast")
    a.close()
    f.readline()
    f.readlines()
    f.readlines()


def iteration():
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"first\nsecond\n\nlast")
    a.close()
    list(f)
    list(f)


def lines_of_nothing():
    a, b = socketpair()
    f = b.makefile("rb")
    a.close()
    f.readlines()
    list(f)
    f.read()


def bytes_that_are_no_text():
    """Only a newline ends a line of bytes."""
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"\0\xff\xfe\x85\x0b\x0c\n\xe2\x80\xa8\n")
    f.readline()
    f.readline()


def writing():
    """What is written is sent with flush, not before."""
    a, b = socketpair()
    f = a.makefile("wb")
    f.write(b"one, ")
    f.write(b"")
    f.write(b"two")
    b.recv(100, MSG_DONTWAIT)
    f.flush()
    b.recv(100)
    f.flush()
    b.recv(100, MSG_DONTWAIT)


def writing_is_sent_by_close():
    a, b = socketpair()
    f = a.makefile("wb")
    f.write(b"hello")
    f.close()
    b.recv(100)
    a.send(b"the socket goes on")
    b.recv(100)


def writing_fills_the_buffer():
    """What the buffer has no room for goes out without flush, behind the rest."""
    a, b = socketpair()
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 300000)
    f = a.makefile("wb")
    f.write(b"x" * 30)
    b.recv(10, MSG_DONTWAIT)
    f.write(b"y" * 150000)
    b.recv(40, MSG_DONTWAIT)
    f.flush()
    receive(b, 149990)


def writing_much():
    a, b = socketpair()
    a.setsockopt(SOL_SOCKET, SO_SNDBUF, 200000)
    f = a.makefile("wb")
    f.write(b"a")
    f.write(b"0123456789" * 3000)
    f.flush()
    receive(b, 30001)


def writing_datagrams():
    """What is flushed at once is one datagram."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    f = a.makefile("wb")
    f.write(b"one ")
    f.write(b"datagram")
    f.flush()
    f.write(b"another")
    f.close()
    b.recv(100)
    b.recv(100)


def reading_datagrams():
    """Each receive is one datagram, and an empty one is the end."""
    a, b = socketpair(AF_UNIX, SOCK_DGRAM)
    f = b.makefile("rb")
    a.send(b"one\ntw")
    a.send(b"o\n")
    a.send(b"")
    a.send(b"three\n")
    f.readline()
    f.readline()
    f.readline()
    f.readline()


def both_ways():
    a, b = socketpair()
    f = a.makefile("rwb")
    g = b.makefile("rwb")
    f.write(b"question\n")
    f.flush()
    g.readline()
    g.write(b"answer\n")
    g.flush()
    f.readline()
    f.readable()
    f.writable()


def reading_does_not_flush():
    a, b = socketpair()
    f = a.makefile("rwb")
    f.write(b"unsent")
    b.send(b"line\n")
    f.readline()
    b.recv(10, MSG_DONTWAIT)
    f.flush()
    b.recv(10)


def modes():
    """The letters may stand in any order."""
    a, b = socketpair()
    f = a.makefile("r")
    f.mode
    g = a.makefile("rb")
    g.mode
    h = a.makefile("br")
    h.mode
    i = a.makefile("w")
    i.mode
    j = a.makefile("bw")
    j.mode
    k = a.makefile("rw")
    k.mode
    l = a.makefile("wr")
    l.mode
    differs("File.Mode has one spelling for each mode", python="'wr'", go="'rw'")
    m = a.makefile("")
    m.mode
    differs("File.Mode has one spelling for each mode", python="''", go="'r'")
    n = a.makefile("b")
    n.mode


def wrong_modes():
    a, b = socketpair()
    a.makefile("x")
    a.makefile("a")
    a.makefile("rt")
    a.makefile("r+")
    a.makefile("rwU")
    a.makefile("R")
    a.makefile("r b")


def wrong_direction():
    a, b = socketpair()
    f = a.makefile("rb")
    f.readable()
    f.writable()
    f.write(b"x")
    f.flush()
    g = a.makefile("wb")
    g.readable()
    g.writable()
    g.read(1)
    g.readline()
    g.readlines()


def wrong_direction_of_text():
    a, b = socketpair()
    f = a.makefile("r")
    f.write("x")
    g = a.makefile("w")
    g.read(1)
    g.readline()


def closed_for_reading():
    a, b = socketpair()
    f = b.makefile("rb")
    f.close()
    f.close()
    f.read(1)
    f.read()
    f.readline()
    f.readlines()
    list(f)
    a.send(b"x")
    b.recv(1)


def closed_for_writing():
    a, b = socketpair()
    f = a.makefile("wb")
    f.close()
    f.close()
    f.write(b"x")
    f.flush()


def closed_text():
    a, b = socketpair()
    f = a.makefile("rw")
    f.close()
    f.read(1)
    f.readline()
    f.write("x")
    f.flush()


def socket_closed_first():
    """A file keeps the socket's descriptor."""
    a, b = socketpair()
    f = b.makefile("rb")
    b.close()
    a.send(b"still\n")
    f.readline()
    f.close()
    a.send(b"x")
    b.fileno()
    b.recv(1)


def socket_works_while_a_file_is_open():
    a, b = socketpair()
    f = b.makefile("rb")
    b.fileno()
    b.close()
    b.fileno()
    f.fileno()
    b.send(b"from a closed socket")
    a.recv(100)
    b.close()
    f.close()
    b.fileno()
    b.send(b"x")
    a.recv(1)


def file_closed_first():
    a, b = socketpair()
    f = b.makefile("rb")
    f.close()
    a.send(b"hello")
    b.recv(10)
    b.close()
    a.send(b"x")


def two_files():
    """The last of the files ends the connection."""
    a, b = socketpair()
    f = b.makefile("rb")
    g = b.makefile("wb")
    b.close()
    g.write(b"last words")
    f.close()
    g.flush()
    a.recv(100)
    a.send(b"x")
    g.close()
    a.recv(100)


def file_after_a_file():
    """What the first has read ahead is lost with it."""
    a, b = socketpair()
    a.send(b"line 1\nline 2\n")
    f = b.makefile("rb")
    f.readline()
    f.close()
    a.send(b"line 3\n")
    g = b.makefile("rb")
    g.readline()


def buffers_are_each_their_own():
    a, b = socketpair()
    a.send(b"line 1\nline 2\n")
    f = b.makefile("rb")
    f.readline()
    a.send(b"from the socket")
    b.recv(100)
    f.readline()


def file_of_a_closed_socket():
    a = socket()
    a.close()
    f = a.makefile("rb")
    f.read(1)
    g = a.makefile("wb")
    g.write(b"x")
    g.flush()
    g.close()


def file_of_a_detached_socket():
    a, b = socketpair()
    f = a.makefile("rb")
    fd = a.detach()
    f.read(1)
    f.close()
    c = socket(fileno=fd)
    c.send(b"x")
    b.recv(10)


def numbers():
    a, b = socketpair()
    a.fileno()
    f = a.makefile("rb")
    f.fileno()
    a.close()
    f.fileno()


def read_after_a_timeout():
    """The file is of no use any more, the socket goes on."""
    a, b = socketpair()
    f = b.makefile("rb")
    b.settimeout(0.001)
    f.read(1)
    f.read(1)
    a.send(b"line\n")
    f.readline()
    f.read()
    list(f)
    b.recv(100)
    g = b.makefile("rb")
    a.send(b"again\n")
    g.readline()


def timeout_within_a_line():
    """What came of the line before the timeout is lost."""
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"whole\nhal")
    b.settimeout(0.001)
    f.readline()
    f.readline()
    f.readline()
    b.recv(10)


def timeout_writes_go_on():
    a, b = socketpair()
    f = b.makefile("rwb")
    b.settimeout(0.001)
    f.read(1)
    f.write(b"x")
    f.flush()
    a.recv(10)
    f.read(1)


def timeout_of_readlines():
    a, b = socketpair()
    f = b.makefile("rb")
    a.send(b"one\ntwo\nthr")
    b.settimeout(0.001)
    f.readlines()
    f.readline()


def timeout_in_text():
    a, b = socketpair()
    f = b.makefile("r")
    b.settimeout(0.001)
    f.readline()
    f.readline()


def reset_in_a_read():
    """An error isn't a timeout: it doesn't spoil the file."""
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    f = c.makefile("rb")
    b.setsockopt(SOL_SOCKET, SO_LINGER, b"\1\0\0\0\0\0\0\0")
    b.close()
    readable(c)
    f.readline()
    f.readline()


def not_connected():
    a = socket()
    f = a.makefile("rwb")
    f.read(1)
    f.readline()
    f.write(b"x")
    f.flush()


def nonblocking_read():
    a, b = socketpair()
    f = b.makefile("rb")
    b.settimeout(0)
    f.read(1)
    differs("a read that finds nothing is an error; Python returns None",
            python="None", go="BlockingIOError: [Errno 11] Resource temporarily unavailable")
    f.readline()
    differs("a read that finds nothing is an error; Python returns what looks like the end",
            python="b''", go="BlockingIOError: [Errno 11] Resource temporarily unavailable")
    a.send(b"line\nhal")
    f.readline()
    f.read1(10)


def nonblocking_line():
    """A line of which a part has come."""
    a, b = socketpair()
    f = b.makefile("rb")
    b.settimeout(0)
    a.send(b"hal")
    f.readline()
    differs("the part is kept until the line is whole; Python returns it",
            python="b'hal'", go="BlockingIOError: [Errno 11] Resource temporarily unavailable")
    a.send(b"f\n")
    f.readline()
    differs("the part is kept until the line is whole; Python returns it",
            python="b'f\\n'", go="b'half\\n'")


def flush_to_no_reader():
    """flush and close tell that the peer has gone; what was written is lost."""
    a, b = socketpair()
    f = a.makefile("wb")
    f.write(b"x")
    b.close()
    f.flush()
    f.close()
    f.close()
    a.fileno()
    a.send(b"x")


def write_timeout():
    a, b = socketpair()
    fill(a)
    f = a.makefile("wb")
    f.write(b"hello")
    a.settimeout(0.001)
    f.flush()
    f.close()


def text_lines():
    """All three ends of a line are read as one."""
    a, b = socketpair()
    f = b.makefile("r")
    a.send(b"one\ntwo\r\nthree\rfour\r\n\r\n\n\r\rlast")
    a.close()
    f.readline()
    f.readline()
    f.readline()
    list(f)
    f.readline()


def text_line_end_in_two():
    """A carriage return at the end of what came, and the newline after it."""
    a, b = socketpair(AF_UNIX, SOCK_SEQPACKET)
    f = b.makefile("r")
    a.send(b"one\r")
    a.send(b"\ntwo\r\n")
    a.send(b"")
    f.readline()
    f.readline()
    f.readline()


def text_ends_with_a_return():
    a, b = socketpair()
    f = b.makefile("r")
    a.send(b"one\r")
    a.close()
    f.read()


def text_of_utf8():
    a, b = socketpair()
    f = b.makefile("r")
    a.send(b"\xe6\x8f\x92\xe5\xba\xa7\r\n\xc3\xa9")
    a.close()
    f.readline()
    f.read()


def text_written():
    """Ends of lines are sent as they are."""
    a, b = socketpair()
    f = a.makefile("w")
    f.write("one\ntwo\r\nthree\r")
    f.write("")
    b.recv(100, MSG_DONTWAIT)
    f.flush()
    b.recv(100)
    f.write("last")
    f.close()
    b.recv(100)


def text_count():
    a, b = socketpair()
    f = a.makefile("w")
    f.write("插座")
    differs("Write counts bytes, a text file of Python's its characters", python="2", go="6")
    f.flush()
    b.recv(100)


def text_both_ways():
    a, b = socketpair()
    f = a.makefile("rw")
    g = b.makefile("rw")
    f.write("question\r\n")
    f.flush()
    g.readline()
    g.write("answer\n")
    g.flush()
    f.readline()


def text_up_to_the_end():
    a, b = socketpair()
    f = b.makefile("r")
    a.send(b"one\r\ntwo\rthree\n")
    a.close()
    f.read()
    f.read()
    f.readlines()


def over_tcp():
    a = create_server(("127.0.0.1", 0))
    b = create_connection(a.getsockname())
    c, addr = a.accept()
    f = b.makefile("rwb")
    g = c.makefile("rwb")
    f.write(b"GET /\r\n\r\n")
    f.flush()
    g.readline()
    g.readline()
    g.write(b"200 OK\r\n")
    g.close()
    c.close()
    f.read()
