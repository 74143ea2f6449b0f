"""The Python beside examples/udp_client: udp_client.py HOST PORT [DATAGRAMS]"""
import itertools
import sys
from socket import *

target = sys.argv[1], int(sys.argv[2])
turns = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()

with socket(AF_INET, SOCK_DGRAM) as sock:
    payload = 'hello'.encode()
    for _ in turns:
        sock.sendto(payload, target)
        print(payload.decode(), target, sep='\n')
