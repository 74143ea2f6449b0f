"""The Python beside examples/tcp_server: tcp_server.py HOST PORT [CLIENTS]"""
import codecs
import itertools
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
clients = int(sys.argv[3]) if len(sys.argv) > 3 else 0

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as ser:
    ser.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ser.bind((host, port))
    ser.listen(5)
    print('listening on %s:%d' % ser.getsockname())
    for _ in range(clients) if clients else itertools.count():
        con, address = ser.accept()
        decoder = codecs.getincrementaldecoder('utf-8')()
        with con:
            try:
                while msg := con.recv(1024):
                    text = decoder.decode(msg)
                    if text:
                        print('服务器收到消息', text)
                    if text == '1':
                        break
            except (OSError, UnicodeDecodeError) as e:
                print(address, e, file=sys.stderr)
