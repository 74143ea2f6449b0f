"""A server that records which of its hooks are called: recorder.py CLASS [ADDRESS].

It prints where it listens, serves until a line comes on standard input, and
prints a list of [hook, request] pairs as JSON.
"""

import json
import socket
import socketserver
import sys
import threading

base = getattr(socketserver, sys.argv[1])
datagrams = issubclass(base, socketserver.UDPServer)
events = []


class Failure(Exception):
    pass


class Recorder(base):
    def __init__(self, *args):
        self.words = {}
        super().__init__(*args)

    def word(self, request):
        return request[0].decode() if datagrams else self.words[request.fileno()]

    def server_bind(self):
        events.append(("server_bind", ""))
        super().server_bind()

    def server_activate(self):
        events.append(("server_activate", ""))
        super().server_activate()

    def server_close(self):
        events.append(("server_close", ""))
        super().server_close()

    def service_actions(self):
        if events[-1][0] == "close_request":  # not of a round in which nothing came
            events.append(("service_actions", ""))
        super().service_actions()

    def get_request(self):
        request, client = super().get_request()
        if not datagrams:
            self.words[request.fileno()] = request.recv(100, socket.MSG_PEEK).decode()
        events.append(("get_request", self.word(request)))
        return request, client

    def verify_request(self, request, client):
        events.append(("verify_request", self.word(request)))
        return super().verify_request(request, client) and self.word(request) != "refuse"

    def process_request(self, request, client):
        events.append(("process_request", self.word(request)))
        super().process_request(request, client)

    def finish_request(self, request, client):
        events.append(("finish_request", self.word(request)))
        super().finish_request(request, client)

    def shutdown_request(self, request):
        events.append(("shutdown_request", self.word(request)))
        super().shutdown_request(request)

    def close_request(self, request):
        events.append(("close_request", self.word(request)))
        super().close_request(request)

    def handle_error(self, request, client):
        events.append(("handle_error " + str(sys.exc_info()[1]), self.word(request)))


class Handler(socketserver.BaseRequestHandler):
    def step(self, name):
        word = self.server.word(self.request)
        events.append((name, word))
        if word == name:
            raise Failure("failed in " + name)

    def setup(self):
        self.step("setup")

    def handle(self):
        self.step("handle")
        if datagrams:
            data, sock = self.request
            sock.sendto(data.upper(), self.client_address)
        else:
            self.request.sendall(self.request.recv(100).upper())

    def finish(self):
        self.step("finish")


where = sys.argv[2] if len(sys.argv) > 2 else ("127.0.0.1", 0)
with Recorder(where, Handler) as server:
    loop = threading.Thread(target=server.serve_forever, args=(0.02,))
    loop.start()
    print("listening on", server.server_address if len(sys.argv) > 2 else "%s:%d" % server.server_address)
    sys.stdin.readline()
    server.shutdown()
    loop.join()
print(json.dumps(events))
