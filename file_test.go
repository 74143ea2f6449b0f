//go:build unix && !aix

package socket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// evalPython runs a script, which prints JSON.
func evalPython(t *testing.T, script string, result any) {
	t.Helper()
	machine.Needs(t, machine.Programs)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 not found: apt-get install python3")
	}
	cmd := exec.Command(python, "-c", script)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	if err := json.Unmarshal(out, result); err != nil {
		t.Fatalf("python3 printed %q: %v", out, err)
	}
}

// makeFile is MakeFile; the test's end closes the File.
func makeFile(t *testing.T, s *socket.Socket, mode string) *socket.File {
	t.Helper()
	f, err := s.MakeFile(mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want one that is %v", err, want)
	}
}

// writeOut writes to the File and flushes it.
func writeOut(t *testing.T, f *socket.File, text string) {
	t.Helper()
	if n, err := f.WriteString(text); n != len(text) || err != nil {
		t.Fatalf("WriteString = %d, %v; want %d", n, err, len(text))
	}
	must(t, f.Flush())
}

// readFull reads n bytes from the File: Python's read(n).
func readFull(t *testing.T, f *socket.File, n int) string {
	t.Helper()
	p := make([]byte, n)
	if _, err := io.ReadFull(f, p); err != nil {
		t.Fatalf("ReadFull: %v", err)
	}
	return string(p)
}

// recvNow receives what is there, up to n bytes: ok is false if nothing is.
func recvNow(t *testing.T, s *socket.Socket, n int) (data []byte, ok bool) {
	t.Helper()
	must(t, s.SetBlocking(false))
	defer s.SetBlocking(true)
	data, err := s.Recv(n)
	if errors.Is(err, socket.ErrBlockingIO) {
		return nil, false
	}
	must(t, err)
	return data, true
}

// ended reports whether s would receive the end of the stream.
func ended(t *testing.T, s *socket.Socket) bool {
	t.Helper()
	data, ok := recvNow(t, s, 1)
	return ok && len(data) == 0
}

const fileModes = `
import json, socket, itertools
def ask(mode):
    a, b = socket.socketpair()
    with a, b:
        try:
            with a.makefile(mode) as f:
                return [f.readable(), f.writable(), ""]
        except ValueError as e:
            return [False, False, str(e)]
print(json.dumps({m: ask(m) for m in %s}))
`

// TestFileModes makes a File with each mode of up to three letters, as Python does.
func TestFileModes(t *testing.T) {
	modes := []string{""}
	for range 3 {
		for _, m := range modes {
			for _, c := range "rwbtax+U" {
				modes = append(modes, m+string(c))
			}
		}
		modes = unique(modes)
	}
	list, _ := json.Marshal(modes)
	var want map[string][3]any
	evalPython(t, fmt.Sprintf(fileModes, list), &want)

	a, _ := streamPair(t)
	for _, mode := range modes {
		f, err := a.MakeFile(mode)
		if text := want[mode][2].(string); text != "" {
			var wrong *socket.ArgumentError
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), text) {
				t.Errorf("MakeFile(%q): %v, want an ArgumentError with %q", mode, err, text)
			}
			continue
		}
		if err != nil {
			t.Errorf("MakeFile(%q): %v", mode, err)
			continue
		}
		got := [3]any{f.Readable(), f.Writable(), ""}
		if diff := cmp.Diff(want[mode], got); diff != "" {
			t.Errorf("MakeFile(%q) (-Python +Go):\n%s", mode, diff)
		}
		must(t, f.Close())
	}
}

func unique(list []string) (out []string) {
	seen := make(map[string]bool)
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

const fileLines = `
import json, socket
def ask(mode, packets):
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with a, b:
        for p in packets:
            a.sendall(p.encode())
        a.close()
        with b.makefile(mode) as f:
            lines = f.readlines()
    return [l if mode == "r" else l.decode() for l in lines]
print(json.dumps([ask(m, p) for m, p in json.loads(%q)]))
`

// TestFileLines reads lines out of packets that are cut in all sorts of places.
// SOCK_SEQPACKET keeps the packets apart, so that each is one receive.
func TestFileLines(t *testing.T) {
	long := strings.Repeat("x", 20000)
	texts := [][]string{
		{},
		{"a"},
		{"a\n"},
		{"one\ntwo\nthree"},
		{"on", "e\nt", "wo", "\n", "three\n"},
		{"a\r\nb\r\nc\r\n"},
		{"a\r", "\nb\r", "c\r", "\r", "\n", "\n", "\r"},
		{"\n", "\n\n", "x"},
		{"\r\n"}, {"\r"}, {"\n\r"}, {"\r", "\n"}, {"\r\r\n\n"},
		{"ends with \r"},
		{"中文\r\n", "é\n"},
		{long + "\n", "b" + long, long + "\r\n", "last"},
	}
	type question struct {
		mode    string
		packets []string
	}
	var asked []question
	var arg [][2]any
	for _, mode := range []string{"r", "rb"} {
		for _, packets := range texts {
			asked = append(asked, question{mode, packets})
			arg = append(arg, [2]any{mode, packets})
		}
	}
	list, _ := json.Marshal(arg)
	var want [][]string
	evalPython(t, fmt.Sprintf(fileLines, list), &want)

	for i, q := range asked {
		got := linesOf(t, q.mode, q.packets)
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("mode %q, packets %.40q (-Python +Go):\n%s", q.mode, q.packets, diff)
		}
	}
}

func linesOf(t *testing.T, mode string, packets []string) []string {
	t.Helper()
	a, b := streamPair(t, socket.SOCK_SEQPACKET)
	for _, p := range packets {
		must(t, a.SendAll([]byte(p)))
	}
	must(t, a.Close())
	f := makeFile(t, b, mode)
	lines, err := f.ReadLines()
	must(t, err)
	if line, err := f.ReadLine(); line != nil || err != io.EOF {
		t.Errorf("ReadLine after the last = %q, %v; want io.EOF", line, err)
	}
	must(t, f.Close())
	must(t, b.Close())
	got := []string{}
	for _, line := range lines {
		got = append(got, string(line))
	}
	return got
}

const fileCloseOrders = `
import json, socket, itertools
def ended(s):
    try:
        return s.recv(1, socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
def ask(order):
    a, b = socket.socketpair()
    with b:
        things = [a, a.makefile("rb"), a.makefile("w")]
        seen = []
        for i in order:
            things[i].close()
            things[i].close()
            seen.append(ended(b))
        return seen
print(json.dumps([ask(o) for o in itertools.permutations(range(3))]))
`

// TestFileCloseOrder closes a socket and two Files on it in every order; each
// twice, which counts once. The peer sees the end with the last one.
func TestFileCloseOrder(t *testing.T) {
	var want [][]bool
	evalPython(t, fileCloseOrders, &want)
	var got [][]bool
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		a, b := streamPair(t)
		things := []io.Closer{a, makeFile(t, a, "rb"), makeFile(t, a, "w")}
		var seen []bool
		for _, i := range order {
			must(t, things[i].Close())
			must(t, things[i].Close())
			seen = append(seen, ended(t, b))
		}
		got = append(got, seen)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the end seen by the peer (-Python +Go):\n%s", diff)
	}
}

// The cases of CPython's FileObjectClassTestCase, in its combinations of modes.

const message = "Michael Gilfix was here\u1234\r\n"

var fileCombinations = []struct{ name, read, write string }{
	{"binary", "rb", "wb"},
	{"text reading", "r", "wb"},
	{"text writing", "rb", "w"},
	{"text", "r", "w"},
	{"both directions", "rwb", "wrb"},
}

// readMessage is what a File of the mode makes of the message.
func readMessage(mode string) string {
	if strings.Contains(mode, "b") {
		return message
	}
	return strings.ReplaceAll(message, "\r\n", "\n")
}

// eachCombination runs a case; cli reads what serv writes.
func eachCombination(t *testing.T, test func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string)) {
	for _, c := range fileCombinations {
		t.Run(c.name, func(t *testing.T) {
			cli, serv := streamPair(t)
			test(t, cli, serv, makeFile(t, cli, c.read), makeFile(t, serv, c.write), readMessage(c.read))
		})
	}
}

func TestFileSmallRead(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		writeOut(t, w, message)
		got := readFull(t, r, len(want)-3) + readFull(t, r, 3)
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestFileFullRead(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		if _, err := w.WriteString(message); err != nil {
			t.Fatal(err)
		}
		must(t, w.Close())
		must(t, serv.Close())
		got, err := io.ReadAll(r)
		if string(got) != want || err != nil {
			t.Errorf("ReadAll = %q, %v; want %q", got, err, want)
		}
	})
}

func TestFileSingleBytes(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		writeOut(t, w, message)
		var got string
		for len(got) < len(want) {
			got += readFull(t, r, 1)
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestFileReadLine(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		writeOut(t, w, message)
		got, err := r.ReadLine()
		if string(got) != want || err != nil {
			t.Errorf("ReadLine = %q, %v; want %q", got, err, want)
		}
	})
}

// The socket's Close leaves the File, and the socket, working.
func TestFileAfterSocketClose(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		must(t, cli.Close())
		must(t, serv.Close())
		writeOut(t, w, message)
		if got := readFull(t, r, len(want)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		must(t, serv.SendAll([]byte("raw")))
		if got, err := cli.Recv(10); string(got) != "raw" || err != nil {
			t.Errorf("Recv on the closed socket = %q, %v; want %q", got, err, "raw")
		}
		must(t, r.Close())
		_, err := cli.Recv(10)
		wantError(t, err, net.ErrClosed)
	})
}

func TestSocketAfterFileClose(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		must(t, r.Close())
		writeOut(t, w, message)
		got, err := cli.Recv(100)
		if string(got) != message || err != nil {
			t.Errorf("Recv = %q, %v; want %q", got, err, message)
		}
	})
}

func TestFileReadAfterTimeout(t *testing.T) {
	eachCombination(t, func(t *testing.T, cli, serv *socket.Socket, r, w *socket.File, want string) {
		must(t, cli.SetTimeout(20*time.Millisecond))
		writeOut(t, w, message[:3])
		readFull(t, r, 3)
		_, err := r.Read(make([]byte, 1))
		wantError(t, err, socket.ErrTimeout)
		wantError(t, err, os.ErrDeadlineExceeded)
		writeOut(t, w, "late\n")
		for op, read := range map[string]func() error{
			"Read":      func() error { _, err := r.Read(make([]byte, 1)); return err },
			"ReadLine":  func() error { _, err := r.ReadLine(); return err },
			"ReadLines": func() error { _, err := r.ReadLines(); return err },
		} {
			err := read()
			if err == nil || !strings.Contains(err.Error(), "cannot read from timed out object") {
				t.Errorf("%s after a timeout: %v", op, err)
			}
			if errors.Is(err, socket.ErrTimeout) {
				t.Errorf("%s after a timeout: %v is a timeout itself", op, err)
			}
		}
		// The socket and a second File go on.
		if got, err := cli.Recv(2); string(got) != "la" || err != nil {
			t.Errorf("Recv = %q, %v", got, err)
		}
		if got, err := makeFile(t, cli, "rb").ReadLine(); string(got) != "te\n" || err != nil {
			t.Errorf("ReadLine of a second File = %q, %v", got, err)
		}
	})
}

// A line of which only a part has come is lost with the File that timed out.
func TestFilePartialLineTimeout(t *testing.T) {
	cli, serv := streamPair(t)
	f := makeFile(t, cli, "rb")
	must(t, cli.SetTimeout(20*time.Millisecond))
	must(t, serv.SendAll([]byte("whole\npart")))
	if line, err := f.ReadLine(); string(line) != "whole\n" || err != nil {
		t.Fatalf("ReadLine = %q, %v", line, err)
	}
	line, err := f.ReadLine()
	wantError(t, err, socket.ErrTimeout)
	if line != nil {
		t.Errorf("ReadLine that timed out returned %q", line)
	}
	if n, err := f.Read(make([]byte, 10)); n != 0 || err == nil {
		t.Errorf("Read after that = %d, %v; want an error", n, err)
	}
}

// A write that timed out poisons nothing: what was taken is sent in the end.
func TestFileWriteAfterTimeout(t *testing.T) {
	cli, serv := streamPair(t)
	f := makeFile(t, serv, "rwb")
	must(t, serv.SetTimeout(20*time.Millisecond))
	var sent bytes.Buffer
	block := bytes.Repeat([]byte("0123456789abcdef"), 4<<10)
	for i := 0; ; i++ {
		if i == 10000 {
			t.Fatal("the socket never filled up")
		}
		n, err := f.Write(block)
		sent.Write(block[:n])
		if err != nil {
			wantError(t, err, socket.ErrTimeout)
			break
		}
	}
	must(t, serv.SetTimeout(socket.NoTimeout))
	var wait sync.WaitGroup
	wait.Go(func() {
		if n, err := f.WriteString("end"); n != 3 || err != nil {
			t.Errorf("WriteString = %d, %v", n, err)
		}
		sent.WriteString("end")
		if err := errors.Join(f.Close(), serv.Close()); err != nil {
			t.Error(err)
		}
	})
	got, err := io.ReadAll(makeFile(t, cli, "rb"))
	wait.Wait()
	if !bytes.Equal(got, sent.Bytes()) || err != nil {
		t.Errorf("received %d bytes, %v; %d were taken", len(got), err, sent.Len())
	}
}

// With the timeout 0 lines come whole, and what isn't there is ErrBlockingIO.
func TestFileNonBlockingRead(t *testing.T) {
	cli, serv := streamPair(t)
	f := makeFile(t, cli, "rb")
	must(t, cli.SetBlocking(false))
	_, err := f.Read(make([]byte, 1))
	wantError(t, err, socket.ErrBlockingIO)
	for _, part := range []string{"one ", "line"} {
		must(t, serv.SendAll([]byte(part)))
		line, err := f.ReadLine()
		wantError(t, err, socket.ErrBlockingIO)
		if line != nil {
			t.Errorf("ReadLine = %q beside an error", line)
		}
	}
	must(t, serv.SendAll([]byte("\nab")))
	if line, err := f.ReadLine(); string(line) != "one line\n" || err != nil {
		t.Errorf("ReadLine = %q, %v", line, err)
	}
	_, err = f.ReadLine()
	wantError(t, err, socket.ErrBlockingIO)
	if got := readFull(t, f, 2); got != "ab" {
		t.Errorf("Read after an unfinished line = %q", got)
	}
	for line, err := range f.Lines() {
		if line != nil || !errors.Is(err, socket.ErrBlockingIO) {
			t.Errorf("Lines gave %q, %v", line, err)
		}
	}
}

const fileFull = `
import json, socket
a, b = socket.socketpair()
f = a.makefile("wb")
a.setblocking(False)
block = b"x" * 65536
taken = 0
try:
    while True:
        taken += f.write(block)
except BlockingIOError as e:
    taken += e.characters_written
b.setblocking(False)
got = 0
try:
    while True:
        got += len(b.recv(1 << 20))
except BlockingIOError:
    pass
print(json.dumps(taken - got))
`

// A write that would block takes what its buffer holds, as Python's does.
func TestFileNonBlockingWrite(t *testing.T) {
	var want int
	evalPython(t, fileFull, &want)
	cli, serv := streamPair(t)
	f := makeFile(t, serv, "wb")
	must(t, serv.SetBlocking(false))
	block := bytes.Repeat([]byte("x"), 65536)
	taken := 0
	for {
		n, err := f.Write(block)
		taken += n
		if err != nil {
			wantError(t, err, socket.ErrBlockingIO)
			break
		}
	}
	wantError(t, f.Flush(), socket.ErrBlockingIO)
	drain := func() (got int) {
		for {
			data, ok := recvNow(t, cli, 1<<20)
			if !ok {
				return got
			}
			got += len(data)
		}
	}
	got := drain()
	if taken-got != want {
		t.Errorf("%d bytes stayed in the buffer; Python's holds %d", taken-got, want)
	}
	must(t, f.Flush())
	if got += drain(); got != taken {
		t.Errorf("received %d bytes, %d were taken", got, taken)
	}
}

// What isn't flushed isn't sent by the socket's Close, but by the File's.
func TestFileFlush(t *testing.T) {
	cli, serv := streamPair(t)
	f := makeFile(t, serv, "w")
	check := func(after, want string) {
		t.Helper()
		data, _ := recvNow(t, cli, 100)
		if string(data) != want {
			t.Errorf("after %s the peer has %q, want %q", after, data, want)
		}
	}
	if _, err := io.WriteString(f, "one\n"); err != nil {
		t.Fatal(err)
	}
	check("Write", "")
	must(t, f.Flush())
	check("Flush", "one\n")
	if _, err := io.WriteString(f, "two"); err != nil {
		t.Fatal(err)
	}
	must(t, serv.Close())
	check("the socket's Close", "")
	must(t, f.Close())
	check("the File's Close", "two")
}

func TestFileClosed(t *testing.T) {
	a, _ := streamPair(t)
	f := makeFile(t, a, "rwb")
	number := a.Fileno()
	if got, want := f.String(), fmt.Sprintf("<socket.File fd=%d mode=rwb>", number); got != want {
		t.Errorf("String() = %s, want %s", got, want)
	}
	if f.Fileno() != number || f.Mode() != "rwb" {
		t.Errorf("Fileno %d, Mode %q; want %d, rwb", f.Fileno(), f.Mode(), number)
	}
	must(t, f.Close())
	_, read := f.Read(make([]byte, 1))
	_, write := f.Write([]byte("x"))
	_, line := f.ReadLine()
	_, lines := f.ReadLines()
	for op, err := range map[string]error{
		"Read": read, "Write": write, "ReadLine": line, "ReadLines": lines, "Flush": f.Flush(),
	} {
		if !errors.Is(err, net.ErrClosed) || !errors.Is(err, os.ErrClosed) ||
			!strings.Contains(err.Error(), "I/O operation on closed file") {
			t.Errorf("%s after Close: %v", op, err)
		}
	}
	if f.Readable() || f.Writable() || f.Fileno() != -1 {
		t.Errorf("after Close: Readable %v, Writable %v, Fileno %d", f.Readable(), f.Writable(), f.Fileno())
	}
	if got, want := f.String(), "<socket.File [closed] fd=-1 mode=rwb>"; got != want {
		t.Errorf("String() = %s, want %s", got, want)
	}
}

func TestFileWrongDirection(t *testing.T) {
	a, _ := streamPair(t)
	r, w := makeFile(t, a, "r"), makeFile(t, a, "w")
	_, err := r.Write([]byte("x"))
	wantError(t, err, errors.ErrUnsupported)
	must(t, r.Flush())
	_, err = w.Read(make([]byte, 1))
	wantError(t, err, errors.ErrUnsupported)
	_, err = w.ReadLine()
	wantError(t, err, errors.ErrUnsupported)
}

// A File can be made of a socket that is closed or detached; it fails when used.
func TestFileOfClosedSocket(t *testing.T) {
	a, _ := streamPair(t)
	f := makeFile(t, a, "rwb")
	number, err := a.Detach()
	must(t, err)
	defer socket.CloseFd(number)
	for _, f := range []*socket.File{f, makeFile(t, a, "rwb")} {
		_, err = f.Read(make([]byte, 1))
		wantError(t, err, unix.EBADF)
		if _, err := f.Write([]byte("x")); err != nil {
			t.Errorf("Write into the buffer: %v", err)
		}
		wantError(t, f.Flush(), net.ErrClosed)
		wantError(t, f.Close(), net.ErrClosed)
	}
}
