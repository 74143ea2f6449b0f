"""The Python beside examples/hello_client: hello_client.py HOST PORT"""
import socket
import sys

where = sys.argv[1], int(sys.argv[2])

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as conn:
    conn.connect(where)
    conn.send('hello'.encode())
    reply = conn.recv(1024)
print('received', ascii(reply.decode()), file=sys.stderr)
