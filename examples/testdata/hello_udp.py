"""The Python beside examples/hello_udp: hello_udp.py HOST PORT TO_HOST TO_PORT"""
import socket
import sys

udp_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp_socket.bind((sys.argv[1], int(sys.argv[2])))
print('listening on %s:%d' % udp_socket.getsockname())
to = (sys.argv[3], int(sys.argv[4]))
udp_socket.sendto('hello python'.encode('utf-8'), to)
recv_data, sender = udp_socket.recvfrom(1024)
print('received', ascii(recv_data.decode('utf-8')), file=sys.stderr)
udp_socket.close()
