"""The Python beside examples/hello_server: hello_server.py HOST PORT"""
import socket
import sys

tcp_server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp_server_socket.bind((sys.argv[1], int(sys.argv[2])))
tcp_server_socket.listen(128)
print('listening on %s:%d' % tcp_server_socket.getsockname())
new_client_socket, client_addr = tcp_server_socket.accept()
recv_data = new_client_socket.recv(1024).decode('utf-8')
print('received', ascii(recv_data), file=sys.stderr)
new_client_socket.send('hello'.encode('utf-8'))
new_client_socket.close()
tcp_server_socket.close()
