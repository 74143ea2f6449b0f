//go:build unix && !aix

package socket_test

import (
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"github.com/google/go-cmp/cmp"
)

// shutters are the receives that a shutdown of the reading side ends, each with
// the end of the stream as its result.
var shutters = map[string]func(*socket.Socket) ([]byte, error){
	"Recv": func(s *socket.Socket) ([]byte, error) { return s.Recv(10) },
	"RecvFrom": func(s *socket.Socket) ([]byte, error) {
		b, _, err := s.RecvFrom(10)
		return b, err
	},
	"RecvInto": func(s *socket.Socket) ([]byte, error) {
		b := make([]byte, 10)
		n, err := s.RecvInto(b)
		return b[:n], err
	},
	"RecvMsg": func(s *socket.Socket) ([]byte, error) {
		b, _, _, _, err := s.RecvMsg(10, 0)
		return b, err
	},
}

// A blocking recv of a datagram socket that another thread shuts down returns
// nothing; with O_NONBLOCK the kernel of Linux doesn't say so.
func TestShutdownEndsReceives(t *testing.T) {
	for name, receive := range shutters {
		for kind, timeout := range map[socket.SocketKind]time.Duration{
			socket.SOCK_DGRAM:  socket.NoTimeout,
			socket.SOCK_STREAM: patience,
		} {
			t.Run(name+" "+kind.String(), func(t *testing.T) {
				leaktest.Check(t)
				a, _ := streamPair(t, socket.AF_UNIX, kind)
				must(t, a.SetTimeout(timeout))
				var got []byte
				ended := start(func() (err error) {
					got, err = receive(a)
					return err
				})
				waitParked(t, 1)
				must(t, a.Shutdown(socket.SHUT_RD))
				must(t, within(t, ended))
				if diff := cmp.Diff("", string(got)); diff != "" {
					t.Errorf("received (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// The one who shuts down may have a duplicate of the socket.
func TestShutdownOfADuplicateEndsReceives(t *testing.T) {
	leaktest.Check(t)
	a, _ := streamPair(t, socket.AF_UNIX, socket.SOCK_DGRAM)
	b, err := a.Dup()
	must(t, err)
	defer b.Close()
	ended := start(func() error {
		_, err := a.Recv(10)
		return err
	})
	waitParked(t, 1)
	must(t, b.Shutdown(socket.SHUT_RD))
	must(t, within(t, ended))
}
