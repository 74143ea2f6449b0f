//go:build unix

package examples_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

const said = "服务器收到消息 " // what tcp_server prints before a message

func TestTCP(t *testing.T) {
	both(t, func(t *testing.T, server, client language) {
		s := start(t, server.command(t, "tcp_server", "127.0.0.1", 0, 1)...)
		c := start(t, client.command(t, "tcp_client", "127.0.0.1", s.listening().Port(), forever)...)
		for _, msg := range []string{"hello", "你好,世界", " ", "1"} {
			c.say("\n" + msg + "\n") // the empty line is skipped
			s.want(said + msg)
		}
		if got := s.end(0); got != "" {
			t.Errorf("the server printed %q after 1", got)
		}
		if diff := cmp.Diff(strings.Repeat("please input", 8), c.end(0)); diff != "" {
			t.Errorf("what the client prints (-want +got):\n%s", diff)
		}
	})
}

// Both clients leave at the end of their input, and the server goes on.
func TestTCPEndOfInput(t *testing.T) {
	both(t, func(t *testing.T, server, client language) {
		s := start(t, server.command(t, "tcp_server", "127.0.0.1", 0, 2)...)
		port := s.listening().Port()
		for _, msg := range []string{"一", "二"} {
			c := start(t, client.command(t, "tcp_client", "127.0.0.1", port, forever)...)
			c.say(msg + "\n")
			s.want(said + msg)
			c.end(0)
		}
		if got := s.end(0); got != "" {
			t.Errorf("the server printed %q at the end", got)
		}
	})
}

// The last line of the input needs no end.
func TestTCPClientUnendedLine(t *testing.T) {
	s := start(t, goCommand(t, "tcp_server", "127.0.0.1", 0, 1)...)
	c := start(t, goCommand(t, "tcp_client", "127.0.0.1", s.listening().Port(), forever)...)
	c.say("end")
	c.end(0)
	s.want(said + "end")
	s.end(0)
}

func TestTCPClientBound(t *testing.T) {
	s := start(t, goCommand(t, "tcp_server", "127.0.0.1", 0, 1)...)
	c := start(t, goCommand(t, "tcp_client", "127.0.0.1", s.listening().Port(), 1)...)
	c.say("one\r\ntwo\r\n")
	s.want(said + "one")
	c.end(0)
	s.end(0)
}

// A character whose bytes come in two reads is printed once, whole.
func TestTCPServerSplitCharacter(t *testing.T) {
	s := start(t, goCommand(t, "tcp_server", "127.0.0.1", 0, 1)...)
	conn := dial(t, s.listening())
	must(t, conn.SendAll([]byte("a\xe4\xb8")))
	s.want(said + "a")
	must(t, conn.SendAll([]byte("\xad\xf0\x9f")))
	s.want(said + "中")
	must(t, conn.SendAll([]byte("\x90\x8d1")))
	s.want(said + "🐍1")

	long := strings.Repeat("长", 1000) // 3000 bytes; a read ends after 1024
	must(t, conn.SendAll([]byte(long)))
	must(t, conn.Close())
	var got strings.Builder
	for line := range strings.Lines(s.end(0)) {
		got.WriteString(strings.TrimSuffix(strings.TrimPrefix(line, said), "\n"))
	}
	if diff := cmp.Diff(long, got.String()); diff != "" {
		t.Errorf("the long message (-want +got):\n%s", diff)
	}
}

// A client that leaves, in whatever manner, costs the next one nothing.
func TestTCPServerEarlyLeavers(t *testing.T) {
	leavers := []struct {
		name    string
		send    string
		reset   bool
		prints  []string
		remarks string
	}{
		{name: "at once"},
		{name: "after a message", send: "再见", prints: []string{said + "再见"}},
		{name: "in the middle of a character", send: "x\xe4\xb8", prints: []string{said + "x"}, remarks: "unexpected end of UTF-8"},
		{name: "after what isn't text", send: "\xff\xfe", remarks: "not UTF-8"},
		{name: "with a reset", send: "y", reset: true, prints: []string{said + "y"}, remarks: "reset"},
	}
	s := start(t, goCommand(t, "tcp_server", "127.0.0.1", 0, 2*len(leavers))...)
	addr := s.listening()
	for _, l := range leavers {
		conn := dial(t, addr)
		must(t, conn.SendAll([]byte(l.send)))
		for _, line := range l.prints {
			s.want(line)
		}
		if l.reset {
			reset(t, conn)
		}
		must(t, conn.Close())

		next := dial(t, addr)
		must(t, next.SendAll([]byte("next")))
		s.want(said + "next")
		must(t, next.SendAll([]byte("1")))
		s.want(said + "1")
		if end, err := next.Recv(1); err != nil || len(end) > 0 {
			t.Errorf("after 1: Recv = %q, %v, want the end of the stream", end, err)
		}
	}
	s.end(0)
	for _, l := range leavers {
		if !strings.Contains(strings.ToLower(s.stderr.String()), strings.ToLower(l.remarks)) {
			t.Errorf("%s: no %q on standard error: %s", l.name, l.remarks, &s.stderr)
		}
	}
}

// reset makes Close send a reset.
func reset(t *testing.T, conn *socket.Socket) {
	t.Helper()
	linger := binary.NativeEndian.AppendUint32(nil, 1)
	linger = binary.NativeEndian.AppendUint32(linger, 0)
	must(t, conn.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, linger))
}

func TestUDP(t *testing.T) {
	both(t, func(t *testing.T, server, client language) {
		s := start(t, server.command(t, "udp_server", "127.0.0.1", 0, 3)...)
		port := s.listening().Port()
		c := start(t, client.command(t, "udp_client", "127.0.0.1", port, 3)...)
		want := strings.Repeat(fmt.Sprintf("hello\n('127.0.0.1', %d)\n", port), 3)
		if diff := cmp.Diff(want, c.end(0)); diff != "" {
			t.Errorf("what the client prints (-want +got):\n%s", diff)
		}
		line := `b'hello' \('127\.0\.0\.1', \d+\) <class 'bytes'>\n`
		match(t, "^("+line+"){3}$", s.end(0))
	})
}

func TestUDPServerAnswers(t *testing.T) {
	for _, server := range languages {
		t.Run(server.name, func(t *testing.T) {
			s := start(t, server.command(t, "udp_server", "127.0.0.1", 0, 4)...)
			to := s.listening()
			conn, own := datagramSocket(t)
			for _, msg := range []struct{ data, printed string }{
				{"中文", `b'\xe4\xb8\xad\xe6\x96\x87'`},
				{"", "b''"},
				{"it's\t\"so\"\n", `b'it\'s\t"so"\n'`},
				{"it's", `b"it's"`},
			} {
				_, err := conn.SendTo([]byte(msg.data), to)
				must(t, err)
				s.want(fmt.Sprintf("%s ('127.0.0.1', %d) <class 'bytes'>", msg.printed, own.Port()))
				answer, from, err := conn.RecvFrom(1024)
				must(t, err)
				if string(answer) != "this is the UDP server" || from != socket.Address(to) {
					t.Errorf("answer %q from %v", answer, from)
				}
			}
			s.end(0)
		})
	}
}

const (
	date    = `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?`
	aSocket = `<socket\.[sS]ocket fd=\d+,? family=\S+ type=\S+ proto=0,? laddr=.*127\.0\.0\.1.*%d.* raddr=.*127\.0\.0\.1.*>`
)

func TestGreet(t *testing.T) {
	both(t, func(t *testing.T, server, client language) {
		s := start(t, server.command(t, "greet_server", "localhost", 0, forever)...)
		port := s.listening().Port()
		match(t, "^Start server at "+date+"$", s.line())
		s.want("Waiting for a client now !")
		c := start(t, client.command(t, "greet_client", "localhost", port, forever)...)
		match(t, "^Start the client at "+date+"$", c.line())
		match(t, "^AT "+date+" some reply b'Are you want to talk to me'\n$", c.end(0))
		match(t, "^AT "+date+" "+fmt.Sprintf(aSocket, port)+" Said b'Hey~~~'\n$", s.end(0))
	})
}

// A client that says nothing and leaves is printed as such, and the server ends.
func TestGreetEarlyLeaver(t *testing.T) {
	s := start(t, goCommand(t, "greet_server", "localhost", 0, forever)...)
	conn := dial(t, s.listening())
	must(t, conn.Shutdown(socket.SHUT_WR))
	data, err := conn.Recv(1000)
	must(t, err)
	if string(data) != "Are you want to talk to me" {
		t.Errorf("the answer is %q", data)
	}
	match(t, ` Said b''\n$`, s.end(0))
}

func TestHello(t *testing.T) {
	both(t, func(t *testing.T, server, client language) {
		s := start(t, server.command(t, "hello_server", "", 0, forever)...)
		c := start(t, client.command(t, "hello_client", "127.0.0.1", s.listening().Port(), forever)...)
		for _, p := range []*process{c, s} {
			if out := p.end(0); out != "" {
				t.Errorf("%s printed %q, want nothing", p.cmd, out)
			}
			match(t, `received ['"]hello['"]`, p.stderr.String())
		}
	})
}

func TestHelloServerText(t *testing.T) {
	for name, test := range map[string]struct{ send, shown string }{
		"Chinese":            {"你好", `received "你好" from`},
		"a cut character":    {"你\xe5\xa5", `received "你\\xe5\\xa5" from`},
		"nothing":            {"", `received "" from`},
		"what isn't printed": {"\x1b[2J", `received "\\x1b\[2J" from`},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, goCommand(t, "hello_server", "", 0, forever)...)
			conn := dial(t, s.listening())
			must(t, conn.SendAll([]byte(test.send)))
			must(t, conn.Shutdown(socket.SHUT_WR))
			data, err := conn.Recv(1024)
			must(t, err)
			if string(data) != "hello" {
				t.Errorf("the answer is %q", data)
			}
			s.end(0)
			match(t, test.shown, s.stderr.String())
		})
	}
}

// Without another place to send to, hello_udp receives its own datagram.
func TestHelloUDPItself(t *testing.T) {
	for _, host := range []string{"", "127.0.0.1"} {
		p := start(t, goCommand(t, "hello_udp", host, 0, forever)...)
		p.listening()
		if out := p.end(0); out != "" {
			t.Errorf("it printed %q, want nothing", out)
		}
		match(t, `sent 12 bytes to \S+\nreceived "hello python" from`, p.stderr.String())
	}
}

// The Go program and the Python one, each sending to the other or to the test.
func TestHelloUDP(t *testing.T) {
	conn, own := datagramSocket(t)
	py := start(t, append(pythonCommand(t, "hello_udp", "127.0.0.1", 0, forever), own.Host(), strconv.Itoa(own.Port()))...)
	pyAddr := py.listening()
	wantHello(t, conn, pyAddr)
	g := start(t, append(goCommand(t, "hello_udp", "", 0, forever), "-to-host", pyAddr.Host(), "-to-port", strconv.Itoa(pyAddr.Port()))...)
	gAddr := g.listening()
	py.end(0)
	match(t, `^received 'hello python' from`, py.stderr.String())

	py = start(t, append(pythonCommand(t, "hello_udp", "127.0.0.1", 0, forever), "127.0.0.1", strconv.Itoa(gAddr.Port()))...)
	pyAddr = py.listening()
	g.end(0)
	match(t, `received "hello python" from `+regexp.QuoteMeta(pyAddr.String()), g.stderr.String())
	_, err := conn.SendTo([]byte("谢谢"), pyAddr)
	must(t, err)
	py.end(0)
	match(t, `received '\\u8c22\\u8c22'`, py.stderr.String())
}

// wantHello receives the datagram of a hello_udp at addr.
func wantHello(t *testing.T, conn *socket.Socket, addr socket.Address) {
	t.Helper()
	data, from, err := conn.RecvFrom(1024)
	must(t, err)
	if string(data) != "hello python" || from.Port() != addr.Port() {
		t.Errorf("received %q from %v, want hello python from %v", data, from, addr)
	}
}

// Three clients at once, each of which gets its own lines back; the second one's
// last line has no end.
func TestThreadedEcho(t *testing.T) {
	for _, server := range languages {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, server.command(t, "threaded_echo", "127.0.0.1", 0, 3)...)
			addr := s.listening()
			var conns []*socket.Socket
			for range 3 {
				conns = append(conns, dial(t, addr))
			}
			for i, text := range []string{"3\n", "你好\n", "1\n2\nend"} {
				conn := conns[2-i]
				must(t, conn.SendAll([]byte(text)))
				must(t, conn.Shutdown(socket.SHUT_WR))
				f, err := conn.MakeFile("rb")
				must(t, err)
				lines, err := f.ReadLines()
				must(t, err)
				must(t, f.Close())
				if got := string(bytes.Join(lines, nil)); got != text {
					t.Errorf("%q came back, want %q", got, text)
				}
			}
			want := "echoed b'3\\n'\nechoed b'\\xe4\\xbd\\xa0\\xe5\\xa5\\xbd\\n'\nechoed b'1\\n'\nechoed b'2\\n'\nechoed b'end'\n"
			if diff := cmp.Diff(want, s.end(0)); diff != "" {
				t.Errorf("what the server prints (-want +got):\n%s", diff)
			}
		})
	}
}

// A signal ends each server with the status 0 and without a word, whether it
// waits for a client or for what a client says.
func TestSignals(t *testing.T) {
	conn, own := datagramSocket(t)
	waiting := func(*testing.T, *process, socket.Address) {}
	connected := func(t *testing.T, _ *process, addr socket.Address) { dial(t, addr) }
	for _, test := range []struct {
		program string
		args    []string
		before  func(t *testing.T, p *process, addr socket.Address)
	}{
		{program: "tcp_server", before: waiting},
		{program: "tcp_server", before: func(t *testing.T, p *process, addr socket.Address) {
			must(t, dial(t, addr).SendAll([]byte("我在")))
			p.want(said + "我在")
		}},
		{program: "udp_server", before: waiting},
		{program: "greet_server", before: waiting},
		{program: "greet_server", before: connected},
		{program: "hello_server", before: waiting},
		{program: "hello_server", before: connected},
		{program: "threaded_echo", before: waiting},
		{program: "threaded_echo", before: func(t *testing.T, p *process, addr socket.Address) {
			must(t, dial(t, addr).SendAll([]byte("here\n")))
			p.want(`echoed b'here\n'`)
		}},
		{program: "threaded_echo", args: []string{"-n", "2"}, before: connected},
		{program: "selectors_echo", before: waiting},
		{program: "selectors_echo", before: connected},
		{program: "chat", before: waiting},
		{program: "chat", before: func(t *testing.T, p *process, addr socket.Address) {
			dial(t, addr)
			p.want("guest 1 has come")
		}},
		{program: "hello_udp", args: []string{"-to-host", own.Host(), "-to-port", strconv.Itoa(own.Port())},
			before: func(t *testing.T, _ *process, addr socket.Address) { wantHello(t, conn, addr) }},
	} {
		for _, sig := range []unix.Signal{unix.SIGINT, unix.SIGTERM} {
			t.Run(test.program+" "+sig.String(), func(t *testing.T) {
				p := start(t, append(goCommand(t, test.program, "127.0.0.1", 0, forever), test.args...)...)
				test.before(t, p, p.listening())
				must(t, p.cmd.Process.Signal(sig))
				p.end(0)
				if errs := p.stderr.String(); strings.Contains(errs, "Errno") {
					t.Errorf("standard error: %s", errs)
				}
			})
		}
	}
}

func TestTour(t *testing.T) {
	p := start(t, filepath.Join(bin, "tour"))
	out := p.end(0)
	match(t, `(?s)^\n1\. A TCP server .* chapters came out as they should\.\n$`, out)
	for _, step := range []string{"gettimeout() ", "  True\n", "  NoTimeout, which is None\n", "  Connection refused\n", "b'this is the UDP server'", "timed out", "b.recv(5)", "BrokenPipeError"} {
		if !strings.Contains(out, step) {
			t.Errorf("the tour didn't show %s", step)
		}
	}
	if p.stderr.Len() > 0 {
		t.Errorf("standard error: %s", &p.stderr)
	}
}

// The tour ends without a word when its reader has gone, and says what else
// keeps it from printing.
func TestTourOutput(t *testing.T) {
	r, gone, err := os.Pipe()
	must(t, err)
	defer gone.Close()
	must(t, r.Close())
	unwritable, err := os.Open(os.DevNull) // for reading only
	must(t, err)
	defer unwritable.Close()
	for _, test := range []struct {
		name   string
		stdout *os.File
		args   []string
		code   int
		says   string
	}{
		{"no reader", gone, nil, 0, `^$`},
		{"not to be written", unwritable, nil, 1, `^tour: .*bad file descriptor\n$`},
		{"an argument", unwritable, []string{"all"}, 2, `^unexpected argument: all\n`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "tour"), test.args...)
			cmd.Stdout, cmd.Stderr = test.stdout, &stderr
			must(t, cmd.Start())
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("it ended with %v, want %d", cmd.ProcessState, test.code)
			}
			match(t, test.says, stderr.String())
		})
	}
}

// What goes wrong is said in words, with the status 1; 2 is a wrong flag.
func TestFailures(t *testing.T) {
	s, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	must(t, err)
	defer s.Close()
	taken, err := s.GetSockName()
	must(t, err)
	_, datagrams := datagramSocket(t)
	silent, err := socket.New() // bound, but it doesn't listen
	must(t, err)
	defer silent.Close()
	must(t, silent.Bind(socket.Addr("127.0.0.1", 0)))
	refusing, err := silent.GetSockName()
	must(t, err)
	for _, test := range []struct {
		program string
		addr    socket.Address
		words   string
	}{
		{"tcp_client", refusing, "Connection refused"},
		{"greet_client", refusing, "Connection refused"},
		{"hello_client", refusing, "Connection refused"},
		{"hello_server", taken, "Address already in use"},
		{"greet_server", taken, "Address already in use"},
		{"udp_server", datagrams, "Address already in use"},
		{"threaded_echo", taken, "Address already in use"},
		{"udp_client", socket.Addr("127.0.0.1", 65536), "port is 65536"},
		{"selectors_echo", taken, "Address already in use"},
		{"chat", taken, "Address already in use"},
		{"tcp_server", socket.Addr("::1", 0), "Address family for hostname not supported"},
	} {
		t.Run(test.program, func(t *testing.T) {
			p := start(t, goCommand(t, test.program, test.addr.Host(), test.addr.Port(), forever)...)
			p.end(1)
			match(t, regexp.QuoteMeta(test.words), p.stderr.String())
		})
	}
	t.Run("port without a host", func(t *testing.T) {
		p := start(t, append(goCommand(t, "hello_udp", "", 0, forever), "-to-port", "1")...)
		p.end(2)
		match(t, "-to-port needs -to-host", p.stderr.String())
	})
	t.Run("wrong flag", func(t *testing.T) {
		p := start(t, append(goCommand(t, "udp_client", "", 0, forever), "hello")...)
		p.end(2)
		match(t, "unexpected argument: hello", p.stderr.String())
	})
}

func match(t *testing.T, pattern, text string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("%q doesn't match %s", text, pattern)
	}
}
