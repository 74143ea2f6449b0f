"""The Python beside examples/tcp_server: tcp_server.py HOST PORT [CLIENTS]"""
import codecs
import itertools
import socket
import sys

WAITING, LIMIT = 5, 1024
where = sys.argv[1], int(sys.argv[2])
turns = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()


def serve(conn):
    decoder = codecs.getincrementaldecoder('utf-8')()
    while chunk := conn.recv(LIMIT):
        text = decoder.decode(chunk)
        if text:
            print('服务器收到消息', text)
        if text == '1':
            return
    decoder.decode(b'', final=True)


with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(where)
    listener.listen(WAITING)
    print('listening on %s:%d' % listener.getsockname())
    for _ in turns:
        conn, peer = listener.accept()
        with conn:
            try:
                serve(conn)
            except (OSError, UnicodeDecodeError) as problem:
                print(peer, problem, file=sys.stderr)
