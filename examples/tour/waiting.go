//go:build unix

package main

import (
	"fmt"
	"os"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// pair returns two connected streams.
func pair() (a, b *socket.Socket) {
	a, b, err := socket.SocketPair()
	got("a, b = socket.socketpair()", fmt.Sprint(a, " ", b), err)
	return a, b
}

func timeouts() {
	a, b := pair()
	defer a.Close()
	defer b.Close()
	want("a.gettimeout()", socket.NoTimeout, a.GetTimeout(), nil)
	done("a.settimeout(0.05)", a.SetTimeout(50*time.Millisecond))
	_, err := a.Recv(1024)
	raises("a.recv(1024)", err, socket.ErrTimeout, os.ErrDeadlineExceeded)
	done("b.sendall(b'late')", b.SendAll([]byte("late")))
	data, err := a.Recv(1024)
	want("a.recv(1024)  # the socket goes on", []byte("late"), data, err)
	raises("a.settimeout(5)  # ported as it stands: 5 ns", a.SetTimeout(5), os.ErrInvalid)
	done("a.settimeout(None)", a.SetTimeout(socket.NoTimeout))

	listener, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	got("listener = socket.create_server(('127.0.0.1', 0))", listener, err)
	defer listener.Close()
	done("listener.settimeout(0.05)", listener.SetTimeout(50*time.Millisecond))
	_, _, err = listener.Accept()
	raises("listener.accept()", err, socket.ErrTimeout)
}

func connectEx() {
	listener, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	got("listener = socket.create_server(('127.0.0.1', 0))", listener, err)
	defer listener.Close()
	name, err := listener.GetSockName()
	got("listener.getsockname()", name, err)
	tryConnect("s.connect_ex(listener.getsockname())", name, 0)

	// A port that is bound and doesn't listen refuses connections, and nobody
	// else can get it meanwhile.
	bound, err := socket.New()
	got("bound = socket.socket()", bound, err)
	defer bound.Close()
	done("bound.bind(('127.0.0.1', 0))", bound.Bind(socket.Addr("127.0.0.1", 0)))
	name, err = bound.GetSockName()
	got("bound.getsockname()", name, err)
	tryConnect("s.connect_ex(bound.getsockname())", name, unix.ECONNREFUSED)
}

func tryConnect(python string, addr socket.Address, wanted unix.Errno) {
	s, err := socket.New()
	got("s = socket.socket()", s, err)
	defer s.Close()
	errno, err := s.ConnectEx(addr)
	want(python, int(wanted), int(errno), err)
	if errno != 0 {
		step("os.strerror(errno)", (&socket.Error{Errno: errno}).Strerror())
	}
}

func nonBlocking() {
	listener, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	got("listener = socket.create_server(('127.0.0.1', 0))", listener, err)
	defer listener.Close()
	done("listener.setblocking(False)", listener.SetBlocking(false))
	want("listener.gettimeout()", time.Duration(0), listener.GetTimeout(), nil)
	_, _, err = listener.Accept()
	raises("listener.accept()", err, socket.ErrBlockingIO, unix.EAGAIN)

	a, b := pair()
	defer a.Close()
	defer b.Close()
	done("a.setblocking(False)", a.SetBlocking(false))
	_, err = a.Recv(1024)
	raises("a.recv(1024)", err, socket.ErrBlockingIO)
	raises("a.sendall(bytes(100_000_000))  # nobody reads",
		a.SendAll(make([]byte, 100_000_000)), socket.ErrBlockingIO)
	done("a.setblocking(True)", a.SetBlocking(true))
}

func unblock() {
	a, b := pair()
	defer a.Close()
	defer b.Close()
	type received struct {
		data []byte
		err  error
	}
	calls := make(chan received)
	go func() {
		for range 2 {
			data, err := a.Recv(1024)
			calls <- received{data, err}
		}
	}()
	done("b.sendall(b'data')  # a.recv waits in a thread", b.SendAll([]byte("data")))
	r := <-calls
	want("a.recv(1024)", []byte("data"), r.data, r.err)
	done("b.close()", b.Close())
	r = <-calls
	want("a.recv(1024)  # and len(data) == 0", []byte{}, r.data, r.err)
}
