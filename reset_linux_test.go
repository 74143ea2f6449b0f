package socket_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// cutShort are the calls that send much without a timeout, and return what was taken
// when the connection breaks meanwhile.
var cutShort = map[string]func(s *socket.Socket, data []byte) (int, error){
	"Send": func(s *socket.Socket, data []byte) (int, error) { return s.Send(data) },
	"SendMsg": func(s *socket.Socket, data []byte) (int, error) {
		return s.SendMsg([][]byte{data}, nil, nil)
	},
}

// reset has peer break the connection.
func reset(t *testing.T, peer *socket.Socket) {
	t.Helper()
	must(t, peer.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, lingerBytes(1, 0)))
	must(t, peer.Close())
}

// TestResetDuringSend: a reset that ends a Send early is told to the next call,
// whatever that is, and to no other; who receives gets first what came before it. What
// follows is the kernel's: the same calls of a blocking descriptor have these outcomes.
func TestResetDuringSend(t *testing.T) {
	recv := func(s *socket.Socket) string { data, err := s.Recv(10); return answered(string(data), err) }
	send := func(s *socket.Socket) string { return answered(s.Send([]byte("x"))) }
	ask := func(s *socket.Socket) string { return answered(s.GetSockOpt(socket.SOL_SOCKET, socket.SO_ERROR)) }
	reset := fmt.Sprint(int(unix.ECONNRESET))
	type calls []func(*socket.Socket) string
	for name, cut := range cutShort {
		for next, tt := range map[string]struct {
			calls calls
			want  []string
		}{
			"Recv":     {calls{recv, recv, recv, send}, []string{"tail", "ECONNRESET", "", "EPIPE"}},
			"Send":     {calls{send, recv, recv, send}, []string{"ECONNRESET", "tail", "", "EPIPE"}},
			"SO_ERROR": {calls{ask, ask, recv, recv, send}, []string{reset, "0", "tail", "", "EPIPE"}},
		} {
			t.Run(name+", then "+next, func(t *testing.T) {
				s, peer := tcpConns(t)
				must(t, peer.SendAll([]byte("tail")))
				waitFor(t, s, unix.POLLIN)
				cutByReset(t, s, peer, cut)
				var got []string
				for _, call := range tt.calls {
					got = append(got, call(s))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("answers (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// cutByReset has s send more than there is room for until peer breaks the connection.
func cutByReset(t *testing.T, s, peer *socket.Socket, cut func(*socket.Socket, []byte) (int, error)) {
	t.Helper()
	const much = 64 << 20
	sent := 0
	done := start(func() (err error) { sent, err = cut(s, make([]byte, much)); return err })
	waitParked(t, 1)
	reset(t, peer)
	must(t, within(t, done))
	if sent <= 0 || sent >= much {
		t.Fatalf("%d bytes were taken, want some but not all", sent)
	}
}

// TestResetDuringSendIsTheReceivers: one goroutine receives and another one sends when
// the connection breaks. Send returns what was taken; the reset is for who receives,
// who would take it for the end of the stream else.
func TestResetDuringSendIsTheReceivers(t *testing.T) {
	for name, cut := range cutShort {
		t.Run(name, func(t *testing.T) {
			for range 50 {
				s, peer := tcpConns(t)
				must(t, s.SetTimeout(time.Minute))
				received := start(func() error { _, err := s.Recv(10); return err })
				waitParked(t, 1)
				must(t, s.SetTimeout(socket.NoTimeout))
				sent := start(func() error { _, err := cut(s, make([]byte, 64<<20)); return err })
				waitParked(t, 2)
				reset(t, peer)
				if err := within(t, received); !errors.Is(err, socket.ErrConnectionReset) {
					t.Fatalf("Recv: got error %v, want ECONNRESET", err)
				}
				must(t, within(t, sent))
			}
		})
	}
}
