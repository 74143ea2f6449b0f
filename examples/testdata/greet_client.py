"""The Python beside examples/greet_client: greet_client.py HOST PORT"""
import socket
import sys
from datetime import datetime

LIMIT = 1000
where = sys.argv[1], int(sys.argv[2])

print('Start the client at', datetime.now())
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as conn:
    conn.connect(where)
    conn.sendall(b'Hey~~~')
    reply = conn.recv(LIMIT)
    print('AT', datetime.now(), 'some reply', reply)
