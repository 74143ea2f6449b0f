//go:build unix

package main

import (
	"errors"
	"net"
	"os"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

func refusals() {
	listener, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	got("listener = socket.create_server(('127.0.0.1', 0))", listener, err)
	defer listener.Close()
	name, err := listener.GetSockName()
	got("listener.getsockname()", name, err)

	s, err := socket.New()
	got("s = socket.socket()", s, err)
	defer s.Close()
	raises("s.bind(listener.getsockname())  # in use", s.Bind(name), unix.EADDRINUSE)
	raises("s.bind(('192.0.2.1', 0))  # another machine's", s.Bind(socket.Addr("192.0.2.1", 0)), unix.EADDRNOTAVAIL)
	raises("s.bind(('127.0.0.1', 65536))  # no such port", s.Bind(socket.Addr("127.0.0.1", 65536)), os.ErrInvalid)
	reservedPort(s)

	closed, err := socket.New()
	got("closed = socket.socket()", closed, err)
	defer closed.Close()
	done("closed.bind(('127.0.0.1', 0))  # and no listen", closed.Bind(socket.Addr("127.0.0.1", 0)))
	name, err = closed.GetSockName()
	got("closed.getsockname()", name, err)
	raises("socket.create_connection(closed.getsockname())", connect(name), socket.ErrConnectionRefused)
}

// reservedPort binds a port that belongs to root, which may be who we are.
func reservedPort(s *socket.Socket) {
	const python = "s.bind(('127.0.0.1', 1))  # reserved"
	err := s.Bind(socket.Addr("127.0.0.1", 1))
	switch {
	case err == nil:
		step(python, "done: this process may")
	case errors.Is(err, unix.EADDRINUSE):
		step(python, err)
	default:
		raises(python, err, socket.ErrPermission)
	}
}

func connect(addr socket.Address) error {
	s, err := socket.CreateConnection(addr, socket.Timeout(10*time.Second))
	if err == nil {
		s.Close()
	}
	return err
}

func names() {
	a, b := pair()
	defer a.Close()
	done("b.close()", b.Close())
	_, err := a.Send([]byte("x"))
	raises("a.send(b'x')", err, socket.ErrBrokenPipe, socket.ErrConnection, unix.EPIPE)
	step("  except BrokenPipeError:", "errors.Is(err, socket.ErrBrokenPipe)")
	step("  except ConnectionError:", "errors.Is(err, socket.ErrConnection)")
	step("  except OSError as e: e.errno == errno.EPIPE", "errors.Is(err, unix.EPIPE)")

	done("a.close()", a.Close())
	done("a.close()  # twice is fine", a.Close())
	want("a.fileno()", -1, a.Fileno(), nil)
	_, err = a.Recv(1)
	raises("a.recv(1)", err, unix.EBADF, net.ErrClosed)
	step("  e.errno == errno.EBADF", "errors.Is(err, unix.EBADF), and net.ErrClosed")

	s, err := socket.New()
	got("s = socket.socket()", s, err)
	defer s.Close()
	err = s.Bind(socket.Addr("::1", 0))
	raises("s.bind(('::1', 0))  # an IPv6 address for AF_INET", err)
	var gai *socket.GAIError
	if !errors.As(err, &gai) || gai.Code != socket.EAI_ADDRFAMILY {
		fail("s.bind(('::1', 0)): %v, want a GAIError with EAI_ADDRFAMILY", err)
	}
	step("  except socket.gaierror as e: e.errno", gai.Code)
}
