package socket_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// The tests run this test binary again under strace(1), for a test whose work is
// done only then.

const (
	underStrace = "SOCKET_TEST_UNDER_STRACE"
	markRead    = -12345 // close(2) of it marks where the part to look at begins and ends
)

// strace runs the test named under strace and returns the system calls that it
// made between its marks.
func strace(t *testing.T, test string, args ...string) []string {
	t.Helper()
	machine.Needs(t, machine.Programs)
	path, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace not found: apt-get install strace")
	}
	out := filepath.Join(t.TempDir(), "trace")
	args = append([]string{"-f", "-qq", "-e", "signal=none", "-o", out}, args...)
	cmd := exec.Command(path, append(args, os.Args[0], "-test.run=^"+test+"$", "-test.count=1", "-test.timeout=60s")...)
	cmd.Env = append(os.Environ(), underStrace+"=1")
	if text, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(text), "ptrace") || strings.Contains(string(text), "PTRACE") {
			t.Skipf("strace may not trace here (needs CAP_SYS_PTRACE): %s", text)
		}
		t.Fatalf("%v\n%s", err, text)
	}
	trace, err := os.ReadFile(out)
	must(t, err)
	parts := strings.Split(string(trace), fmt.Sprintf("close(%d", markRead))
	if len(parts) != 3 {
		return nil
	}
	return strings.Split(parts[1], "\n")[1:]
}

// callsOf returns the names of the calls in a trace that touch sockets.
func callsOf(trace []string) (names []string) {
	for _, line := range trace {
		_, line, _ = strings.Cut(line, " ")
		name, _, found := strings.Cut(strings.TrimSpace(line), "(")
		if !found || strings.HasPrefix(name, "<...") {
			continue
		}
		// A 32-bit platform has some calls with 64-bit offsets beside the first ones.
		names = append(names, strings.TrimSuffix(name, "64"))
	}
	return names
}

const socketCalls = "trace=%network,fcntl,ioctl,?poll,?ppoll,epoll_ctl,dup,dup3,close"

// straced is the work for TestSystemCalls.
var straced = []struct {
	name string
	run  func(t *testing.T) func()
	want []string
}{
	{"socket", func(t *testing.T) func() {
		return func() { s, _ := socket.New(); t.Cleanup(func() { s.Close() }) }
	}, []string{"socket"}},
	{"Connect, UDP", func(t *testing.T) func() {
		_, addr := udpSocket(t)
		s := sock(t, socket.SOCK_DGRAM)
		return func() { s.Connect(addr) }
	}, []string{"connect"}},
	{"bind and listen", func(t *testing.T) func() {
		s := sock(t)
		return func() { s.Bind(socket.Addr("127.0.0.1", 0)); s.Listen() }
	}, []string{"bind", "listen"}},
	{"CreateServer", func(t *testing.T) func() {
		return func() { s, _ := socket.CreateServer(socket.Addr("127.0.0.1", 0)); s.Close() }
	}, []string{"socket", "setsockopt", "bind", "listen", "close"}},
	{"Accept", func(t *testing.T) func() {
		l, addr := listener(t)
		must(t, sock(t).Connect(addr))
		return func() { s, _, _ := l.Accept(); s.Close() }
	}, []string{"accept4", "close"}},
	{"Send and Recv", func(t *testing.T) func() {
		a, b := tcpConns(t)
		return func() {
			a.Send([]byte("x"))
			b.Recv(10)
			b.SendAll([]byte("x"))
			a.RecvInto(make([]byte, 1))
		}
	}, []string{"sendto", "recvfrom", "sendto", "recvfrom"}},
	{"SendTo and RecvFrom", func(t *testing.T) func() {
		u, addr := udpSocket(t)
		return func() { u.SendTo([]byte("x"), addr); u.RecvFrom(10) }
	}, []string{"sendto", "recvfrom"}},
	{"SendMsg, RecvMsg and RecvMsgInto", func(t *testing.T) func() {
		a, b := streamPair(t)
		return func() {
			a.SendMsg([][]byte{[]byte("x"), []byte("y")}, nil, nil)
			b.RecvMsg(1, 100)
			b.RecvMsgInto([][]byte{{0}}, 100)
		}
	}, []string{"sendmsg", "recvmsg", "recvmsg"}},
	{"SendFds and RecvFds", func(t *testing.T) func() {
		a, b := streamPair(t)
		return func() {
			socket.SendFds(a, [][]byte{{0}}, []int{a.Fileno()})
			_, fds, _, _, _ := socket.RecvFds(b, 1, 1)
			socket.CloseFd(fds[0])
		}
	}, []string{"sendmsg", "recvmsg", "close"}},
	{"SendFile", func(t *testing.T) func() {
		a, _ := tcpConns(t)
		file := fileOf(t, []byte("0123456789"))
		return func() { a.SendFile(file, 0, 4); a.SendFile(file, 4, -1) }
	}, []string{"sendfile", "sendfile", "sendfile"}},
	{"io.Copy of a file", func(t *testing.T) func() {
		a, _ := tcpConns(t)
		file := fileOf(t, []byte("0123456789"))
		return func() { io.CopyN(a, file, 4); io.Copy(a, file) }
	}, []string{"sendfile", "sendfile", "sendfile"}},
	{"Send and Recv with a timeout", func(t *testing.T) func() {
		a, b := tcpConns(t)
		must(t, a.SetTimeout(time.Minute))
		must(t, b.SetTimeout(time.Minute))
		return func() { a.Send([]byte("x")); b.Recv(10) }
	}, []string{"sendto", "recvfrom"}},
	{"Recv(0)", func(t *testing.T) func() {
		a, _ := tcpConns(t)
		return func() { a.Recv(0); a.RecvInto(nil) }
	}, nil},
	{"non-blocking", func(t *testing.T) func() {
		a, _ := tcpConns(t)
		must(t, a.SetBlocking(false))
		return func() { a.Recv(1) }
	}, []string{"recvfrom"}},
	{"options", func(t *testing.T) func() {
		a, _ := tcpConns(t)
		return func() {
			a.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
			a.GetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
		}
	}, []string{"setsockopt", "getsockopt"}},
}

// TestSystemCalls: a call that needn't wait is one system call, and no option is
// set that Python doesn't set.
func TestSystemCalls(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	for i, test := range straced {
		t.Run(test.name, func(t *testing.T) {
			name := fmt.Sprintf("TestUnderStrace/%d", i)
			trace := strace(t, strings.ReplaceAll(name, "/", "$/^"), "-e", socketCalls)
			if trace == nil {
				t.Fatal("the marks aren't in the trace")
			}
			if diff := cmp.Diff(test.want, callsOf(trace)); diff != "" {
				t.Errorf("system calls (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnderStrace does what TestSystemCalls and TestInterrupted look at.
func TestUnderStrace(t *testing.T) {
	if os.Getenv(underStrace) == "" {
		t.Skip("not under strace: TestSystemCalls and TestInterrupted run this one")
	}
	for i, test := range straced {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			run := test.run(t)
			unix.Close(markRead)
			run()
			unix.Close(markRead)
		})
	}
}

// TestInterrupted lets every third system call fail with EINTR. No EINTR comes out
// of a call; nothing is lost and nothing is done twice. (.ci/interrupted does so to
// all tests.)
func TestInterrupted(t *testing.T) {
	for _, call := range []string{"recvfrom", "sendto", "accept4", "connect", "epoll_pwait", "?poll,?ppoll", "getsockopt", "bind"} {
		t.Run(call, func(t *testing.T) {
			if call == "getsockopt" {
				machine.Needs(t, machine.LinuxCalls) // x/sys asks for each address's protocol
			}
			strace(t, "TestUnderInterruptions", "-e", "trace="+call, "-e", "inject="+call+":error=EINTR:when=1+3")
		})
	}
}

// TestUnderInterruptions is what TestInterrupted runs.
func TestUnderInterruptions(t *testing.T) {
	if os.Getenv(underStrace) == "" {
		t.Skip("not under strace: TestInterrupted runs this one")
	}
	for range 5 {
		for _, timeout := range []time.Duration{socket.NoTimeout, time.Minute} {
			l, addr := listener(t)
			must(t, l.SetTimeout(timeout))
			echoed := start(func() error {
				s, _, err := l.Accept()
				if err != nil {
					return err
				}
				defer s.Close()
				for {
					p, err := s.Recv(100)
					if err != nil || len(p) == 0 {
						return err
					}
					if err := s.SendAll(p); err != nil {
						return err
					}
				}
			})
			s := sock(t)
			must(t, s.SetTimeout(timeout))
			must(t, s.Connect(addr))
			for i := range 20 {
				want := fmt.Sprintf("message %d", i)
				must(t, s.SendAll([]byte(want)))
				got, err := s.Recv(len(want), socket.MSG_WAITALL)
				must(t, err)
				if string(got) != want {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
			must(t, s.Shutdown(socket.SHUT_WR))
			must(t, within(t, echoed))
			u, addr := udpSocket(t)
			_, err := u.SendTo([]byte("x"), addr)
			must(t, err)
			_, _, err = u.RecvFrom(10)
			must(t, err)
			if _, err := u.GetSockOpt(socket.SOL_SOCKET, socket.SO_TYPE); err != nil {
				t.Fatal(err)
			}
		}
	}
}
