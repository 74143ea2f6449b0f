"""The Python beside examples/chat: chat.py HOST PORT [CLIENTS]"""
import select
import socket
import sys

LIMIT, HELD = 4096, 65536
where = sys.argv[1], int(sys.argv[2])
most = int(sys.argv[3]) if len(sys.argv) > 3 else -1
clients = {}


class Client:
    def __init__(self, name):
        self.name, self.said, self.held = name, b'', b''


def tell(line, but=None):
    print(line.decode('utf-8', 'replace'))
    for conn, client in clients.items():
        if conn is not but:
            client.held += line + b'\n'


def hear(conn):
    client = clients[conn]
    chunk = conn.recv(LIMIT)
    *lines, client.said = (client.said + chunk).split(b'\n')
    for line in lines:
        tell(client.name + b': ' + line.rstrip(b'\r'), but=conn)
    return len(chunk) > 0 and len(client.said) <= HELD


def write(conn):
    client = clients[conn]
    client.held = client.held[conn.send(client.held):]


with socket.create_server(where) as listener:
    listener.setblocking(False)
    print('listening on %s:%d' % listener.getsockname())
    came = 0
    while came != most or clients:
        door = [listener] if came != most else []
        talking = [conn for conn, client in clients.items() if client.held]
        readable, writable, _ = select.select(door + [*clients], talking, [])
        gone = [conn for conn in talking if len(clients[conn].held) > HELD]
        for conn in readable:
            if conn is listener:
                conn, _ = listener.accept()
                conn.setblocking(False)
                came += 1
                clients[conn] = Client(b'guest %d' % came)
                tell(clients[conn].name + b' has come', but=conn)
                continue
            try:
                if not hear(conn):
                    gone.append(conn)
            except OSError:
                gone.append(conn)
        for conn in writable:
            try:
                write(conn)
            except OSError:
                gone.append(conn)
        for conn in dict.fromkeys(gone):
            name = clients.pop(conn).name
            conn.close()
            tell(name + b' has left')
