//go:build unix

package main

import (
	"time"

	"example.com/socket"
)

const million = 1_000_000

func sending() {
	a, b := pair()
	defer a.Close()
	defer b.Close()
	done("a.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096)", a.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096))
	done("a.setblocking(False)", a.SetBlocking(false))
	data := make([]byte, million)
	n, err := a.Send(data)
	if err != nil || n == 0 || n >= million {
		fail("a.send of a million bytes: %d, %v, want a part of it", n, err)
	}
	step("n = a.send(bytes(1_000_000))  # a part", "less than 1000000")
	first, err := b.Recv(million)
	want("len(b.recv(1_000_000)) == n", true, len(first) == n, err)

	done("a.settimeout(10)", a.SetTimeout(10*time.Second))
	total := countAll(b)
	for rest := data; len(rest) > 0; rest = rest[n:] {
		if n, err = a.Send(rest); err != nil {
			fail("a.send in a loop: %v", err)
		}
	}
	step("while data: data = data[a.send(data):]", "done")
	done("a.sendall(bytes(1_000_000))  # the same in one call", a.SendAll(data))
	done("a.shutdown(SHUT_WR)", a.Shutdown(socket.SHUT_WR))
	want("total, what b received until the end", 2*million, <-total, nil)
}

// countAll receives from s until the end and sends on the number of bytes.
func countAll(s *socket.Socket) <-chan int {
	total := make(chan int, 1)
	go func() {
		sum := 0
		for {
			data, err := s.Recv(65536)
			if err != nil {
				fail("b.recv: %v", err)
			}
			if len(data) == 0 {
				total <- sum
				return
			}
			sum += len(data)
		}
	}()
	return total
}

func remainder() {
	a, b := pair()
	defer a.Close()
	defer b.Close()
	done("a.sendall(b'hello world')", a.SendAll([]byte("hello world")))
	data, err := b.Recv(5)
	want("b.recv(5)", []byte("hello"), data, err)
	data, err = b.Recv(1024)
	want("b.recv(1024)  # a stream keeps the rest", []byte(" world"), data, err)

	c, d, err := socket.SocketPair(socket.SOCK_DGRAM)
	got("c, d = socket.socketpair(AF_UNIX, SOCK_DGRAM)", c, err)
	defer c.Close()
	defer d.Close()
	done("c.sendall(b'hello world')", c.SendAll([]byte("hello world")))
	done("c.sendall(b'next')", c.SendAll([]byte("next")))
	data, err = d.Recv(5)
	want("d.recv(5)", []byte("hello"), data, err)
	data, err = d.Recv(1024)
	want("d.recv(1024)  # a datagram loses it", []byte("next"), data, err)
}
