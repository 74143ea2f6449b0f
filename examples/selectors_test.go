//go:build unix

package examples_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// hears receives that text.
func hears(t *testing.T, s *socket.Socket, want string) {
	t.Helper()
	var got []byte
	for len(got) < len(want) {
		data, err := s.Recv(len(want) - len(got))
		must(t, err)
		if len(data) == 0 {
			break
		}
		got = append(got, data...)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Fatalf("heard (-want +got):\n%s", diff)
	}
}

func TestSelectorsEcho(t *testing.T) {
	for _, server := range languages {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, server.command(t, "selectors_echo", "127.0.0.1", 0, 2)...)
			addr := s.listening()
			a, b := dial(t, addr), dial(t, addr)
			name := func(conn *socket.Socket) string {
				own, err := conn.GetSockName()
				must(t, err)
				return fmt.Sprintf("('127.0.0.1', %d)", own.Port())
			}
			s.want("accepted " + name(a))
			s.want("accepted " + name(b))
			for _, conn := range []*socket.Socket{b, a, b} {
				must(t, conn.SendAll([]byte("中")))
				s.want(`echoing b'\xe4\xb8\xad'`)
				hears(t, conn, "中")
			}
			for _, conn := range []*socket.Socket{a, b} {
				must(t, conn.Close())
				if conn == a {
					s.line()
				}
			}
			match(t, `^closing \('127\.0\.0\.1', \d+\)\n$`, s.end(0))
		})
	}
}

// Everybody hears what the others say, one of them with nc.
func TestChat(t *testing.T) {
	for _, server := range languages {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, server.command(t, "chat", "127.0.0.1", 0, 3)...)
			addr := s.listening()
			a := dial(t, addr)
			s.want("guest 1 has come")
			b := dial(t, addr)
			s.want("guest 2 has come")
			hears(t, a, "guest 2 has come\n")
			must(t, b.SendAll([]byte("你好\r\nhow a")))
			hears(t, a, "guest 2: 你好\n")
			must(t, b.SendAll([]byte("re you?\n")))
			hears(t, a, "guest 2: how are you?\n")
			must(t, a.SendAll([]byte("fine\n\n")))
			hears(t, b, "guest 1: fine\nguest 1: \n")
			for _, line := range []string{"guest 2: 你好", "guest 2: how are you?", "guest 1: fine", "guest 1: "} {
				s.want(line)
			}
			reset(t, b)
			must(t, b.Close())
			hears(t, a, "guest 2 has left\n")
			c := dial(t, addr)
			hears(t, a, "guest 3 has come\n")
			must(t, c.Shutdown(socket.SHUT_WR))
			hears(t, a, "guest 3 has left\n")
			must(t, a.Close())
			if diff := cmp.Diff("guest 2 has left\nguest 3 has come\nguest 3 has left\nguest 1 has left\n", s.end(0)); diff != "" {
				t.Errorf("the room's last lines (-want +got):\n%s", diff)
			}
		})
	}
}

// A client that doesn't read holds up nobody, and is thrown out.
func TestChatSilentReader(t *testing.T) {
	s := start(t, goCommand(t, "chat", "127.0.0.1", 0, 2)...)
	addr := s.listening()
	deaf := dial(t, addr)
	s.want("guest 1 has come")
	talker := dial(t, addr)
	s.want("guest 2 has come")
	line := []byte(strings.Repeat("x", 4000) + "\n")
	left, ended := make(chan bool), make(chan bool)
	go func() { // the server waits if nobody reads its output
		defer close(ended)
		for line := s.line(); line != "guest 2 has left"; line = s.line() {
			if line == "guest 1 has left" {
				close(left)
			}
		}
	}()
	for gone := false; !gone; {
		select {
		case <-left:
			gone = true
		default:
			must(t, talker.SendAll(line))
		}
	}
	must(t, talker.Close())
	must(t, deaf.Close())
	<-ended
	s.end(0)
}

// A line that never ends is thrown out too.
func TestChatEndlessLine(t *testing.T) {
	for _, server := range languages {
		s := start(t, server.command(t, "chat", "127.0.0.1", 0, 1)...)
		conn := dial(t, s.listening())
		conn.SendAll(bytes.Repeat([]byte("x"), 1<<20)) // it may be closed before the end
		if diff := cmp.Diff("guest 1 has come\nguest 1 has left\n", s.end(0)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", server.name, diff)
		}
	}
}

func TestChatWithNetcat(t *testing.T) {
	path, err := exec.LookPath("nc")
	if err != nil {
		t.Skip("nc not found: apt-get install netcat-openbsd")
	}
	s := start(t, goCommand(t, "chat", "127.0.0.1", 0, 2)...)
	addr := s.listening()
	nc := start(t, path, addr.Host(), fmt.Sprint(addr.Port()))
	s.want("guest 1 has come")
	conn := dial(t, addr)
	nc.want("guest 2 has come")
	nc.say("hello\n")
	hears(t, conn, "guest 1: hello\n")
	must(t, conn.SendAll([]byte("bye\n")))
	nc.want("guest 2: bye")
	must(t, conn.Close())
	nc.want("guest 2 has left")
	must(t, nc.cmd.Process.Signal(unix.SIGKILL))
	s.end(0)
}
