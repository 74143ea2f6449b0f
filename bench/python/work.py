"""The same work with CPython's socket module.

Every program of the comparison takes the same arguments, KIND N MODE TIMEOUT_MS
TIME_MS FILE, and prints one JSON object. What is called over and over is bound
to a local name first, as one does in Python where speed matters.
"""

import itertools
import json
import os
import resource
import selectors
import socket
import socketserver
import subprocess
import sys
import threading
import time

BATCH = 64
MESSAGE = bytes(64)


class Window:
    """A span of time that is measured."""

    def __init__(self):
        self.cpu = time.process_time_ns()
        self.start = time.perf_counter_ns()

    def close(self, ops):
        """Return the cost of an operation if ops were done in the window."""
        return {
            "ns": (time.perf_counter_ns() - self.start) / ops,
            "cpu": (time.process_time_ns() - self.cpu) / ops,
        }


def repeat(limit, seconds, batch):
    ops, end = 0, time.perf_counter() + seconds
    while True:
        ops += batch()
        if (limit and ops >= limit) or time.perf_counter() > end:
            return ops


def measure(seconds, batch, limit=0):
    """Run batch for some time, after warming up; end early after limit operations."""
    repeat(limit / 8, seconds / 8, batch)
    window = Window()
    return window.close(repeat(limit, seconds, batch))


def listen():
    return socket.create_server(("127.0.0.1", 0), backlog=4096)


def connected(listener):
    client = socket.socket()
    client.connect(listener.getsockname())
    server, _ = listener.accept()
    for end in client, server:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client, server


def pair(timeout=None):
    """Return the two ends of a TCP connection, without Nagle's delay."""
    with listen() as listener:
        client, server = connected(listener)
    client.settimeout(timeout)
    server.settimeout(timeout)
    return client, server


def echo(sock, size):
    """Send back what comes until the stream ends."""
    buf = memoryview(bytearray(size))
    recv_into, send = sock.recv_into, sock.send
    while n := recv_into(buf):
        send(buf[:n])


def roundtrip(n, mode, timeout, seconds, file):
    """One message there and back over one connection."""
    client, server = pair(timeout)
    if mode == "one":
        return measure(seconds, alone(client, server, n))
    if mode == "two":
        other = threading.Thread(target=echo, args=(server, n))
        other.start()
        end = other.join
    else:
        child = os.fork()
        if child == 0:
            client.close()
            echo(server, n)
            os._exit(0)
        server.close()
        end = lambda: os.waitpid(child, 0)
    result = measure(seconds, asking(client, n))
    client.shutdown(socket.SHUT_WR)
    end()
    return result


def alone(client, server, n):
    """Both ends in one thread."""
    send, recv_into = client.send, client.recv_into
    answer, hear = server.send, server.recv_into
    buf = bytearray(n)

    def batch():
        for _ in range(BATCH):
            send(buf)
            hear(buf)
            answer(buf)
            if recv_into(buf) != n:
                raise OSError("a message didn't come whole")
        return BATCH

    return batch


def asking(client, n):
    """The end that asks, of two threads or processes."""
    send, recv_into = client.send, client.recv_into
    buf = bytearray(n)

    def batch():
        for _ in range(BATCH):
            send(buf)
            if recv_into(buf) != n:
                raise OSError("a message didn't come whole")
        return BATCH

    return batch


class Caller:
    """Asks over one connection as often as it can."""

    def __init__(self, listener):
        self.client, self.server = connected(listener)
        self.asked = 0

    def ask(self, begin, stop):
        """Begin when all are there: the first would hold up those that follow."""
        send, recv_into = self.client.send, self.client.recv_into
        buf = bytearray(len(MESSAGE))
        begin.wait()
        while not stop:
            send(buf)
            if recv_into(buf) != len(buf):
                raise OSError("a message didn't come whole")
            self.asked += 1
        self.client.shutdown(socket.SHUT_WR)

    def answer(self):
        echo(self.server, len(MESSAGE))


def many(n, mode, timeout, seconds, file):
    """N connections echo at once, with a thread at either end of each."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    threading.stack_size(256 << 10)
    with listen() as listener:
        callers = [Caller(listener) for _ in range(n)]
    begin, stop = threading.Event(), []
    threads = [threading.Thread(target=c.answer) for c in callers]
    threads += [threading.Thread(target=c.ask, args=(begin, stop)) for c in callers]
    for thread in threads:
        thread.start()
    begin.set()
    time.sleep(seconds / 8)
    before, window = sum(c.asked for c in callers), Window()
    messages = 0
    while messages == 0:  # longer if nothing has happened by then
        time.sleep(seconds)
        messages = sum(c.asked for c in callers) - before
    result = window.close(messages)
    stop.append(True)
    for thread in threads:
        thread.join()
    return result


def stream(n, mode, timeout, seconds, file):
    """One thread sends and another receives as fast as it goes."""
    client, server = pair(timeout)
    stop = []
    sender = threading.Thread(target=keep_sending, args=(client, n, mode, file, stop))
    sender.start()
    receive = receiving(server, n if mode != "file" else 256 << 10, mode)
    result = measure(seconds, receive)
    stop.append(True)
    while receive():
        pass
    sender.join()
    return result


def keep_sending(client, n, mode, file, stop):
    if mode == "file":
        with open(file, "rb") as f:
            while not stop:
                client.sendfile(f, 0, n)
    else:
        data = bytes(n)
        while not stop:
            client.sendall(data)
    client.shutdown(socket.SHUT_WR)


def receiving(server, size, mode):
    """Return what receives a few times and counts MiB."""
    recv, recv_into, buf = server.recv, server.recv_into, bytearray(size)

    def into():
        return (recv_into(buf) + recv_into(buf) + recv_into(buf) + recv_into(buf)) / 2**20

    def fresh():
        return (len(recv(size)) + len(recv(size)) + len(recv(size)) + len(recv(size))) / 2**20

    return fresh if mode == "recv" else into


def datagram(n, mode, timeout, seconds, file):
    """N bytes over UDP, with the address of the sender."""
    server = socket.socket(type=socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    to = server.getsockname()
    client = socket.socket(type=socket.SOCK_DGRAM)
    client.bind(("127.0.0.1", 0))
    if mode == "connected":
        client.connect(to)
    client.settimeout(timeout)
    server.settimeout(timeout)
    send, sendto, recvfrom_into = client.send, client.sendto, server.recvfrom_into
    buf = bytearray(n)

    def from_connected():
        for _ in range(BATCH):
            send(buf)
            got, sender = recvfrom_into(buf)
        return BATCH

    def from_unconnected():
        for _ in range(BATCH):
            sendto(buf, to)
            got, sender = recvfrom_into(buf)
        return BATCH

    return measure(seconds, from_connected if mode == "connected" else from_unconnected)


def connect(n, mode, timeout, seconds, file):
    """Make a connection, accept it and close both ends, no more than N times."""
    listener = listen()
    addr = listener.getsockname()

    def batch():
        for _ in range(8):
            client = socket.socket()
            client.connect(addr)
            server, sender = listener.accept()
            client.close()
            server.close()
        return 8

    return measure(seconds, batch, n)


def recv(n, mode, timeout, seconds, file):
    """Receive a short message into new memory with room for N bytes."""
    client, server = pair()
    send, receive = client.send, server.recv

    def batch():
        for _ in range(BATCH):
            send(MESSAGE)
            if len(receive(n)) != len(MESSAGE):
                raise OSError("a message didn't come whole")
        return BATCH

    return measure(seconds, batch)


class Answer(socketserver.BaseRequestHandler):
    """What a server does for a request."""

    def handle(self):
        self.request.sendall(self.request.recv(1024))


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 4096


def server(n, mode, timeout, seconds, file):
    """Answer requests, a connection and a thread each, from N clients: FILE runs them."""
    with Server(("127.0.0.1", 0), Answer) as answering:
        threading.Thread(target=answering.serve_forever).start()
        port, ms = str(answering.server_address[1]), str(int(seconds * 1000))
        with subprocess.Popen([file, "call", str(n), port, ms], stdout=subprocess.PIPE) as callers:
            callers.stdout.readline()
            window = Window()
            requests, ns = map(float, callers.stdout.readline().split())
            result = window.close(requests)
        answering.shutdown()
    result["ns"] = ns / requests
    return result


ACTIVE = 10


def select(n, mode, timeout, seconds, file):
    """An event of a selector with ACTIVE and with N registered sockets."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    few = selecting(ACTIVE, seconds / 2)
    result = selecting(n, seconds / 2)
    return result | {"few": few["ns"], "growth": result["ns"] / few["ns"]}


def selecting(n, seconds):
    with selectors.DefaultSelector() as sel:
        registered, writers = [], []
        for i in range(n):
            if i % (n // ACTIVE) == 0 and len(writers) < ACTIVE:
                sock, writer = socket.socketpair()
                writers.append(writer)
            else:
                sock = socket.socket(type=socket.SOCK_DGRAM)
            registered.append(sock)
            sel.register(sock, selectors.EVENT_READ)
        ready, turns = sel.select, itertools.cycle(writers)
        buf = bytearray(1)

        def batch():
            for _ in range(BATCH):
                next(turns).send(buf)
                [(key, mask)] = ready()
                key.fileobj.recv_into(buf)
            return BATCH

        result = measure(seconds, batch)
        for sock in registered + writers:
            sock.close()
        return result


KINDS = {
    "roundtrip": roundtrip,
    "many": many,
    "stream": stream,
    "datagram": datagram,
    "connect": connect,
    "recv": recv,
    "server": server,
    "select": select,
}


def main(kind, n, mode, timeout_ms, time_ms, file):
    timeout = int(timeout_ms) / 1000 or None
    result = KINDS[kind](int(n), mode, timeout, int(time_ms) / 1000, file)
    print(json.dumps(result))


main(*sys.argv[1:])
