//go:build unix

package socketserver_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/socketserver"
	"github.com/google/go-cmp/cmp"
)

// A steps handler is a StreamRequestHandler that is made of functions.
type steps struct {
	socketserver.StreamRequestHandler
	before func(*steps)
	handle func(*steps) error
	finish func(*steps) error
}

func (h *steps) Setup() error {
	if h.before != nil {
		h.before(h)
	}
	return h.StreamRequestHandler.Setup()
}

func (h *steps) Handle() error { return h.handle(h) }

func (h *steps) Finish() error {
	err := h.StreamRequestHandler.Finish()
	if h.finish != nil {
		err = h.finish(h)
	}
	return err
}

// handled runs h over one connection, whose other end peer has, and returns the
// error. The connection is closed then.
func handled(t *testing.T, h socketserver.Handler, peer func(*socket.Socket)) (err error) {
	t.Helper()
	server, client, err := socket.SocketPair()
	must(t, err)
	defer client.Close()
	must(t, client.SetTimeout(patience))
	done := make(chan error, 1)
	go func() {
		defer server.Close()
		done <- socketserver.Run(h, socketserver.Request{Socket: server}, socket.UnixAddr(""), nil)
	}()
	if peer != nil {
		peer(client)
	}
	return await(t, done, "the handler has returned")
}

// The defaults of the class are Python's.
func TestStreamHandlerAttributes(t *testing.T) {
	var want map[string]any
	python(t).Eval(t, `
import json, socketserver
h = socketserver.StreamRequestHandler
print(json.dumps({"rbufsize": str(h.rbufsize), "wbufsize": str(h.wbufsize),
                  "timeout": h.timeout, "disable_nagle_algorithm": h.disable_nagle_algorithm}))
`, &want)
	got := map[string]any{}
	must(t, handled(t, &steps{before: func(h *steps) {
		got["rbufsize"], got["wbufsize"] = fmt.Sprint(h.Rbufsize), fmt.Sprint(h.Wbufsize)
		got["timeout"] = any(h.Timeout)
		if h.Timeout == socket.NoTimeout {
			got["timeout"] = nil
		}
		got["disable_nagle_algorithm"] = h.DisableNagleAlgorithm
	}, handle: func(*steps) error { return nil }}, nil))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-Python +Go):\n%s", diff)
	}
}

// readlinePy reads lines with limits, for each of the cases that it is given.
const readlinePy = `
import io, json, sys
result = []
for data, limits in json.loads(sys.argv[1]):
    f = io.BytesIO(data.encode("latin-1"))
    result.append([f.readline(n).decode("latin-1") for n in limits])
print(json.dumps(result))
`

// ReadLine cuts as Python's readline does, whatever the buffer and the pieces in
// which the data comes.
func TestReadLine(t *testing.T) {
	long := strings.Repeat("long", 10000)
	cases := [][2]any{
		{"one\ntwo\nthree", []int{-1, -1, -1, -1}},
		{"one\ntwo\nthree", []int{2, 2, 2, 2, 100, 100, 100}},
		{"one\ntwo\n", []int{3, 1, 0, 4, 4}},
		{"\n\n\r\n", []int{1, 5, 1, 5, 5}},
		{long + "\nnext\n", []int{30000, 30000, -1, -1}},
		{long, []int{-1, -1}},
		{"", []int{-1, 5}},
		{"a\x00b\n", []int{10}},
	}
	given, err := json.Marshal(cases)
	must(t, err)
	var want [][]string
	python(t).Eval(t, readlinePy, &want, string(given))
	for i, c := range cases {
		data, limits := c[0].(string), c[1].([]int)
		for _, size := range []int{-1, 0, 1, 100} {
			if diff := cmp.Diff(want[i], linesOf(t, data, limits, size)); diff != "" {
				t.Errorf("%.20q with limits %v, buffer %d (-Python +Go):\n%s", data, limits, size, diff)
			}
		}
	}
}

// linesOf reads data with a line of each limit.
func linesOf(t *testing.T, data string, limits []int, size int) (lines []string) {
	t.Helper()
	h := &steps{before: func(h *steps) { h.Rbufsize = size }, handle: func(h *steps) error {
		for _, n := range limits {
			line, err := h.Rfile.ReadLine(n)
			if err != nil && err != io.EOF {
				return err
			}
			lines = append(lines, string(line))
		}
		return nil
	}}
	must(t, handled(t, h, func(conn *socket.Socket) {
		must(t, conn.SendAll([]byte(data)))
		must(t, conn.Shutdown(socket.SHUT_WR))
	}))
	return lines
}

// All ways to read, mixed.
func TestReader(t *testing.T) {
	h := &steps{handle: func(h *steps) error {
		line, err := h.Rfile.ReadLine()
		if string(line) != "first\n" || err != nil {
			t.Errorf("ReadLine = %q, %v", line, err)
		}
		three := make([]byte, 3)
		if _, err := io.ReadFull(h.Rfile, three); string(three) != "sec" || err != nil {
			t.Errorf("ReadFull = %q, %v", three, err)
		}
		for line, err := range h.Rfile.Lines() {
			if string(line) != "ond\n" || err != nil {
				t.Errorf("Lines yields %q, %v", line, err)
			}
			break
		}
		lines, err := h.Rfile.ReadLines()
		if diff := cmp.Diff([][]byte{[]byte("third\n"), []byte("end")}, lines); diff != "" || err != nil {
			t.Errorf("ReadLines: %v (-want +got):\n%s", err, diff)
		}
		if _, err := h.Rfile.ReadLine(); err != io.EOF {
			t.Errorf("ReadLine at the end: %v", err)
		}
		if n, err := h.Rfile.Read(three); n != 0 || err != io.EOF {
			t.Errorf("Read at the end = %d, %v", n, err)
		}
		if _, err := h.Rfile.ReadLine(1, 2); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("ReadLine(1, 2): %v", err)
		}
		return nil
	}}
	must(t, handled(t, h, func(conn *socket.Socket) {
		must(t, conn.SendAll([]byte("first\nsecond\nthird\nend")))
		must(t, conn.Shutdown(socket.SHUT_WR))
	}))
}

// Without a buffer, what comes after a line is left in the socket.
func TestUnbufferedReader(t *testing.T) {
	h := &steps{before: func(h *steps) { h.Rbufsize = 0 }, handle: func(h *steps) error {
		line, err := h.Rfile.ReadLine()
		if err != nil {
			return err
		}
		some := make([]byte, 4)
		n, err := h.Rfile.Read(some)
		if err != nil {
			return err
		}
		rest, err := h.Connection.Recv(100)
		if err != nil {
			return err
		}
		return h.Connection.SendAll(fmt.Appendf(nil, "%q %q %q", line, some[:n], rest))
	}}
	must(t, handled(t, h, func(conn *socket.Socket) {
		if got, want := ask(t, conn, "line\nfourmore"), `"line\n" "four" "more"`; got != want {
			t.Errorf("read %s, want %s", got, want)
		}
	}))
}

// A read that timed out ends the reading with Python's words; what the line had is
// not lost before that.
func TestReaderTimeout(t *testing.T) {
	sent := make(chan bool)
	h := &steps{before: func(h *steps) { h.Timeout = 10 * time.Millisecond }, handle: func(h *steps) error {
		<-sent // so that the part has come before the timeout
		if got := h.Connection.GetTimeout(); got != 10*time.Millisecond {
			t.Errorf("the connection's timeout is %v", got)
		}
		_, err := h.Rfile.ReadLine()
		if !errors.Is(err, socket.ErrTimeout) {
			t.Errorf("ReadLine = %v, want a timeout", err)
		}
		_, err = h.Rfile.ReadLine()
		if err == nil || err.Error() != "cannot read from timed out object" {
			t.Errorf("the next ReadLine = %v", err)
		}
		part := make([]byte, 100)
		if n, err := h.Rfile.Read(part); string(part[:n]) != "par" || err != nil {
			t.Errorf("Read = %q, %v", part[:n], err)
		}
		_, err = h.Rfile.Read(part)
		if err == nil || err.Error() != "cannot read from timed out object" {
			t.Errorf("the next Read = %v", err)
		}
		return h.Connection.SendAll([]byte("done"))
	}}
	must(t, handled(t, h, func(conn *socket.Socket) {
		must(t, conn.SendAll([]byte("par")))
		close(sent)
		if got := rest(t, conn); got != "done" {
			t.Errorf("the answer is %q", got)
		}
	}))
}

// Without a buffer Write sends at once and all; with one it waits for Flush,
// Finish, or the buffer to be full.
func TestWriter(t *testing.T) {
	for _, size := range []int{0, -1, 1 << 20} {
		big := bytes.Repeat([]byte("x"), 500_000) // more than the kernel takes at once
		h := &steps{before: func(h *steps) { h.Wbufsize = size }, handle: func(h *steps) error {
			if n, err := h.Wfile.WriteString("hello"); n != 5 || err != nil {
				t.Errorf("WriteString = %d, %v", n, err)
			}
			peeked, err := h.Connection.Recv(1) // the peer's word for what it has
			if err != nil {
				return err
			}
			if arrived := string(peeked) == "y"; arrived != (size == 0) {
				t.Errorf("buffer %d: it arrived before Flush: %v", size, arrived)
			}
			if err := h.Wfile.Flush(); err != nil {
				return err
			}
			n, err := h.Wfile.Write(big)
			if n != len(big) {
				t.Errorf("Write = %d", n)
			}
			return err
		}}
		must(t, handled(t, h, func(conn *socket.Socket) {
			must(t, conn.SetTimeout(0))
			early, err := conn.Recv(100)
			for size == 0 && errors.Is(err, socket.ErrBlockingIO) {
				early, err = conn.Recv(100)
			}
			must(t, conn.SetTimeout(patience))
			must(t, conn.SendAll([]byte(map[bool]string{true: "y", false: "n"}[len(early) > 0])))
			if got := len(early) + len(rest(t, conn)); got != 5+len(big) {
				t.Errorf("buffer %d: %d bytes came, want %d", size, got, 5+len(big))
			}
		}))
	}
}

// After Finish the files are closed, whatever happened to the connection.
func TestFilesAfterFinish(t *testing.T) {
	h := &steps{before: func(h *steps) { h.Wbufsize = -1 }, handle: func(h *steps) error {
		_, err := h.Wfile.WriteString("nobody reads this")
		h.Connection.Close()
		return err
	}}
	must(t, handled(t, h, nil)) // that it can't be flushed is no error
	_, read := h.Rfile.Read(make([]byte, 1))
	_, line := h.Rfile.ReadLine()
	_, written := h.Wfile.Write([]byte("x"))
	for name, err := range map[string]error{"Read": read, "ReadLine": line, "Write": written, "Flush": h.Wfile.Flush()} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s after Finish: %v", name, err)
		}
	}
	if err := errors.Join(h.Rfile.Close(), h.Wfile.Close()); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

// Setup sets TCP_NODELAY, and fails where there is none; then Handle and Finish
// aren't called.
func TestDisableNagleAlgorithm(t *testing.T) {
	nodelay := func(h *steps) { h.DisableNagleAlgorithm = true }
	err := handled(t, &steps{
		before: nodelay,
		handle: func(*steps) error { t.Error("Handle is called after Setup has failed"); return nil },
		finish: func(*steps) error { t.Error("Finish is called after Setup has failed"); return nil },
	}, nil)
	var refused *socket.Error
	if !errors.As(err, &refused) || refused.Op != "setsockopt" {
		t.Errorf("TCP_NODELAY of an AF_UNIX socket: %v", err)
	}
	s, err := socketserver.NewTCPServer(anyPort, func(request socketserver.Request, client socket.Address, server socketserver.Server) error {
		h := &steps{before: nodelay, handle: func(h *steps) error {
			on, err := h.Connection.GetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
			fmt.Fprint(h.Wfile, on != 0, " ", h.ClientAddress == client, " ", h.Server == server)
			return err
		}}
		return socketserver.Run(h, request, client, server)
	})
	must(t, err)
	serving(t, s)
	if got := rest(t, dial(t, s.ServerAddress)); got != "true true true" {
		t.Errorf("the handler found %q", got)
	}
}

// A timeout that can't be one is an error of Setup.
func TestWrongHandlerTimeout(t *testing.T) {
	err := handled(t, &steps{before: func(h *steps) { h.Timeout = 5 }}, nil)
	if !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Timeout = 5: %v", err)
	}
}

// Run returns what went wrong in Handle and in Finish; Finish is called in any case.
func TestRunErrors(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	for _, test := range []struct {
		handle, finish error
		want           string
	}{
		{nil, nil, "<nil>"}, {one, nil, "one"}, {nil, two, "two"}, {one, two, "one\ntwo"},
	} {
		finished := false
		err := handled(t, &steps{
			handle: func(*steps) error { return test.handle },
			finish: func(*steps) error { finished = true; return test.finish },
		}, nil)
		if fmt.Sprint(err) != test.want || !finished {
			t.Errorf("Handle %v, Finish %v: Run = %v, Finish was called: %v", test.handle, test.finish, err, finished)
		}
	}
	finished := false
	func() {
		defer func() {
			if v := recover(); v != one || !finished {
				t.Errorf("recovered %v, Finish was called: %v", v, finished)
			}
		}()
		a, b, err := socket.SocketPair()
		must(t, err)
		defer a.Close()
		defer b.Close()
		socketserver.Run(&steps{
			handle: func(*steps) error { panic(one) },
			finish: func(*steps) error { finished = true; return nil },
		}, socketserver.Request{Socket: a}, nil, nil)
	}()
}

// datagrams is a handler that answers with what it read.
type datagrams struct {
	socketserver.DatagramRequestHandler
}

func (h *datagrams) Handle() error {
	if string(h.Packet) == "silence" {
		return nil
	}
	lines, err := h.Rfile.ReadLines()
	fmt.Fprintf(h.Wfile, "%d lines, ", len(lines))
	fmt.Fprintf(h.Wfile, "%d bytes", len(h.Packet))
	return errors.Join(err, h.Wfile.Flush())
}

// What is longer than MaxPacketSize is cut, nothing is answered with an empty
// datagram, and an empty one is a request.
func TestDatagramHandler(t *testing.T) {
	udp, err := socketserver.NewUDPServer(anyPort, socketserver.Class[datagrams])
	must(t, err)
	serving(t, udp)
	small, err := socketserver.NewThreadingUDPServer(anyPort, socketserver.Class[datagrams],
		func(s *socketserver.ThreadingUDPServer) { s.MaxPacketSize = 5 })
	must(t, err)
	serving(t, small)
	unixServer, err := socketserver.NewThreadingUnixDatagramServer(
		socket.UnixAddr(filepath.Join(t.TempDir(), "s")), socketserver.Class[datagrams])
	must(t, err)
	serving(t, unixServer)
	for _, test := range []struct {
		addr       socket.Address
		send, want string
	}{
		{udp.ServerAddress, "a\nb", "2 lines, 3 bytes"},
		{udp.ServerAddress, strings.Repeat("x", 9000), "1 lines, 8192 bytes"},
		{udp.ServerAddress, "silence", ""},
		{udp.ServerAddress, "", "0 lines, 0 bytes"},
		{small.ServerAddress, "123\n567", "2 lines, 5 bytes"},
		{unixServer.ServerAddress, "a\nb\nc", "3 lines, 5 bytes"},
	} {
		sock := dial(t, test.addr, socket.SOCK_DGRAM)
		_, err := sock.Send([]byte(test.send))
		must(t, err)
		got, err := sock.Recv(1024)
		must(t, err)
		if string(got) != test.want {
			t.Errorf("%.10q to %v: the answer is %q, want %q", test.send, test.addr, got, test.want)
		}
	}
}

// namelessServer tells of errors.
type namelessServer struct {
	socketserver.UnixDatagramServer
	failed chan error
}

func (s *namelessServer) HandleError(_ socketserver.Request, client socket.Address, err error) {
	if client != nil {
		err = fmt.Errorf("the client is %v", client)
	}
	s.failed <- err
}

// A client without a name can't be answered.
func TestNamelessClient(t *testing.T) {
	s, err := socketserver.New(socket.UnixAddr(filepath.Join(t.TempDir(), "s")), socketserver.Class[datagrams],
		func(s *namelessServer) { s.failed = make(chan error, 1) })
	must(t, err)
	serving(t, s)
	sock, err := socket.New(socket.AF_UNIX, socket.SOCK_DGRAM)
	must(t, err)
	defer sock.Close()
	_, err = sock.SendTo([]byte("hello"), s.ServerAddress)
	must(t, err)
	if err := await(t, s.failed, "HandleError is called"); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("the error is %v, want an ArgumentError", err)
	}
	text := stderr(t, func() { s.UnixDatagramServer.HandleError(socketserver.Request{}, nil, errors.New("x")) })
	if !strings.Contains(text, "request from None\nx\n") {
		t.Errorf("HandleError printed %q", text)
	}
}

// A handler that overrides nothing does nothing, as in Python.
func TestHandlerThatDoesNothing(t *testing.T) {
	s, err := socketserver.NewUnixStreamServer(socket.UnixAddr(filepath.Join(t.TempDir(), "s")),
		socketserver.Class[socketserver.BaseRequestHandler])
	must(t, err)
	serving(t, s)
	if got := rest(t, dial(t, s.ServerAddress)); got != "" {
		t.Errorf("the client got %q", got)
	}
}
