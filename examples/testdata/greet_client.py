"""The Python beside examples/greet_client: greet_client.py HOST PORT"""
import socket
import sys
from datetime import datetime

print('Start the client at {}'.format(datetime.now()))
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
client.sendall(b'Hey~~~')
data = client.recv(1000)
print('AT', datetime.now(), 'some reply', data)
client.close()
