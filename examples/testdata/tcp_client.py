"""The Python beside examples/tcp_client: tcp_client.py HOST PORT"""
import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as p:
    p.connect((sys.argv[1], int(sys.argv[2])))
    msg = ''
    while msg != '1':
        try:
            msg = input('please input')
        except EOFError:
            break
        p.sendall(msg.encode('utf-8'))  # nothing, if msg is empty
