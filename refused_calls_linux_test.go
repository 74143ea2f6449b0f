package socket_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// refusedCalls are the calls with the system calls under them that the kernel can
// refuse for want of something. prepare returns the call, and what else than the
// library has told the peer; the call works once the kernel gives in. In the error's
// text ADDR is the address.
var refusedCalls = []struct {
	name    string
	call    uintptr
	errnos  []unix.Errno
	text    string // what stands before the errno
	prepare func(t *testing.T) (call func() error, addr socket.Address)
}{
	{"New", unix.SYS_SOCKET, noRoom, "socket: ", func(t *testing.T) (func() error, socket.Address) {
		return func() error { return closeAfter(socket.New()) }, nil
	}},
	{"SocketPair", unix.SYS_SOCKETPAIR, noRoom, "socketpair: ", func(t *testing.T) (func() error, socket.Address) {
		return func() error {
			a, b, err := socket.SocketPair()
			if err == nil {
				err = errors.Join(a.Close(), b.Close())
			}
			return err
		}, nil
	}},
	{"New of a Fileno, what it is", unix.SYS_GETSOCKOPT, noMemory, "socket: ", adopting},
	{"New of a Fileno, its mode", sysFcntl, noMemory, "socket: ", adopting},
	{"FromFd, the duplicate", sysFcntl, noRoom, "fromfd: ", duplicating},
	{"FromFd, what it is", unix.SYS_GETSOCKOPT, noMemory, "fromfd: ", duplicating},
	{"FromFd, its mode", sysFcntl | onlySetFlags, noMemory, "fromfd: ", duplicating},
	{"FromConn", sysFcntl, noRoom, "fromconn: ", func(t *testing.T) (func() error, socket.Address) {
		a, _ := streamPair(t)
		return func() error { return closeAfter(socket.FromConn(a)) }, nil
	}},
	{"Dup", sysFcntl, noRoom, "dup: ", func(t *testing.T) (func() error, socket.Address) {
		a, _ := streamPair(t)
		return func() error { return closeAfter(a.Dup()) }, nil
	}},
	{"Detach after waiting", sysFcntl, noRoom, "detach: ", func(t *testing.T) (func() error, socket.Address) {
		a, _ := streamPair(t)
		must(t, a.SetTimeout(time.Microsecond))
		if _, err := a.Recv(1); !errors.Is(err, socket.ErrTimeout) {
			t.Fatalf("got error %v, want ErrTimeout", err)
		}
		return func() error {
			n, err := a.Detach()
			if err == nil {
				err = socket.CloseFd(n)
			}
			return err
		}, nil
	}},
	{"Bind", unix.SYS_BIND, noMemory, "bind ADDR: ", func(t *testing.T) (func() error, socket.Address) {
		s := sock(t)
		addr := socket.Addr("127.0.0.1", 0)
		return func() error { return s.Bind(addr) }, addr
	}},
	{"Listen", unix.SYS_LISTEN, noMemory, "listen: ", func(t *testing.T) (func() error, socket.Address) {
		s := sock(t)
		return func() error { return s.Listen() }, nil
	}},
	{"Connect", unix.SYS_CONNECT, noMemory, "connect ADDR: ", func(t *testing.T) (func() error, socket.Address) {
		_, addr := listener(t)
		s := sock(t)
		return func() error { return s.Connect(addr) }, addr
	}},
	{"Connect, UDP with a timeout", unix.SYS_CONNECT, noMemory, "connect ADDR: ", func(t *testing.T) (func() error, socket.Address) {
		_, addr := udpSocket(t)
		s := sock(t, socket.SOCK_DGRAM)
		must(t, s.SetTimeout(patience))
		return func() error { return s.Connect(addr) }, addr
	}},
	{"ConnectEx", unix.SYS_CONNECT, noMemory, "connect_ex: ", func(t *testing.T) (func() error, socket.Address) {
		_, addr := listener(t)
		s := sock(t)
		return func() error {
			errno, err := s.ConnectEx(addr)
			if err == nil && errno != 0 {
				err = &socket.Error{Op: "connect_ex", Errno: errno}
			}
			return err
		}, nil
	}},
	{"CreateConnection, its socket", unix.SYS_SOCKET, noRoom, "socket: ", connecting},
	{"CreateConnection, its connect", unix.SYS_CONNECT, noMemory, "connect ADDR: ", connecting},
	{"CreateConnection, its bind", unix.SYS_BIND, noMemory, "bind 127.0.0.1:0: ", connecting},
	{"CreateServer, its socket", unix.SYS_SOCKET, noRoom, "socket: ", serving},
	{"CreateServer, its bind", unix.SYS_BIND, noMemory, "bind ADDR: ", serving},
	{"CreateServer, its listen", unix.SYS_LISTEN, noMemory, "listen: ", serving},
	{"CreateServer with ReusePort", unix.SYS_SETSOCKOPT, noMemory, "setsockopt: ", func(t *testing.T) (func() error, socket.Address) {
		return func() error {
			return closeAfter(socket.CreateServer(socket.Addr("127.0.0.1", 0), socket.ReusePort(true)))
		}, nil
	}},
	{"CreateServer, AF_INET6", unix.SYS_SETSOCKOPT | onlyIPv6, noMemory, "setsockopt: ", func(t *testing.T) (func() error, socket.Address) {
		addr := socket.Addr6("::1", 0, 0, 0)
		s, err := socket.CreateServer(addr, socket.AF_INET6)
		if err != nil {
			t.Skip("no IPv6: try sysctl net.ipv6.conf.lo.disable_ipv6=0")
		}
		must(t, s.Close())
		return func() error { return closeAfter(socket.CreateServer(addr, socket.AF_INET6)) }, addr
	}},
	{"Accept", unix.SYS_ACCEPT4, slices.Concat(noRoom, []unix.Errno{unix.ECONNABORTED, unix.EPROTO}), "accept: ", accepting},
	{"Recv", unix.SYS_RECVFROM, noMemory, "recv: ", receiving(func(s *socket.Socket) ([]byte, error) { return s.Recv(4) })},
	{"RecvInto", unix.SYS_RECVFROM, noMemory, "recv_into: ", receiving(func(s *socket.Socket) ([]byte, error) {
		b := make([]byte, 4)
		n, err := s.RecvInto(b)
		return b[:n], err
	})},
	{"Recv with MSG_WAITALL", unix.SYS_RECVFROM, noMemory, "recv: ", receiving(func(s *socket.Socket) ([]byte, error) {
		return s.Recv(4, socket.MSG_WAITALL)
	})},
	{"Recv with MSG_WAITALL and MSG_PEEK", unix.SYS_RECVFROM, noMemory, "recv: ", receiving(func(s *socket.Socket) ([]byte, error) {
		return s.Recv(4, socket.MSG_WAITALL, socket.MSG_PEEK)
	})},
	{"RecvFrom", unix.SYS_RECVFROM, noMemory, "recvfrom: ", receiving(func(s *socket.Socket) ([]byte, error) {
		b, _, err := s.RecvFrom(4)
		return b, err
	})},
	{"Read", unix.SYS_RECVFROM, noMemory, "read: ", receiving(func(s *socket.Socket) ([]byte, error) {
		b := make([]byte, 4)
		n, err := s.Read(b)
		return b[:n], err
	})},
	{"RecvMsg", unix.SYS_RECVMSG, noMemory, "recvmsg: ", receiving(func(s *socket.Socket) ([]byte, error) {
		b, _, _, _, err := s.RecvMsg(4, 100)
		return b, err
	})},
	{"RecvFds", unix.SYS_RECVMSG, noMemory, "recv_fds: ", receiving(func(s *socket.Socket) ([]byte, error) {
		b, _, _, _, err := socket.RecvFds(s, 4, 1)
		return b, err
	})},
	{"Send", unix.SYS_SENDTO, noMemory, "send: ", sending(func(s *socket.Socket) error { return second(s.Send([]byte("data"))) })},
	{"SendAll", unix.SYS_SENDTO, noMemory, "sendall: ", sending(func(s *socket.Socket) error { return s.SendAll([]byte("data")) })},
	{"Write", unix.SYS_SENDTO, noMemory, "write: ", sending(func(s *socket.Socket) error { return second(s.Write([]byte("data"))) })},
	{"SendMsg", unix.SYS_SENDMSG, noMemory, "sendmsg: ", sending(func(s *socket.Socket) error {
		return second(s.SendMsg([][]byte{[]byte("da"), []byte("ta")}, nil, nil))
	})},
	{"SendFds", unix.SYS_SENDMSG, slices.Concat(noRoom, []unix.Errno{unix.ETOOMANYREFS}), "send_fds: ", sending(func(s *socket.Socket) error {
		return second(socket.SendFds(s, [][]byte{[]byte("data")}, []int{0}))
	})},
	{"SendTo", unix.SYS_SENDTO, noMemory, "sendto ADDR: ", func(t *testing.T) (func() error, socket.Address) {
		u, addr := udpSocket(t)
		return func() error { return second(u.SendTo([]byte("data"), addr)) }, addr
	}},
	{"SendFile", sysSendfile, noMemory, "sendfile: ", func(t *testing.T) (func() error, socket.Address) {
		a, _ := tcpConns(t)
		file := fileOf(t, []byte("data"))
		return func() error { return second(a.SendFile(file, 0, -1)) }, nil
	}},
	{"File.Flush", unix.SYS_SENDTO, noMemory, "flush: ", func(t *testing.T) (func() error, socket.Address) {
		a, b := streamPair(t)
		f := makeFile(t, a, "wb")
		writeOutBuffered(t, f, "data")
		return func() error {
			if err := f.Flush(); err != nil {
				return err
			}
			return wantData(b.Recv(100))
		}, nil
	}},
	{"File.ReadLine", unix.SYS_RECVFROM, noMemory, "read: ", func(t *testing.T) (func() error, socket.Address) {
		a, b := streamPair(t)
		must(t, b.SendAll([]byte("data\n")))
		f := makeFile(t, a, "rb")
		return func() error {
			line, err := f.ReadLine()
			return wantData(bytes.TrimSpace(line), err)
		}, nil
	}},
	{"GetSockName", unix.SYS_GETSOCKNAME, noMemory, "getsockname: ", onConnection(func(s *socket.Socket) error { return second(s.GetSockName()) })},
	{"GetPeerName", unix.SYS_GETPEERNAME, noMemory, "getpeername: ", onConnection(func(s *socket.Socket) error { return second(s.GetPeerName()) })},
	{"Shutdown", unix.SYS_SHUTDOWN, noMemory, "shutdown: ", onConnection(func(s *socket.Socket) error { return s.Shutdown(socket.SHUT_WR) })},
	{"GetSockOpt", unix.SYS_GETSOCKOPT, noMemory, "getsockopt: ", onConnection(func(s *socket.Socket) error {
		return second(s.GetSockOpt(socket.SOL_SOCKET, socket.SO_TYPE))
	})},
	{"GetSockOptBytes", unix.SYS_GETSOCKOPT, noMemory, "getsockopt: ", onConnection(func(s *socket.Socket) error {
		return second(s.GetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, 8))
	})},
	{"SetSockOpt", unix.SYS_SETSOCKOPT, noMemory, "setsockopt: ", onConnection(func(s *socket.Socket) error {
		return s.SetSockOpt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
	})},
	{"SetSockOptBytes", unix.SYS_SETSOCKOPT, noMemory, "setsockopt: ", onConnection(func(s *socket.Socket) error {
		return s.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, lingerBytes(0, 0))
	})},
	{"GetInheritable", sysFcntl, noMemory, "get_inheritable: ", onConnection(func(s *socket.Socket) error { return second(s.GetInheritable()) })},
	{"SetInheritable", sysFcntl, noMemory, "set_inheritable: ", onConnection(func(s *socket.Socket) error { return s.SetInheritable(true) })},
	{"IfNameIndex, its socket", unix.SYS_SOCKET, noRoom, "if_nameindex: ", interfacesListed},
	{"IfNameIndex, its question", unix.SYS_SENDTO, noMemory, "if_nameindex: ", interfacesListed},
	{"IfNameIndex, the answer", unix.SYS_RECVFROM, noMemory, "if_nameindex: ", interfacesListed},
}

// With these bits only that fcntl or setsockopt is refused which sets O_NONBLOCK, or
// an option of IPv6.
const (
	onlySetFlags = 1 << 20
	onlyIPv6     = 1 << 21
)

// refusing returns the refusal of a system call, with or without these bits.
func refusing(call uintptr, errno unix.Errno) refusal {
	r := refusal{call: call &^ (onlySetFlags | onlyIPv6), errno: errno}
	switch {
	case call&onlySetFlags != 0:
		r.arg, r.value = 2, unix.F_SETFL
	case call&onlyIPv6 != 0:
		r.arg, r.value = 2, unix.IPPROTO_IPV6
	}
	return r
}

// What the kernel answers for want of memory, and of a descriptor besides.
var (
	noMemory = []unix.Errno{unix.ENOMEM, unix.ENOBUFS}
	noRoom   = append(noMemory, unix.EMFILE, unix.ENFILE)
)

// refusalTexts are the kernel's words, as Python has them.
var refusalTexts = map[unix.Errno]string{
	unix.ENOMEM:       "Cannot allocate memory",
	unix.ENOBUFS:      "No buffer space available",
	unix.EMFILE:       "Too many open files",
	unix.ENFILE:       "Too many open files in system",
	unix.ECONNABORTED: "Software caused connection abort",
	unix.EPROTO:       "Protocol error",
	unix.ETOOMANYREFS: "Too many references: cannot splice",

	unix.EADDRINUSE:    "Address already in use",
	unix.EADDRNOTAVAIL: "Cannot assign requested address",
	unix.EAGAIN:        "Resource temporarily unavailable",
	unix.ECONNRESET:    "Connection reset by peer",
	unix.EPIPE:         "Broken pipe",
}

func adopting(t *testing.T) (func() error, socket.Address) {
	a, _ := streamPair(t)
	n, err := a.Detach()
	must(t, err)
	t.Cleanup(func() { socket.CloseFd(n) }) // EBADF if the call worked in the end
	return func() error { return closeAfter(socket.New(socket.Fileno(n))) }, nil
}

func duplicating(t *testing.T) (func() error, socket.Address) {
	a, _ := streamPair(t)
	must(t, unix.SetNonblock(a.Fileno(), false)) // so that there is a mode to set
	return func() error { return closeAfter(socket.FromFd(a.Fileno())) }, nil
}

func connecting(t *testing.T) (func() error, socket.Address) {
	_, addr := listener(t)
	return func() error {
		return closeAfter(socket.CreateConnection(addr, socket.SourceAddress(socket.Addr("127.0.0.1", 0))))
	}, addr
}

func serving(t *testing.T) (func() error, socket.Address) {
	addr := socket.Addr("127.0.0.1", 0)
	return func() error { return closeAfter(socket.CreateServer(addr)) }, addr
}

func accepting(t *testing.T) (func() error, socket.Address) {
	l, addr := listener(t)
	must(t, sock(t).Connect(addr))
	return func() error {
		s, _, err := l.Accept()
		return closeAfter(s, err)
	}, nil
}

func interfacesListed(t *testing.T) (func() error, socket.Address) {
	return func() error { return second(socket.IfNameIndex()) }, nil
}

// receiving is a call for which there is something to receive.
func receiving(call func(*socket.Socket) ([]byte, error)) func(*testing.T) (func() error, socket.Address) {
	return func(t *testing.T) (func() error, socket.Address) {
		a, b := streamPair(t)
		must(t, b.SendAll([]byte("data")))
		return func() error { return wantData(call(a)) }, nil
	}
}

// sending is a call that sends "data", which arrives once.
func sending(call func(*socket.Socket) error) func(*testing.T) (func() error, socket.Address) {
	return func(t *testing.T) (func() error, socket.Address) {
		a, b := streamPair(t)
		return func() error {
			if err := call(a); err != nil {
				return err
			}
			return wantData(b.Recv(100))
		}, nil
	}
}

// onConnection is a call on a TCP connection.
func onConnection(call func(*socket.Socket) error) func(*testing.T) (func() error, socket.Address) {
	return func(t *testing.T) (func() error, socket.Address) {
		a, _ := tcpConns(t)
		return func() error { return call(a) }, nil
	}
}

// wantData returns an error unless data is "data".
func wantData(data []byte, err error) error {
	if err == nil && string(data) != "data" {
		err = fmt.Errorf("got %q, want %q", data, "data")
	}
	return err
}

// writeOutBuffered writes text that stays in the buffer.
func writeOutBuffered(t *testing.T, f *socket.File, text string) {
	t.Helper()
	_, err := f.WriteString(text)
	must(t, err)
}

// TestRefusedCalls: where the kernel refuses for want of memory or of a descriptor,
// the call says so in Python's words, leaves nothing open, and works the next time.
func TestRefusedCalls(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	for _, c := range refusedCalls {
		for _, errno := range c.errnos {
			t.Run(c.name+" "+refusalTexts[errno], func(t *testing.T) {
				call, addr := c.prepare(t)
				text := c.text
				if addr != nil {
					text = strings.ReplaceAll(text, "ADDR", addr.String())
				}
				before := openDescriptors(t)
				var err error
				refusing(c.call, errno).apply(t, func() { err = call() })
				wantNoneNew(t, before)
				wantRefused(t, err, text, errno)
				if err := call(); err != nil {
					t.Errorf("the next call: %v", err)
				}
			})
		}
	}
}

// wantRefused checks the error of a call that the kernel refused.
func wantRefused(t *testing.T, err error, text string, errno unix.Errno) {
	t.Helper()
	want := fmt.Sprintf("%s[Errno %d] %s", text, int(errno), refusalTexts[errno])
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("the error's text (-want +got):\n%s", diff)
	}
	var e *socket.Error
	if !errors.As(err, &e) || e.Errno != errno || e.Timeout() || errors.Is(err, net.ErrClosed) {
		t.Errorf("got error %#v, want a *socket.Error of errno %d that is neither a timeout nor net.ErrClosed", err, int(errno))
	}
}

// TestRefusedByThePoller: a socket that the kernel won't watch is asked again and
// again. Its calls get what comes, time out, and end with Close.
func TestRefusedByThePoller(t *testing.T) {
	for _, errno := range []unix.Errno{unix.ENOMEM, unix.ENOSPC, unix.EPERM} {
		t.Run(errno.Error(), func(t *testing.T) {
			a, b := tcpConns(t)
			refusal{call: unix.SYS_EPOLL_CTL, errno: errno}.apply(t, func() {
				a.SetTimeout(5 * time.Millisecond)
				if _, err := a.Recv(10); !errors.Is(err, socket.ErrTimeout) {
					t.Errorf("got error %v, want ErrTimeout", err)
				}
				a.SetTimeout(patience)
				started := make(chan bool)
				go func() { <-started; waitParked(t, 1); b.SendAll([]byte("data")) }()
				started <- true
				if err := wantData(a.Recv(10)); err != nil {
					t.Error(err)
				}
			})
			ended := start(func() error { return second(a.Recv(1)) })
			waitParked(t, 1)
			must(t, a.Close())
			wantClosed(t, within(t, ended))
		})
	}
}

// TestRefusedSendFile: where sendfile(2) doesn't do, the file is read and sent.
func TestRefusedSendFile(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	for _, errno := range []unix.Errno{unix.EINVAL, unix.ENOSYS, unix.EOVERFLOW, unix.EOPNOTSUPP} {
		t.Run(errno.Error(), func(t *testing.T) {
			a, b := streamPair(t)
			file := fileOf(t, []byte("0123data"))
			refusal{call: sysSendfile, errno: errno}.apply(t, func() {
				if n, err := a.SendFile(file, 4, -1); n != 4 || err != nil {
					t.Errorf("SendFile = %d, %v", n, err)
				}
			})
			if err := wantData(b.Recv(100)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRefusedNames: what can't return an error does without the kernel's answer.
func TestRefusedNames(t *testing.T) {
	a, _ := tcpConns(t)
	refusal{call: unix.SYS_GETSOCKNAME, errno: unix.ENOBUFS}.apply(t, func() {
		if addr := a.LocalAddr(); addr != nil {
			t.Errorf("LocalAddr() = %v, want nil", addr)
		}
		if text := a.String(); strings.Contains(text, "laddr") || !strings.Contains(text, "raddr=127.0.0.1") {
			t.Errorf("String() = %s, want it without laddr", text)
		}
	})
	refusal{call: unix.SYS_GETPEERNAME, errno: unix.ENOBUFS}.apply(t, func() {
		if addr := a.RemoteAddr(); addr == nil {
			t.Error("RemoteAddr() = nil, want the peer that was connected to")
		}
	})
}

// TestAbortedConnection: a connection that was given up before it could be accepted
// is an error of Accept, as in Python, and nothing to a net.Listener.
func TestAbortedConnection(t *testing.T) {
	strace(t, "TestUnderAbortedConnections", "-e", "trace=accept4", "-e", "inject=accept4:error=ECONNABORTED:when=1+2")
}

// TestUnderAbortedConnections is what TestAbortedConnection runs.
func TestUnderAbortedConnections(t *testing.T) {
	if os.Getenv(underStrace) == "" {
		t.Skip("not under strace: TestAbortedConnection runs this one")
	}
	runtime.LockOSThread() // strace counts the calls of each thread
	defer runtime.UnlockOSThread()
	l, addr := listener(t)
	for range 3 {
		must(t, sock(t).Connect(addr))
		if _, _, err := l.Accept(); !errors.Is(err, socket.ErrConnectionAborted) {
			t.Errorf("got error %v, want ErrConnectionAborted", err)
		}
		conn, err := l.NetListener().Accept() // the second call
		must(t, err)
		must(t, conn.Close())
		must(t, sock(t).Connect(addr))
		conn, err = l.NetListener().Accept() // the third and the fourth
		must(t, err)
		must(t, conn.Close())
	}
}
