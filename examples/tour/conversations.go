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
	ser, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	got("ser = socket.socket(AF_INET, SOCK_STREAM)", ser, err)
	defer ser.Close()
	done("ser.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)",
		ser.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
	done("ser.bind(('127.0.0.1', 0))", ser.Bind(socket.Addr("127.0.0.1", 0)))
	done("ser.listen(5)", ser.Listen(5))
	name, err := ser.GetSockName()
	got("ser.getsockname()", name, err)

	p, err := socket.New()
	got("p = socket.socket()", p, err)
	defer p.Close()
	done("p.connect(ser.getsockname())", p.Connect(name))
	con, address, err := ser.Accept()
	got("con, address = ser.accept()", address, err)
	defer con.Close()
	peer, err := con.GetPeerName()
	want("con.getpeername() == address", address, peer, err)

	n, err := p.Send([]byte("你好"))
	want("p.send('你好'.encode('utf-8'))", 6, n, err)
	msg, err := con.Recv(1024)
	want("msg = con.recv(1024)", []byte("你好"), msg, err)
	want("msg.decode('utf-8')", "你好", string(msg), nil)

	n, err = p.Send([]byte("1"))
	want("p.send(b'1')", 1, n, err)
	msg, err = con.Recv(1024)
	want("msg = con.recv(1024)", []byte("1"), msg, err)
	done("con.close()  # since msg == b'1'", con.Close())
	msg, err = p.Recv(1024)
	want("p.recv(1024)  # empty: the server has closed", []byte{}, msg, err)
	done("p.close()", p.Close())
	done("ser.close()", ser.Close())
}

func udp() {
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	got("s = socket(AF_INET, SOCK_DGRAM)", s, err)
	defer s.Close()
	done("s.bind(('127.0.0.1', 0))", s.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err := s.GetSockName()
	got("addr = s.getsockname()", addr, err)

	c, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	got("c = socket(AF_INET, SOCK_DGRAM)", c, err)
	defer c.Close()
	n, err := c.SendTo([]byte("hello"), addr)
	want("c.sendto(b'hello', addr)", 5, n, err)
	data, address, err := s.RecvFrom(1024)
	want("data, address = s.recvfrom(1024)", []byte("hello"), data, err)
	step("address", address)
	n, err = s.SendTo([]byte("this is the UDP server"), address)
	want("s.sendto(b'this is the UDP server', address)", 22, n, err)
	data, from, err := c.RecvFrom(1024)
	want("data, sender = c.recvfrom(1024)", []byte("this is the UDP server"), data, err)
	want("sender == addr", addr, from, nil)
	done("s.close()", s.Close())
	done("c.close()", c.Close())
}

func greeting() {
	server, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	got("server = socket.socket(AF_INET, SOCK_STREAM)", server, err)
	defer server.Close()
	done("server.bind(('localhost', 0))", server.Bind(socket.Addr("localhost", 0)))
	done("server.listen(5)", server.Listen(5))
	name, err := server.GetSockName()
	got("server.getsockname()", name, err)

	mine, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	got("mine = socket.socket(AF_INET, SOCK_STREAM)", mine, err)
	defer mine.Close()
	done("mine.connect(server.getsockname())", mine.Connect(socket.Addr("localhost", name.Port())))
	client, addr, err := server.Accept()
	got("client, addr = server.accept()", addr, err)
	defer client.Close()

	done("mine.sendall(b'Hey~~~')", mine.SendAll([]byte("Hey~~~")))
	data, err := client.Recv(1000)
	want("data = client.recv(1000)", []byte("Hey~~~"), data, err)
	step("print('AT', datetime.now(), 'Said', data)",
		fmt.Sprint("AT ", program.Now(), " Said ", program.Bytes(data)))
	done("client.sendall(b'Are you want to talk to me')",
		client.SendAll([]byte("Are you want to talk to me")))
	data, err = mine.Recv(1000)
	want("data = mine.recv(1000)", []byte("Are you want to talk to me"), data, err)
}

func helloTCP() {
	server, err := socket.New()
	got("server = socket.socket()", server, err)
	defer server.Close()
	done("server.bind(('', 0))", server.Bind(socket.Addr("", 0)))
	done("server.listen(128)", server.Listen(128))
	name, err := server.GetSockName()
	got("server.getsockname()  # any address", name, err)

	client, err := socket.New()
	got("client = socket.socket()", client, err)
	defer client.Close()
	done("client.connect(('127.0.0.1', port))", client.Connect(socket.Addr("127.0.0.1", name.Port())))
	con, addr, err := server.Accept()
	got("con, addr = server.accept()", addr, err)
	defer con.Close()

	n, err := client.Send([]byte("hello"))
	want("client.send('hello'.encode('utf-8'))", 5, n, err)
	data, err := con.Recv(1024)
	want("con.recv(1024).decode('utf-8')", "hello", string(data), err)
	n, err = con.Send([]byte("hello"))
	want("con.send('hello'.encode('utf-8'))", 5, n, err)
	data, err = client.Recv(1024)
	want("client.recv(1024)", []byte("hello"), data, err)
}

func helloUDP() {
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	got("s = socket.socket(AF_INET, SOCK_DGRAM)", s, err)
	defer s.Close()
	done("s.bind(('', 0))", s.Bind(socket.Addr("", 0)))
	name, err := s.GetSockName()
	got("s.getsockname()", name, err)
	n, err := s.SendTo([]byte("hello python"), socket.Addr("127.0.0.1", name.Port()))
	want("s.sendto('hello python'.encode('utf-8'), itself)", 12, n, err)
	data, from, err := s.RecvFrom(1024)
	want("data, sender = s.recvfrom(1024)", []byte("hello python"), data, err)
	want("sender == ('127.0.0.1', port)", socket.Addr("127.0.0.1", name.Port()), from, nil)
}
