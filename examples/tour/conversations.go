//go:build unix

package main

import (
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

// The kernel completes a connection before accept is called, and keeps what was
// sent before recv is. So one goroutine can play both ends.

func tcp() {
	listener, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	got("listener = socket.socket(AF_INET, SOCK_STREAM)", listener, err)
	defer listener.Close()
	done("listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)",
		listener.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
	done("listener.bind(('127.0.0.1', 0))", listener.Bind(socket.Addr("127.0.0.1", 0)))
	done("listener.listen(5)", listener.Listen(5))
	name, err := listener.GetSockName()
	got("listener.getsockname()", name, err)

	client, err := socket.New()
	got("client = socket.socket()", client, err)
	defer client.Close()
	done("client.connect(listener.getsockname())", client.Connect(name))
	conn, peer, err := listener.Accept()
	got("conn, peer = listener.accept()", peer, err)
	defer conn.Close()
	other, err := conn.GetPeerName()
	want("conn.getpeername() == peer", true, other == peer, err)

	n, err := client.Send([]byte("你好"))
	want("client.send('你好'.encode())", 6, n, err)
	chunk, err := conn.Recv(1024)
	want("chunk = conn.recv(1024)", []byte("你好"), chunk, err)
	want("chunk.decode()", "你好", string(chunk), nil)

	n, err = client.Send([]byte("1"))
	want("client.send(b'1')", 1, n, err)
	chunk, err = conn.Recv(1024)
	want("chunk = conn.recv(1024)", []byte("1"), chunk, err)
	done("conn.close()  # since chunk == b'1'", conn.Close())
	chunk, err = client.Recv(1024)
	want("client.recv(1024)  # empty: the server has closed", []byte{}, chunk, err)
	done("client.close()", client.Close())
	done("listener.close()", listener.Close())
}

func udp() {
	server, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	got("server = socket(AF_INET, SOCK_DGRAM)", server, err)
	defer server.Close()
	done("server.bind(('127.0.0.1', 0))", server.Bind(socket.Addr("127.0.0.1", 0)))
	where, err := server.GetSockName()
	got("where = server.getsockname()", where, err)

	client, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	got("client = socket(AF_INET, SOCK_DGRAM)", client, err)
	defer client.Close()
	n, err := client.SendTo([]byte("hello"), where)
	want("client.sendto(b'hello', where)", 5, n, err)
	datagram, peer, err := server.RecvFrom(1024)
	want("datagram, peer = server.recvfrom(1024)", []byte("hello"), datagram, err)
	step("peer", peer)
	n, err = server.SendTo([]byte("this is the UDP server"), peer)
	want("server.sendto(b'this is the UDP server', peer)", 22, n, err)
	datagram, from, err := client.RecvFrom(1024)
	want("datagram, source = client.recvfrom(1024)", []byte("this is the UDP server"), datagram, err)
	want("source == where", true, from == where, nil)
	done("server.close()", server.Close())
	done("client.close()", client.Close())
}

func greeting() {
	listener, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	got("listener = socket.socket(AF_INET, SOCK_STREAM)", listener, err)
	defer listener.Close()
	done("listener.bind(('localhost', 0))", listener.Bind(socket.Addr("localhost", 0)))
	done("listener.listen(5)", listener.Listen(5))
	where, err := listener.GetSockName()
	got("listener.getsockname()", where, err)

	caller, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	got("caller = socket.socket(AF_INET, SOCK_STREAM)", caller, err)
	defer caller.Close()
	done("caller.connect(listener.getsockname())", caller.Connect(socket.Addr("localhost", where.Port())))
	conn, peer, err := listener.Accept()
	got("conn, peer = listener.accept()", peer, err)
	defer conn.Close()

	done("caller.sendall(b'Hey~~~')", caller.SendAll([]byte("Hey~~~")))
	reply, err := conn.Recv(1000)
	want("reply = conn.recv(1000)", []byte("Hey~~~"), reply, err)
	step("print('AT', datetime.now(), 'Said', reply)",
		fmt.Sprint("AT ", program.Now(), " Said ", program.Bytes(reply)))
	done("conn.sendall(b'Are you want to talk to me')",
		conn.SendAll([]byte("Are you want to talk to me")))
	reply, err = caller.Recv(1000)
	want("reply = caller.recv(1000)", []byte("Are you want to talk to me"), reply, err)
}

func helloTCP() {
	listener, err := socket.New()
	got("listener = socket.socket()", listener, err)
	defer listener.Close()
	done("listener.bind(('', 0))", listener.Bind(socket.Addr("", 0)))
	done("listener.listen(128)", listener.Listen(128))
	where, err := listener.GetSockName()
	got("listener.getsockname()  # any address", where, err)

	client, err := socket.New()
	got("client = socket.socket()", client, err)
	defer client.Close()
	done("client.connect(('127.0.0.1', port))", client.Connect(socket.Addr("127.0.0.1", where.Port())))
	conn, peer, err := listener.Accept()
	got("conn, peer = listener.accept()", peer, err)
	defer conn.Close()

	n, err := client.Send([]byte("hello"))
	want("client.send('hello'.encode())", 5, n, err)
	reply, err := conn.Recv(1024)
	want("conn.recv(1024).decode()", "hello", string(reply), err)
	n, err = conn.Send([]byte("hello"))
	want("conn.send('hello'.encode())", 5, n, err)
	reply, err = client.Recv(1024)
	want("client.recv(1024)", []byte("hello"), reply, err)
}

func helloUDP() {
	sock, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	got("sock = socket.socket(AF_INET, SOCK_DGRAM)", sock, err)
	defer sock.Close()
	done("sock.bind(('', 0))", sock.Bind(socket.Addr("", 0)))
	where, err := sock.GetSockName()
	got("sock.getsockname()", where, err)
	n, err := sock.SendTo([]byte("hello python"), socket.Addr("127.0.0.1", where.Port()))
	want("sock.sendto('hello python'.encode(), itself)", 12, n, err)
	datagram, from, err := sock.RecvFrom(1024)
	want("datagram, peer = sock.recvfrom(1024)", []byte("hello python"), datagram, err)
	want("peer == ('127.0.0.1', port)", true, from == socket.Address(socket.Addr("127.0.0.1", where.Port())), nil)
}
