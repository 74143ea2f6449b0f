"""The Python beside examples/udp_client: udp_client.py HOST PORT [DATAGRAMS]"""
import sys
from socket import *

addr = (sys.argv[1], int(sys.argv[2]))
datagrams = int(sys.argv[3]) if len(sys.argv) > 3 else -1

s = socket(AF_INET, SOCK_DGRAM)
data = 'hello'.encode('utf-8')
while datagrams != 0:
    s.sendto(data, addr)
    print(data.decode('utf-8'))
    print(addr)
    datagrams -= 1
s.close()
