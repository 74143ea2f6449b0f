//go:build unix && !aix

package socket_test

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"testing"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// TestTruncShowsNothingOfOthers: with MSG_TRUNC TCP throws the bytes away and
// writes none, and returns their count. What the buffer from the pool held before
// must not come out.
func TestTruncShowsNothingOfOthers(t *testing.T) {
	recv := map[string]func(s *socket.Socket) ([]byte, error){
		"Recv": func(s *socket.Socket) ([]byte, error) { return s.Recv(100, socket.MSG_TRUNC) },
		"RecvFrom": func(s *socket.Socket) ([]byte, error) {
			p, _, err := s.RecvFrom(100, socket.MSG_TRUNC)
			return p, err
		},
		"RecvMsg": func(s *socket.Socket) ([]byte, error) {
			p, _, _, _, err := s.RecvMsg(100, 0, socket.MSG_TRUNC)
			return p, err
		},
	}
	for name, recv := range recv {
		t.Run(name, func(t *testing.T) {
			a, b := tcpConns(t)
			secret := bytes.Repeat([]byte("secret"), 10)
			for range 100 { // so that the pool has it
				must(t, a.SendAll(secret))
				for got := 0; got < len(secret); {
					p, err := b.Recv(len(secret) - got)
					must(t, err)
					got += len(p)
				}
			}
			must(t, a.SendAll([]byte("12345678")))
			p, err := recv(b)
			must(t, err)
			if bytes.ContainsAny(p, "secret") {
				t.Errorf("got %q, which was received before", p)
			}
		})
	}
}

// TestNumbersTooLarge: the kernel looks at 32 bits of a descriptor's number, of a
// family and so on. More must not be cut off without a word.
func TestNumbersTooLarge(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("int has 32 bits here: run it on a 64-bit platform")
	}
	a, _ := streamPair(t)
	wide := int64(1) << 32 // a constant would not compile where int has 32 bits
	large := int(wide)
	fileno := large + a.Fileno()
	calls := map[string]func() (*socket.Socket, error){
		"New Fileno":    func() (*socket.Socket, error) { return socket.New(socket.Fileno(fileno)) },
		"FromFd":        func() (*socket.Socket, error) { return socket.FromFd(fileno) },
		"CloseFd":       func() (*socket.Socket, error) { return nil, socket.CloseFd(fileno) },
		"CloseFd -2^32": func() (*socket.Socket, error) { return nil, socket.CloseFd(a.Fileno() - large) },
		"New family": func() (*socket.Socket, error) {
			return socket.New(socket.AF_INET + socket.AddressFamily(large))
		},
		"New kind": func() (*socket.Socket, error) {
			return socket.New(socket.SOCK_STREAM + socket.SocketKind(large))
		},
		"New proto": func() (*socket.Socket, error) { return socket.New(socket.Proto(large)) },
		"SocketPair": func() (*socket.Socket, error) {
			a, b, err := socket.SocketPair(socket.AF_UNIX + socket.AddressFamily(large))
			if err == nil {
				b.Close()
			}
			return a, err
		},
	}
	names := map[string]string{"New family": "address family", "New kind": "socket kind", "New proto": "protocol"}
	for name, call := range calls {
		s, err := call()
		var wrong *socket.ArgumentError
		if !errors.As(err, &wrong) || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: got error %v, want an *ArgumentError", name, err)
		} else if want, ok := names[name]; ok && wrong.Name != want {
			t.Errorf("%s: %v, want it to name the %s", name, err, want)
		}
		if s != nil {
			s.Close()
		}
	}
	if _, err := unix.FcntlInt(uintptr(a.Fileno()), unix.F_GETFD, 0); err != nil {
		t.Errorf("the descriptor whose number was cut out: %v", err)
	}
}

// TestFlagsTooLarge: no call drops a flag beyond a C int, and none is made.
func TestFlagsTooLarge(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("int has 32 bits here: run it on a 64-bit platform")
	}
	a, b := streamPair(t)
	wide := int64(1) << 32
	flag, buf := socket.MsgFlag(wide), make([]byte, 1)
	for name, call := range map[string]func() error{
		"Recv":         func() error { _, err := a.Recv(1, flag); return err },
		"RecvInto":     func() error { _, err := a.RecvInto(buf, flag); return err },
		"RecvFrom":     func() error { _, _, err := a.RecvFrom(1, flag); return err },
		"RecvFromInto": func() error { _, _, err := a.RecvFromInto(buf, flag); return err },
		"RecvMsg":      func() error { _, _, _, _, err := a.RecvMsg(1, 0, socket.MSG_PEEK, flag); return err },
		"RecvMsgInto":  func() error { _, _, _, _, err := a.RecvMsgInto([][]byte{buf}, 0, flag); return err },
		"RecvFds":      func() error { _, _, _, _, err := socket.RecvFds(a, 1, 1, flag); return err },
		"Send":         func() error { _, err := a.Send(buf, flag); return err },
		"SendAll":      func() error { return a.SendAll(buf, flag) },
		"SendTo":       func() error { _, err := a.SendTo(buf, socket.UnixAddr("/"), flag); return err },
		"SendMsg":      func() error { _, err := a.SendMsg([][]byte{buf}, nil, nil, flag); return err },
	} {
		var wrong *socket.ArgumentError
		if err := call(); !errors.As(err, &wrong) || wrong.Name != "flags" {
			t.Errorf("%s: got error %v, want an *ArgumentError for flags", name, err)
		}
	}
	if data, err := b.Recv(1, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
		t.Errorf("a refused call sent something: got %q, %v", data, err)
	}
}
