"""The Python beside examples/udp_server: udp_server.py HOST PORT [DATAGRAMS]"""
import itertools
import sys
from socket import *

where = sys.argv[1], int(sys.argv[2])
turns = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()

with socket(AF_INET, SOCK_DGRAM) as sock:
    sock.bind(where)
    print('listening on %s:%d' % sock.getsockname())
    for _ in turns:
        datagram, peer = sock.recvfrom(1024)
        print(datagram, peer, type(datagram))
        sock.sendto(b'this is the UDP server', peer)
