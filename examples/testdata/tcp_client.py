"""The Python beside examples/tcp_client: tcp_client.py HOST PORT"""
import socket
import sys

where = sys.argv[1], int(sys.argv[2])

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as conn:
    conn.connect(where)
    line = ''
    while line != '1':
        try:
            line = input('please input')
        except EOFError:
            break
        if line:
            conn.sendall(line.encode())
