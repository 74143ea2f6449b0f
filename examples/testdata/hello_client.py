"""The Python beside examples/hello_client: hello_client.py HOST PORT"""
import socket
import sys

tcp_client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp_client_socket.connect((sys.argv[1], int(sys.argv[2])))
tcp_client_socket.send('hello'.encode('utf-8'))
recv_data = tcp_client_socket.recv(1024)
print('received', ascii(recv_data.decode('utf-8')), file=sys.stderr)
tcp_client_socket.close()
