"""The Python beside examples/hello_server: hello_server.py HOST PORT"""
import socket
import sys

where = sys.argv[1], int(sys.argv[2])

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
    listener.bind(where)
    listener.listen(128)
    print('listening on %s:%d' % listener.getsockname())
    conn, peer = listener.accept()
    with conn:
        greeting = conn.recv(1024)
        print('received', ascii(greeting.decode()), 'from', peer, file=sys.stderr)
        conn.send('hello'.encode())
