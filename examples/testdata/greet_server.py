"""The Python beside examples/greet_server: greet_server.py HOST PORT"""
import socket
import sys
from datetime import datetime

LIMIT = 1000
where = sys.argv[1], int(sys.argv[2])

started = datetime.now()
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
    listener.bind(where)
    listener.listen(5)
    print('listening on %s:%d' % listener.getsockname())
    print(f'Start server at {started}', 'Waiting for a client now !', sep='\n')
    conn, _ = listener.accept()
    with conn:
        greeting = conn.recv(LIMIT)
        print('AT', datetime.now(), conn, 'Said', greeting)
        conn.sendall(b'Are you want to talk to me')
