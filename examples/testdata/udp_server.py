"""The Python beside examples/udp_server: udp_server.py HOST PORT [DATAGRAMS]"""
import sys
from socket import *

datagrams = int(sys.argv[3]) if len(sys.argv) > 3 else -1

s = socket(AF_INET, SOCK_DGRAM)
s.bind((sys.argv[1], int(sys.argv[2])))
print('listening on %s:%d' % s.getsockname())
while datagrams != 0:
    data, address = s.recvfrom(1024)
    print(data, address, type(data))
    s.sendto(b'this is the UDP server', address)
    datagrams -= 1
s.close()
