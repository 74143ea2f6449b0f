"""The Python beside examples/selectors_echo: selectors_echo.py HOST PORT [CLIENTS]"""
import selectors
import socket
import sys

WAITING, LIMIT = 100, 1000
where = sys.argv[1], int(sys.argv[2])
left = int(sys.argv[3]) if len(sys.argv) > 3 else -1
sel = selectors.DefaultSelector()


def greet(listener, mask):
    global left
    conn, peer = listener.accept()
    print('accepted', peer)
    conn.setblocking(False)
    sel.register(conn, selectors.EVENT_READ, (echo, peer))
    left -= 1
    if left == 0:
        sel.unregister(listener)


def echo(conn, mask):
    try:
        chunk = conn.recv(LIMIT)
        if chunk:
            print('echoing', chunk)
            conn.send(chunk)
            return
    except OSError as problem:
        print(problem, file=sys.stderr)
    print('closing', sel.unregister(conn).data[1])
    conn.close()


with socket.create_server(where, backlog=WAITING) as listener:
    listener.setblocking(False)
    sel.register(listener, selectors.EVENT_READ, (greet, None))
    print('listening on %s:%d' % listener.getsockname())
    while sel.get_map():
        for key, mask in sel.select():
            callback = key.data[0]
            callback(key.fileobj, mask)
