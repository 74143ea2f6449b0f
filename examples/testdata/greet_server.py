"""The Python beside examples/greet_server: greet_server.py HOST PORT"""
import socket
import sys
from datetime import datetime

start = datetime.now()
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
print('listening on %s:%d' % server.getsockname())
print('Start server at {}'.format(start))
print('Waiting for a client now !')
client, addr = server.accept()
data = client.recv(1000)
print('AT', datetime.now(), client, 'Said', data)
client.sendall(b'Are you want to talk to me')
client.close()
server.close()
