//go:build linux

package socket_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// filePattern returns n bytes of which no two places look the same.
func filePattern(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return data
}

// A sendFileCase is a call of sendfile, and what is to be found before it.
type sendFileCase struct {
	Kind    string // of the sockets: tcp, unix, seqpacket, udp
	Path    string // of the file: a name in the test's directory, or what begins with /
	Write   bool   // the file is open for writing only
	Start   int64  // the file's position
	Offset  int64
	Count   int64 // -1 is None
	Timeout float64
	Closed  bool // the file is closed
}

// A sendFileResult is what came of it.
type sendFileResult struct {
	Sent     int64
	Position int64
	Received string // length and hash
	Error    string
}

// sendFileFiles are the files in the test's directory by name, with their size.
var sendFileFiles = map[string]int{"empty": 0, "short": 10, "medium": 100_000, "long": 3<<20 + 17}

func sendFileCases() map[string]sendFileCase {
	cases := make(map[string]sendFileCase)
	for _, kind := range []string{"tcp", "unix"} {
		for name, size := range sendFileFiles {
			for _, offset := range []int64{0, 5, int64(size) - 1, int64(size), int64(size) + 9} {
				for _, count := range []int64{-1, 1, 7, int64(size), int64(size) + 100} {
					if offset < 0 || count == 0 {
						continue
					}
					cases[fmt.Sprintf("%s %s from %d, %d", kind, name, offset, count)] =
						sendFileCase{Kind: kind, Path: name, Offset: offset, Count: count, Timeout: 20, Start: 3}
				}
			}
		}
	}
	blocking := sendFileCase{Kind: "tcp", Path: "short", Count: -1, Timeout: -1}
	vary := func(name string, change func(c *sendFileCase)) {
		c := blocking
		change(&c)
		cases[name] = c
	}
	vary("no timeout", func(*sendFileCase) {})
	vary("no timeout, long", func(c *sendFileCase) { c.Path = "long" })
	vary("from the beginning, whatever the position", func(c *sendFileCase) { c.Start = 4 })
	vary("seqpacket passes", func(c *sendFileCase) { c.Kind = "seqpacket" })
	vary("udp doesn't", func(c *sendFileCase) { c.Kind = "udp" })
	vary("count 0", func(c *sendFileCase) { c.Count = 0 })
	vary("count -2", func(c *sendFileCase) { c.Count = -2 })
	vary("non-blocking", func(c *sendFileCase) { c.Timeout = 0 })
	vary("non-blocking, empty file", func(c *sendFileCase) { c.Timeout, c.Path = 0, "empty" })
	vary("non-blocking, count 0", func(c *sendFileCase) { c.Timeout, c.Count = 0, 0 })
	vary("udp, count 0", func(c *sendFileCase) { c.Kind, c.Count = "udp", 0 })
	vary("a file of /proc", func(c *sendFileCase) { c.Path = "/proc/self/status" })
	vary("a device", func(c *sendFileCase) { c.Path = "/dev/zero" })
	vary("a closed file", func(c *sendFileCase) { c.Closed = true })
	vary("a file that can't be read", func(c *sendFileCase) { c.Write = true })
	vary("a file of /sys", func(c *sendFileCase) { c.Path = "/sys/class/net/lo/mtu" })
	return cases
}

// pythonSendFile carries out the cases.
const pythonSendFile = `
import hashlib, json, os, socket, sys, threading

def pair(kind):
    if kind == "tcp":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return socket.create_connection(listener.getsockname()), listener.accept()[0]
    kinds = dict(unix=socket.SOCK_STREAM, seqpacket=socket.SOCK_SEQPACKET, udp=socket.SOCK_DGRAM)
    return socket.socketpair(type=kinds[kind])

def run(case):
    a, b = pair(case["Kind"])
    received = []
    def drain():
        while data := b.recv(1 << 16):
            received.append(data)
    reader = threading.Thread(target=drain)
    if case["Kind"] != "udp":
        reader.start()
    file = open(os.path.join(directory, case["Path"]), "r+b" if case["Write"] else "rb", buffering=0)
    if case["Write"]:
        file.close()
        file = open(os.path.join(directory, case["Path"]), "ab", buffering=0)
    file.seek(case["Start"])
    if case["Closed"]:
        file.close()
    a.settimeout(None if case["Timeout"] < 0 else case["Timeout"])
    r = dict(Sent=0, Position=-1, Received="", Error="")
    try:
        r["Sent"] = a.sendfile(file, case["Offset"], None if case["Count"] == -1 else case["Count"])
    except (ValueError, OSError) as e:
        r["Error"] = "error"
        if not case["Closed"] and not case["Write"]:
            r["Error"] = str(e)
    if not file.closed:
        r["Position"] = file.tell()
        file.close()
    a.close()
    if case["Kind"] != "udp":
        reader.join()
    b.close()
    data = b"".join(received)
    r["Received"] = "%d %s" % (len(data), hashlib.sha256(data).hexdigest())
    return r

directory, cases = json.load(sys.stdin)
print(json.dumps({name: run(case) for name, case in cases.items()}))
`

func TestSendFileMatchesPython(t *testing.T) {
	dir := t.TempDir()
	for name, size := range sendFileFiles {
		must(t, os.WriteFile(filepath.Join(dir, name), filePattern(size), 0o600))
	}
	cases := sendFileCases()
	got := make(map[string]sendFileResult)
	for name, c := range cases {
		got[name] = c.run(t, dir)
	}
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			input, err := json.Marshal([]any{dir, cases})
			must(t, err)
			cmd := exec.Command(python.Path, "-c", pythonSendFile)
			cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
			out, err := cmd.Output()
			must(t, err)
			var want map[string]sendFileResult
			must(t, json.Unmarshal(out, &want))
			for name, w := range want {
				// The error has Python's words in it.
				if g := got[name]; w.Error != "" && strings.Contains(g.Error, w.Error) {
					w.Error = g.Error
					want[name] = w
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("results differ from Python's (-want +got):\n%s", diff)
			}
		})
	}
}

// run carries out the case in Go.
func (c sendFileCase) run(t *testing.T, dir string) (r sendFileResult) {
	t.Helper()
	kinds := map[string]socket.SocketKind{"unix": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET, "udp": socket.SOCK_DGRAM}
	var a, b *socket.Socket
	if c.Kind == "tcp" {
		a, b, _ = transport{Family: socket.AF_INET, Kind: socket.SOCK_STREAM}.connect(t)
	} else {
		a, b = streamPair(t, kinds[c.Kind])
	}
	defer b.Close()
	received := drain(b)
	path := c.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	mode := os.O_RDONLY
	if c.Write {
		mode = os.O_WRONLY
	}
	file, err := os.OpenFile(path, mode, 0)
	must(t, err)
	defer file.Close()
	_, err = file.Seek(c.Start, io.SeekStart)
	must(t, err)
	if c.Closed {
		file.Close()
	}
	timeout := socket.NoTimeout
	if c.Timeout >= 0 {
		timeout = time.Duration(c.Timeout * float64(time.Second))
	}
	must(t, a.SetTimeout(timeout))
	r.Sent, err = a.SendFile(file, c.Offset, c.Count)
	if err != nil {
		r.Error = "error: " + err.Error()
	}
	if r.Position, err = file.Seek(0, io.SeekCurrent); err != nil {
		r.Position = -1
	}
	must(t, a.Close())
	if c.Kind == "udp" {
		b.Close() // no end of the stream tells the reader
	}
	data := within(t, received)
	sum := sha256.Sum256(data)
	r.Received = fmt.Sprintf("%d %s", len(data), hex.EncodeToString(sum[:]))
	return r
}

// drain reads all that comes until the end, and then says what it was.
func drain(s *socket.Socket) <-chan []byte {
	ch := make(chan []byte, 1)
	go func() {
		var all []byte
		for {
			p, err := s.Recv(1 << 16)
			if err != nil || len(p) == 0 {
				ch <- all
				return
			}
			all = append(all, p...)
		}
	}()
	return ch
}

// position returns where the file is read next.
func position(t testing.TB, file *os.File) int64 {
	t.Helper()
	pos, err := file.Seek(0, io.SeekCurrent)
	must(t, err)
	return pos
}

// TestSendFileStops: what was sent before an error counts, and the file's
// position tells how much.
func TestSendFileStops(t *testing.T) {
	data := filePattern(8 << 20)
	stops := map[string]struct {
		stop func(a, b *socket.Socket, file *os.File) error
		want error
	}{
		"Close":             {func(a, b *socket.Socket, _ *os.File) error { return a.Close() }, unix.EBADF},
		"the peer's Close":  {func(a, b *socket.Socket, _ *os.File) error { return b.Close() }, socket.ErrConnection},
		"the end of a wait": {func(a, b *socket.Socket, _ *os.File) error { return nil }, socket.ErrTimeout},
	}
	for name, tt := range stops {
		t.Run(name, func(t *testing.T) {
			a, b := streamPair(t)
			file := fileOf(t, data)
			if tt.want == socket.ErrTimeout {
				must(t, a.SetTimeout(50*time.Millisecond))
			}
			var n int64
			ended := start(func() (err error) { n, err = a.SendFile(file, 100, -1); return err })
			if tt.want != socket.ErrTimeout { // which may be over before anybody looks
				waitParked(t, 1)
			}
			must(t, tt.stop(a, b, file))
			if err := within(t, ended); !errors.Is(err, tt.want) {
				t.Errorf("got error %v, want %v", err, tt.want)
			}
			if n <= 0 || n >= int64(len(data)) || position(t, file) != 100+n {
				t.Errorf("%d bytes were sent and the file is at %d, want some, and to be behind them", n, position(t, file))
			}
		})
	}
}

// TestSendFileClosedFile: a file that is closed meanwhile ends the transfer when
// the piece that is under way is done. Its Close doesn't wait.
func TestSendFileClosedFile(t *testing.T) {
	a, b := streamPair(t)
	file := fileOf(t, filePattern(8<<20))
	ended := start(func() error { _, err := a.SendFile(file, 0, -1); return err })
	waitParked(t, 1)
	must(t, within(t, start(file.Close)))
	received := drain(b)
	if err := within(t, ended); !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), file.Name()) {
		t.Errorf("got error %v, want os.ErrClosed with the file's name", err)
	}
	must(t, a.Close())
	if got := within(t, received); !bytes.HasPrefix(filePattern(8<<20), got) {
		t.Error("what arrived isn't the beginning of the file")
	}
}

// TestSendFilePieces: the timeout is for each piece. The reader is so slow that
// the whole takes longer than the timeout.
func TestSendFilePieces(t *testing.T) {
	const timeout, pause = time.Second, 40 * time.Millisecond
	a, b := streamPair(t)
	must(t, a.SetTimeout(timeout))
	data := filePattern(3 << 20)
	file := fileOf(t, data)
	began := time.Now()
	ended := start(func() error {
		n, err := a.SendFile(file, 0, -1)
		if n != int64(len(data)) {
			t.Errorf("%d bytes were sent, want %d", n, len(data))
		}
		a.Close()
		return err
	})
	for got := 0; got < len(data); {
		p, err := b.Recv(96 << 10)
		must(t, err)
		if !bytes.Equal(p, data[got:got+len(p)]) {
			t.Fatalf("what arrived after %d bytes isn't the file", got)
		}
		got += len(p)
		time.Sleep(pause) // slowness, not waiting
	}
	must(t, within(t, ended))
	if took := time.Since(began); took < timeout {
		t.Errorf("it took %v, which a timeout for the whole would allow too", took)
	}
}

func TestSendFileArguments(t *testing.T) {
	a, b := streamPair(t)
	file := fileOf(t, []byte("data"))
	for name, call := range map[string]func() (int64, error){
		"file":   func() (int64, error) { return a.SendFile(nil, 0, -1) },
		"offset": func() (int64, error) { return a.SendFile(file, -1, -1) },
		"reader": func() (int64, error) { return a.ReadFrom(nil) },
	} {
		n, err := call()
		var e *socket.ArgumentError
		if n != 0 || !errors.As(err, &e) || e.Name != name {
			t.Errorf("%s: got %d, %v, want an *ArgumentError for it", name, n, err)
		}
	}
	must(t, a.Close())
	_, err := a.SendFile(file, 0, -1)
	wantClosed(t, err)
	_, err = a.ReadFrom(strings.NewReader("data"))
	wantClosed(t, err)
	if data, err := b.Recv(1); len(data) != 0 || err != nil {
		t.Errorf("a refused call sent something: got %q, %v", data, err)
	}
}

// TestSendFileErrors: an error of the file names the file, and is no error of the
// socket, which goes on.
func TestSendFileErrors(t *testing.T) {
	a, b := streamPair(t)
	path := filepath.Join(t.TempDir(), "unreadable")
	must(t, os.WriteFile(path, []byte("data"), 0o600))
	unreadable, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	defer unreadable.Close()
	dir, err := os.Open(t.TempDir())
	must(t, err)
	defer dir.Close()
	for _, file := range []*os.File{unreadable, dir} {
		n, err := a.SendFile(file, 0, -1)
		if err != nil && !strings.Contains(err.Error(), file.Name()) || n != 0 {
			t.Errorf("%s: got %d, %v, want an error that names it", file.Name(), n, err)
		}
		if err == nil && file == unreadable {
			t.Error("a file that can't be read was sent")
		}
	}
	must(t, a.SendAll([]byte("x")))
	if data, err := b.Recv(10); string(data) != "x" || err != nil {
		t.Errorf("got %q, %v", data, err)
	}
	unconnected := sock(t)
	if _, err := unconnected.SendFile(fileOf(t, []byte("x")), 0, -1); !errors.Is(err, socket.ErrBrokenPipe) {
		t.Errorf("a stream that isn't connected: got error %v, want ErrBrokenPipe", err)
	}
}

// A shout is a file whose own Read says something else than the file.
type shout struct{ *os.File }

func (s shout) Read(p []byte) (int, error) {
	n, err := s.File.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

func TestReadFrom(t *testing.T) {
	data := append([]byte("the beginning "), filePattern(3<<20)...)
	sources := map[string]struct {
		copy func(w io.Writer, file *os.File) (int64, error)
		want []byte
		pos  int64 // the file's position afterwards
	}{
		"a file":              {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, f) }, data[4:], int64(len(data))},
		"a file, ReadFrom":    {func(w io.Writer, f *os.File) (int64, error) { return w.(io.ReaderFrom).ReadFrom(f) }, data[4:], int64(len(data))},
		"a part of a file":    {func(w io.Writer, f *os.File) (int64, error) { return io.CopyN(w, f, 9) }, []byte("beginning"), 13},
		"more than a file":    {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, io.LimitReader(f, 1<<40)) }, data[4:], int64(len(data))},
		"nothing of a file":   {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, io.LimitReader(f, 0)) }, nil, 4},
		"less than nothing":   {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, io.LimitReader(f, -1)) }, nil, 4},
		"a limit left":        {limitLeft(t), []byte("beginning"), 13},
		"a file in a wrapper": {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, io.MultiReader(f)) }, data[4:], int64(len(data))},
		"a file that shouts":  {func(w io.Writer, f *os.File) (int64, error) { return w.(io.ReaderFrom).ReadFrom(shout{f}) }, bytes.ToUpper(data[4:14]), 14},
		"no file": {func(w io.Writer, f *os.File) (int64, error) {
			return w.(io.ReaderFrom).ReadFrom(strings.NewReader("text"))
		}, []byte("text"), 4},
		"a file of /proc":      {copyFile("/proc/self/limits"), fileText(t, "/proc/self/limits"), 4},
		"an empty file":        {copyFile("/dev/null"), nil, 4},
		"a part of /proc/self": {copyPart("/proc/self/limits", 10), fileText(t, "/proc/self/limits")[:10], 4},
	}
	for name, tt := range sources {
		for _, kind := range []string{"tcp", "unix"} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				a, b, _ := transport{Family: socket.AF_INET, Kind: socket.SOCK_STREAM, Pair: kind == "unix"}.connectAs(t, kind)
				content := data
				if name == "a file that shouts" {
					content = data[:14]
				}
				file := fileOf(t, content)
				_, err := file.Seek(4, io.SeekStart)
				must(t, err)
				received := drain(b)
				n, err := tt.copy(a, file)
				must(t, err)
				must(t, a.Close())
				if got := within(t, received); !bytes.Equal(got, tt.want) || n != int64(len(tt.want)) {
					t.Errorf("%d bytes were sent and %d came, want %d, or they differ", n, len(got), len(tt.want))
				}
				if pos := position(t, file); pos != tt.pos {
					t.Errorf("the file is at %d, want %d", pos, tt.pos)
				}
			})
		}
	}
}

// connectAs is connect for a kind of stream.
func (tr transport) connectAs(t testing.TB, kind string) (from, to *socket.Socket, addr socket.Address) {
	if kind == "unix" {
		tr.Family = socket.AF_UNIX
	}
	return tr.connect(t)
}

// limitLeft copies with a limit, of which the rest must be left.
func limitLeft(t *testing.T) func(w io.Writer, f *os.File) (int64, error) {
	return func(w io.Writer, f *os.File) (int64, error) {
		limited := &io.LimitedReader{R: f, N: 9}
		n, err := io.Copy(w, limited)
		if limited.N != 0 {
			t.Errorf("the limit is at %d, want 0", limited.N)
		}
		return n, err
	}
}

// copyFile copies another file than the test's.
func copyFile(path string) func(io.Writer, *os.File) (int64, error) {
	return copyPart(path, 1<<40)
}

func copyPart(path string, n int64) func(io.Writer, *os.File) (int64, error) {
	return func(w io.Writer, _ *os.File) (int64, error) {
		file, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer file.Close()
		return io.Copy(w, io.LimitReader(file, n))
	}
}

func fileText(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return text
}

// TestReadFromPipe: a pipe has no position and may have to be waited for.
func TestReadFromPipe(t *testing.T) {
	a, b := streamPair(t)
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	ended := start(func() error { _, err := io.Copy(a, r); return err })
	for _, piece := range []string{"one", "two"} {
		_, err := io.WriteString(w, piece)
		must(t, err)
		if got, err := b.Recv(10); string(got) != piece || err != nil {
			t.Errorf("got %q, %v, want %s", got, err, piece)
		}
	}
	must(t, w.Close())
	must(t, within(t, ended))
}

// TestReadFromDatagrams: each read is one datagram, of a file too.
func TestReadFromDatagrams(t *testing.T) {
	a, b := streamPair(t, socket.SOCK_DGRAM)
	n, err := a.ReadFrom(io.MultiReader(strings.NewReader("one"), strings.NewReader(""), strings.NewReader("three")))
	if n != 8 || err != nil {
		t.Errorf("got %d, %v, want 8", n, err)
	}
	n, err = a.ReadFrom(fileOf(t, []byte("file")))
	if n != 4 || err != nil {
		t.Errorf("got %d, %v, want 4", n, err)
	}
	for _, want := range []string{"one", "three", "file"} {
		if got, err := b.Recv(100, socket.MSG_DONTWAIT); string(got) != want || err != nil {
			t.Errorf("got %q, %v, want %s", got, err, want)
		}
	}
}

// errReader fails after some data.
type errReader struct {
	data string
	err  error
}

func (r *errReader) Read(p []byte) (int, error) {
	n := copy(p, r.data)
	r.data = ""
	return n, r.err
}

func TestReadFromErrors(t *testing.T) {
	t.Run("the reader's", func(t *testing.T) {
		a, b := streamPair(t)
		failed := errors.New("failed")
		if n, err := a.ReadFrom(&errReader{"some", failed}); n != 4 || err != failed {
			t.Errorf("got %d, %v, want 4 and the reader's error", n, err)
		}
		if got, err := b.Recv(10); string(got) != "some" || err != nil {
			t.Errorf("got %q, %v, want what was read before the error", got, err)
		}
	})
	t.Run("a closed file's", func(t *testing.T) {
		a, _ := streamPair(t)
		file := fileOf(t, []byte("data"))
		file.Close()
		if _, err := a.ReadFrom(file); !errors.Is(err, os.ErrClosed) {
			t.Errorf("got error %v, want os.ErrClosed", err)
		}
	})
	for name, source := range map[string]func(t *testing.T) io.Reader{
		"a file":    func(t *testing.T) io.Reader { return fileOf(t, filePattern(8<<20)) },
		"no file":   func(t *testing.T) io.Reader { return bytes.NewReader(filePattern(8 << 20)) },
		"in a wrap": func(t *testing.T) io.Reader { return io.MultiReader(fileOf(t, filePattern(8<<20))) },
	} {
		t.Run("timeout, "+name, func(t *testing.T) {
			a, _ := streamPair(t)
			must(t, a.SetTimeout(time.Millisecond))
			r := source(t)
			n, err := a.ReadFrom(r)
			if !errors.Is(err, socket.ErrTimeout) || n == 0 {
				t.Errorf("got %d, %v, want ErrTimeout and what had been sent", n, err)
			}
			if file, ok := r.(*os.File); ok && position(t, file) != n {
				t.Errorf("%d bytes were sent, but the file is at %d", n, position(t, file))
			}
		})
		t.Run("deadline, "+name, func(t *testing.T) {
			a, _ := streamPair(t)
			ended := start(func() error { _, err := a.ReadFrom(source(t)); return err })
			waitParked(t, 1)
			must(t, a.SetWriteDeadline(time.Now()))
			if err := within(t, ended); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("got error %v, want os.ErrDeadlineExceeded", err)
			}
			if n, err := a.ReadFrom(source(t)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("after the deadline: got %d, %v, want 0 and os.ErrDeadlineExceeded", n, err)
			}
		})
		t.Run("Close, "+name, func(t *testing.T) {
			a, _ := streamPair(t)
			ended := start(func() error { _, err := a.ReadFrom(source(t)); return err })
			waitParked(t, 1)
			must(t, a.Close())
			wantClosed(t, within(t, ended))
		})
	}
}
