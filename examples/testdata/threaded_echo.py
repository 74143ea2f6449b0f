"""The Python beside examples/threaded_echo: threaded_echo.py HOST PORT [CLIENTS]"""
import socketserver
import sys

LIMIT = 4096
where = sys.argv[1], int(sys.argv[2])
clients = int(sys.argv[3]) if len(sys.argv) > 3 else 0


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline(LIMIT):
            self.wfile.write(line)
            self.server.count(line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128

    def count(self, line):
        print('echoed', line)


with Server(where, Echo) as server:
    print('listening on %s:%d' % server.server_address)
    if clients == 0:
        server.serve_forever()
    for _ in range(clients):
        server.handle_request()
