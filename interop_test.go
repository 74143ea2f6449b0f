//go:build linux

package socket_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
)

// Go and Python talk to each other. Each conversation is held with Go at one end
// and at the other; testdata/interop.py is Python's end of it.

// over runs a conversation over each interopTransport.
func over(t *testing.T, transports []interopTransport, conversation func(*testing.T, interopTransport)) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			leaktest.Check(t)
			conversation(t, tr)
		})
	}
}

// messages are texts that are echoed.
var messages = []string{"hello", "你好，世界", "ÄÖÜ ß €", strings.Repeat("长", 300)}

func TestEchoOfPython(t *testing.T) {
	over(t, streams, func(t *testing.T, tr interopTransport) {
		addr, p := tr.server(t, "echo_server")
		s := tr.connect(t, addr)
		for _, message := range messages {
			sendAll(t, s, []byte(message))
			if diff := cmp.Diff(message, string(receive(t, s, len(message)))); diff != "" {
				t.Errorf("echo (-want +got):\n%s", diff)
			}
		}
		own, err := s.GetSockName()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("("+literal(own)+", 'left')\n", p.Wait()); diff != "" {
			t.Errorf("what Python saw (-want +got):\n%s", diff)
		}
	})
}

func TestEchoForPython(t *testing.T) {
	over(t, streams, func(t *testing.T, tr interopTransport) {
		listener, p := tr.serve(t, "echo_client")
		s := accept(t, listener, p)
		for _, message := range messages {
			fmt.Fprintln(p.Stdin, message)
			sendAll(t, s, receive(t, s, len(message)))
			if diff := cmp.Diff("'"+message+"'", p.Line()); diff != "" {
				t.Errorf("echo (-want +got):\n%s", diff)
			}
		}
		p.Wait()
		if data := receiveAll(t, s); len(data) != 0 {
			t.Errorf("after Python has left: %q, want the end", data)
		}
	})
}

func TestBulkToPython(t *testing.T) {
	over(t, streams, func(t *testing.T, tr interopTransport) {
		addr, p := tr.server(t, "bulk_server")
		s := tr.connect(t, addr)
		sendPattern(t, s, "client")
		if err := s.Shutdown(socket.SHUT_WR); err != nil {
			t.Fatal(err)
		}
		checkPattern(t, "server", receiveAll(t, s))
		if diff := cmp.Diff(summary("client"), p.Wait()); diff != "" {
			t.Errorf("what Python received (-want +got):\n%s", diff)
		}
	})
}

func TestBulkFromPython(t *testing.T) {
	over(t, streams, func(t *testing.T, tr interopTransport) {
		listener, p := tr.serve(t, "bulk_client")
		s := accept(t, listener, p)
		checkPattern(t, "client", receiveAll(t, s))
		sendPattern(t, s, "server")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(summary("server"), p.Wait()); diff != "" {
			t.Errorf("what Python received (-want +got):\n%s", diff)
		}
	})
}

// TestPythonLeaves has clients that leave at once, in the middle of a message
// and with a reset, while the listener goes on.
func TestPythonLeaves(t *testing.T) {
	over(t, streams, func(t *testing.T, tr interopTransport) {
		listener, p := tr.serve(t, "leaving_clients")
		left := []string{"", "half a mess", tr.afterLinger(), "stay"}
		for i, want := range left {
			s := accept(t, listener, p)
			got := describeEnd(s.Recv(100))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("client %d (-want +got):\n%s", i+1, diff)
			}
			if want == "stay" {
				sendAll(t, s, []byte("good"))
			}
			s.Close()
		}
		if diff := cmp.Diff("b'good'\n", p.Wait()); diff != "" {
			t.Errorf("the last client (-want +got):\n%s", diff)
		}
	})
}

// TestGoLeaves is TestPythonLeaves the other way.
func TestGoLeaves(t *testing.T) {
	over(t, streams, func(t *testing.T, tr interopTransport) {
		addr, p := tr.server(t, "patient_server")
		var want string
		tr.connect(t, addr).Close()
		want += p.Line() + "\n"
		s := tr.connect(t, addr)
		sendAll(t, s, []byte("half a mess"))
		s.Close()
		want += p.Line() + "\n"
		s = tr.connect(t, addr)
		err := s.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		want += p.Line() + "\n"
		s = tr.connect(t, addr)
		sendAll(t, s, []byte("stay"))
		if diff := cmp.Diff("stayed", string(receive(t, s, 6))); diff != "" {
			t.Errorf("the last client (-want +got):\n%s", diff)
		}
		want += p.Wait()
		reset := "b''"
		if tr.family != socket.AF_UNIX {
			reset = "104"
		}
		if diff := cmp.Diff("b''\nb'half a mess'\n"+reset+"\nb'stay'\n", want); diff != "" {
			t.Errorf("what Python saw (-want +got):\n%s", diff)
		}
	})
}

// afterLinger is how a connection ends that is closed with SO_LINGER and no time.
func (tr interopTransport) afterLinger() string {
	if tr.family == socket.AF_UNIX {
		return "" // AF_UNIX has no linger
	}
	return "reset"
}

// describeEnd is what Recv returned, or "reset".
func describeEnd(data []byte, err error) string {
	switch {
	case errors.Is(err, socket.ErrConnectionReset):
		return "reset"
	case err != nil:
		return err.Error()
	}
	return string(data)
}

// datagramTexts are the datagrams that are sent; the empty one is data, too.
var datagramTexts = []string{"hello", "你好", "", strings.Repeat("x", interopLargest), "end"}

func TestDatagramsToPython(t *testing.T) { over(t, datagrams, datagramsToPython) }

func datagramsToPython(t *testing.T, tr interopTransport) {
	addr, p := tr.server(t, "datagram_server")
	s := tr.socket(t)
	if err := s.Bind(beside(addr)); err != nil {
		t.Fatal(err)
	}
	own, err := s.GetSockName()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range datagramTexts {
		if n, err := s.SendTo([]byte(text), addr); n != len(text) || err != nil {
			t.Fatalf("SendTo of %d bytes: %d, %v", len(text), n, err)
		}
		for _, want := range []string{literal(own), text} {
			data, from, err := s.RecvFrom(70000)
			if err != nil {
				t.Fatal(err)
			}
			if want != string(data) || from != addr {
				t.Errorf("got %.100q from %v, want %.100q from %v", data, from, want, addr)
			}
		}
	}
	p.Wait()
}

func TestDatagramsFromPython(t *testing.T) { over(t, datagrams, datagramsFromPython) }

func datagramsFromPython(t *testing.T, tr interopTransport) {
	s, p := tr.serve(t, "datagram_client")
	for _, want := range datagramTexts {
		data, from, err := s.RecvFrom(70000)
		if err != nil {
			t.Fatal(err)
		}
		if want != string(data) {
			t.Errorf("got %.100q, want %.100q", data, want)
		}
		for _, answer := range []string{literal(from), string(data)} {
			if n, err := s.SendTo([]byte(answer), from); n != len(answer) || err != nil {
				t.Fatalf("SendTo of %d bytes: %d, %v", len(answer), n, err)
			}
		}
		if diff := cmp.Diff("(True, True, True)", p.Line()); diff != "" {
			t.Errorf("same data, own address, server's address (-want +got):\n%s", diff)
		}
	}
	p.Wait()
}

// beside returns an address for a client of the server at addr.
func beside(addr socket.Address) socket.Address {
	switch a := addr.(type) {
	case socket.Inet6Addr:
		return socket.Addr6(a.Host(), 0, 0, a.ScopeID())
	case socket.UnixAddr:
		return socket.UnixAddr("")
	}
	return socket.Addr(addr.Host(), 0)
}

// TestLinkLocal has the conversations over a link-local address, which works
// with its scope alone. If no interface has one, it gives one to lo in a network
// namespace and runs there.
func TestLinkLocal(t *testing.T) {
	machine.Needs(t, machine.Programs)
	addr, ok := interopLinkLocal(t)
	if !ok {
		inNamespace(t, "ip link set lo up && ip addr add fe80::1/64 dev lo nodad")
		return
	}
	over(t, []interopTransport{inetTransport("udp6", addr, socket.SOCK_DGRAM)}, datagramsToPython)
	over(t, []interopTransport{inetTransport("udp6", addr, socket.SOCK_DGRAM)}, datagramsFromPython)
	over(t, []interopTransport{inetTransport("tcp6", addr, socket.SOCK_STREAM)}, func(t *testing.T, tr interopTransport) {
		server, p := tr.server(t, "echo_server")
		s := tr.connect(t, server)
		sendAll(t, s, []byte("hello"))
		if diff := cmp.Diff("hello", string(receive(t, s, 5))); diff != "" {
			t.Errorf("echo (-want +got):\n%s", diff)
		}
		s.Close()
		p.Wait()
	})
}
