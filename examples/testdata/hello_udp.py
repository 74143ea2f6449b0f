"""The Python beside examples/hello_udp: hello_udp.py HOST PORT TO_HOST TO_PORT"""
import socket
import sys

where = sys.argv[1], int(sys.argv[2])
target = sys.argv[3], int(sys.argv[4])

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(where)
    print('listening on %s:%d' % sock.getsockname())
    sock.sendto('hello python'.encode(), target)
    datagram, peer = sock.recvfrom(1024)
print('received', ascii(datagram.decode()), 'from', peer, file=sys.stderr)
