package socket_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// A send that connects first: MSG_FASTOPEN, TCP_FASTOPEN_CONNECT (RFC 7413). What it
// answers is asked of Python, whose blocking calls wait in the kernel.

const fastOpenScript = `
import errno, json, socket
FASTOPEN_CONNECT = 30
listener = socket.create_server(("127.0.0.1", 0))
refuses = socket.socket()
refuses.bind(("127.0.0.1", 0))
def outcome(call, *args):
	try:
		return str(call(*args))
	except OSError as e:
		return errno.errorcode[e.errno]
def served():
	conn = listener.accept()[0]
	with conn:
		return conn.recv(100).decode()
out = []
def steps(timeout, send):
	s = socket.socket()
	s.settimeout(timeout)
	out.append(outcome(send, s, refuses.getsockname()))
	out.append(outcome(send, s, listener.getsockname()))
	if timeout is None:
		out.append(served())
	s.close()
def deferred(timeout):
	s = socket.socket()
	s.settimeout(timeout)
	s.setsockopt(socket.IPPROTO_TCP, FASTOPEN_CONNECT, 1)
	out.append(outcome(s.connect, listener.getsockname()))
	out.append(outcome(s.send, b"deferred"))
	if timeout is None:
		out.append(served())
	s.close()
for timeout in None, 10:
	steps(timeout, lambda s, addr: s.sendto(b"sendto", socket.MSG_FASTOPEN, addr))
	steps(timeout, lambda s, addr: s.sendmsg([b"send", b"msg"], [], socket.MSG_FASTOPEN, addr))
	deferred(timeout)
print(json.dumps(out))
`

// answered is what a call came to, as fastOpenScript writes it.
func answered(n any, err error) string {
	var e *socket.Error
	switch {
	case errors.As(err, &e):
		return unix.ErrnoName(e.Errno)
	case err != nil:
		return err.Error()
	}
	return fmt.Sprint(n)
}

// fastOpening does what fastOpenScript does.
type fastOpening struct {
	t                 *testing.T
	listener, refuses *socket.Socket
	out               []string
}

func (f *fastOpening) served() {
	f.t.Helper()
	conn, _, err := f.listener.Accept()
	must(f.t, err)
	defer conn.Close()
	must(f.t, conn.SetTimeout(patience))
	data, err := conn.Recv(100)
	must(f.t, err)
	f.out = append(f.out, string(data))
}

func (f *fastOpening) steps(timeout time.Duration, send func(*socket.Socket, socket.Address) (int, error)) {
	s := sock(f.t)
	must(f.t, s.SetTimeout(timeout))
	for _, to := range []*socket.Socket{f.refuses, f.listener} {
		addr, err := to.GetSockName()
		must(f.t, err)
		f.out = append(f.out, answered(send(s, addr)))
	}
	if timeout == socket.NoTimeout {
		f.served()
	}
	s.Close()
}

func (f *fastOpening) deferred(timeout time.Duration) {
	s := sock(f.t)
	must(f.t, s.SetTimeout(timeout))
	must(f.t, s.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN_CONNECT, 1))
	addr, err := f.listener.GetSockName()
	must(f.t, err)
	f.out = append(f.out, answered("None", s.Connect(addr)))
	f.out = append(f.out, answered(s.Send([]byte("deferred"))))
	if timeout == socket.NoTimeout {
		f.served()
	}
	s.Close()
}

func TestFastOpenMatchesPython(t *testing.T) {
	needFastOpen(t)
	f := &fastOpening{t: t, refuses: sock(t)}
	f.listener, _ = listener(t)
	must(t, f.listener.SetTimeout(patience))
	must(t, f.refuses.Bind(socket.Addr("127.0.0.1", 0)))
	for _, timeout := range []time.Duration{socket.NoTimeout, 10 * time.Second} {
		f.steps(timeout, func(s *socket.Socket, addr socket.Address) (int, error) {
			return s.SendTo([]byte("sendto"), addr, socket.MSG_FASTOPEN)
		})
		f.steps(timeout, func(s *socket.Socket, addr socket.Address) (int, error) {
			return s.SendMsg([][]byte{[]byte("send"), []byte("msg")}, nil, addr, socket.MSG_FASTOPEN)
		})
		f.deferred(timeout)
	}
	var want []string
	pytest.Find(t).Eval(t, fastOpenScript, &want)
	if diff := cmp.Diff(want, f.out); diff != "" {
		t.Errorf("(-Python +got):\n%s", diff)
	}
}

// needFastOpen skips the test where the client's side of it is switched off.
func needFastOpen(t *testing.T) {
	t.Helper()
	machine.Needs(t, machine.LinuxCalls)
	setting, err := os.ReadFile("/proc/sys/net/ipv4/tcp_fastopen")
	if err != nil || setting[0]&1 == 0 {
		t.Skipf("net.ipv4.tcp_fastopen is %q (%v): needs 1", setting, err)
	}
}

// With a cookie of the server's the first bytes go with the SYN, the others when the
// connection is there.
func TestFastOpenSendsAll(t *testing.T) {
	needFastOpen(t)
	ownNetwork(t)
	tune(t, "ipv4/tcp_fastopen", "3")
	l, addr := listener(t)
	must(t, l.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5))
	must(t, l.SetTimeout(patience))
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	for _, what := range []string{"without a cookie", "with a cookie"} {
		s := sock(t)
		sent := start(func() error {
			n, err := s.SendTo(want, addr, socket.MSG_FASTOPEN)
			if n != len(want) && err == nil {
				t.Errorf("%s: SendTo = %d, want %d", what, n, len(want))
			}
			s.Close()
			return err
		})
		conn, _, err := l.Accept()
		must(t, err)
		must(t, conn.SetTimeout(patience))
		got, err := io.ReadAll(conn)
		must(t, err)
		must(t, within(t, sent))
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes have come, or others, want %d", what, len(got), len(want))
		}
		conn.Close()
	}
}

// What ends the wait for the connection.
func TestFastOpenWaits(t *testing.T) {
	needFastOpen(t)
	_, deaf := deafListener(t)
	open := func(s *socket.Socket) error {
		_, err := s.SendTo([]byte("x"), deaf, socket.MSG_FASTOPEN)
		return err
	}
	t.Run("SO_SNDTIMEO", func(t *testing.T) {
		s := sock(t)
		setKernelTimeout(t, s, socket.SO_SNDTIMEO, 20*time.Millisecond)
		if err := open(s); !errors.Is(err, unix.EINPROGRESS) {
			t.Errorf("SendTo = %v, want EINPROGRESS", err)
		}
	})
	t.Run("Close", func(t *testing.T) {
		s := sock(t)
		sent := start(func() error { return open(s) })
		waitParked(t, 1)
		must(t, s.Close())
		if err := within(t, sent); !errors.Is(err, net.ErrClosed) {
			t.Errorf("SendTo = %v, want net.ErrClosed", err)
		}
	})
}
