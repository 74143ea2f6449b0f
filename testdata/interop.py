"""The Python side of interop_test.go: one end of a conversation.

    interop.py ROLE FAMILY TYPE ADDRESS

The family and the type are names, the address is a Python literal. A server says
ready and its address before it waits; a client says its own name once it is
connected. Each line of output is a Python literal, too.
"""

import ast
import hashlib
import socket
import struct
import sys

# What the test counts on: both sides make the same data.
SIZE = 3 * 1024 * 1024 + 7
CHUNK = 32 * 1024
LARGEST = 65507  # of UDP over IPv4


def pattern(salt):
    """SIZE bytes that no rearrangement leaves the same."""
    block = hashlib.sha256(salt).digest()
    return b"".join(struct.pack("!I", i) + block[4:] for i in range(SIZE // 32 + 1))[:SIZE]


def say(*values):
    print(repr(values if len(values) != 1 else values[0]))


def send(sock, data):
    """All of data, in pieces that a packet can hold."""
    for i in range(0, len(data), CHUNK):
        sock.sendall(data[i:i + CHUNK])


def receive_all(sock):
    """What comes until the end of the stream."""
    parts = []
    while part := sock.recv(CHUNK):
        parts.append(part)
    return b"".join(parts)


def bound():
    sock = socket.socket(family, kind)
    sock.bind(address)
    if kind != socket.SOCK_DGRAM:
        sock.listen()
    say("ready", sock.getsockname())
    return sock


def connected():
    sock = socket.socket(family, kind)
    sock.connect(address)
    say(sock.getsockname())
    return sock


def echo_server():
    """Answers each message of one client, until it leaves."""
    conn, peer = bound().accept()
    while data := conn.recv(1024):
        conn.sendall(data)
    say(peer, "left")


def echo_client():
    """Sends each line of its input, and says what comes back."""
    sock = connected()
    for line in sys.stdin:
        message = line.rstrip("\n").encode()
        sock.sendall(message)
        say(sock.recv(1024).decode())


def bulk_server():
    """Takes a client's data until it shuts down writing, and then sends its own."""
    conn, _ = bound().accept()
    data = receive_all(conn)
    send(conn, pattern(b"server"))
    say(len(data), hashlib.sha256(data).hexdigest())


def bulk_client():
    sock = connected()
    send(sock, pattern(b"client"))
    sock.shutdown(socket.SHUT_WR)
    data = receive_all(sock)
    say(len(data), hashlib.sha256(data).hexdigest())


def leaving_clients():
    """Clients that leave without a word, in the middle, and with a reset."""
    connected().close()
    sock = connected()
    sock.sendall(b"half a mess")
    sock.close()
    sock = connected()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
    sock = connected()
    sock.sendall(b"stay")
    say(sock.recv(100))


def patient_server():
    """Says how each of four clients ended."""
    listener = bound()
    for _ in range(4):
        conn, _ = listener.accept()
        with conn:
            try:
                data = conn.recv(100)
                if data == b"stay":
                    conn.sendall(b"stayed")
                say(data)
            except ConnectionResetError as e:
                say(e.errno)


def datagram_server():
    """Sends each datagram back with its sender's address before it."""
    sock = bound()
    while True:
        data, peer = sock.recvfrom(70000)
        sock.sendto(repr(peer).encode(), peer)
        sock.sendto(data, peer)
        if data == b"end":
            break


def datagram_client():
    """Sends datagrams, and says whether they came back, from whom, and whether
    the server saw this socket's own address."""
    sock = socket.socket(family, kind)
    sock.settimeout(60)
    if family == socket.AF_UNIX:
        sock.bind("")  # an abstract name
    else:
        sock.bind((address[0], 0, *address[2:]))
    for data in b"hello", "你好".encode(), b"", b"x" * LARGEST, b"end":
        sock.sendto(data, address)
        seen, source = sock.recvfrom(1000)
        answer, again = sock.recvfrom(70000)
        say(answer == data, ast.literal_eval(seen.decode()) == sock.getsockname(), source == again == address)


role, family, kind = sys.argv[1], getattr(socket, sys.argv[2]), getattr(socket, sys.argv[3])
address = ast.literal_eval(sys.argv[4])
globals()[role]()
