package socket_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
)

// Fuzz targets in which Python is the authority: whatever the input, Go and
// Python come to the same.

// pythonAnswers calls a function of Python's module, or one of these.
const pythonAnswers = pythonCall + `
import io

def makefile(mode):
    a, b = socket.socketpair()
    with a, b:
        f = a.makefile(mode)
        with f:
            return [f.readable(), f.writable(), isinstance(f, io.TextIOBase)]

def lines(data, text):
    f = io.BytesIO(data)
    if text:
        f = io.TextIOWrapper(f, encoding="latin-1")
        return [line.encode("latin-1") for line in f]
    return list(f)

def answer(question):
    name = question["function"]
    return call(globals().get(name) or getattr(socket, name), question["args"])
`

// askedPython is a Python to be asked during f.
func askedPython(f *testing.F) *pytest.Oracle {
	f.Helper()
	return pytest.Find(f).Oracle(f, pythonAnswers)
}

// likePython compares what a call comes to in Python and in Go. Texts must be
// valid UTF-8.
func likePython(t *testing.T, python *pytest.Oracle, function string, args []any, do func() (any, error)) {
	t.Helper()
	var want outcome
	python.Ask(t, map[string]any{"function": function, "args": args}, &want)
	value, err := do()
	got := goOutcome(t, value, err, want.Text)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s%s: %v (-Python +Go):\n%s", function, jsonText(t, args), err, diff)
	}
}

// skipUnlessText skips texts that travel to Python changed or not at all.
func skipUnlessText(t *testing.T, texts ...string) {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			t.Skip("Python's texts are valid")
		}
	}
}

// skipUnlessASCII skips the host names that Python converts and we refuse.
func skipUnlessASCII(t *testing.T, host string) {
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		t.Skip("the error names golang.org/x/net/idna")
	}
}

func FuzzInetMatchesPython(f *testing.F) {
	for _, s := range append(append([]string{}, atonSeeds...), ptonSeeds...) {
		f.Add(s)
	}
	python := askedPython(f)
	f.Fuzz(func(t *testing.T, s string) {
		skipUnlessText(t, s)
		likePython(t, python, "inet_aton", []any{s}, func() (any, error) {
			b, err := socket.InetAton(s)
			return packed(b[:]), err
		})
		for _, family := range []socket.AddressFamily{socket.AF_INET, socket.AF_INET6} {
			likePython(t, python, "inet_pton", []any{int(family), s}, func() (any, error) {
				b, err := socket.InetPton(family, s)
				return packed(b), err
			})
		}
	})
}

func FuzzInetNtopMatchesPython(f *testing.F) {
	for _, s := range ntopSeeds {
		b, err := socket.InetPton(socket.AF_INET6, s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(10, b)
		f.Add(2, b[12:])
	}
	f.Add(2, []byte{1, 2, 3})
	f.Add(-1, []byte(nil))
	python := askedPython(f)
	f.Fuzz(func(t *testing.T, family int, b []byte) {
		if family != int(int32(family)) {
			t.Skip("Python doesn't take more than a C int")
		}
		likePython(t, python, "inet_ntop", []any{family, packed(b)}, func() (any, error) {
			return socket.InetNtop(socket.AddressFamily(family), b)
		})
	})
}

func FuzzGetAddrInfoMatchesPython(f *testing.F) {
	for i, host := range numericHosts {
		f.Add(host, "80", queryFamilies[i%len(queryFamilies)], 0, 0, 0)
	}
	for i, port := range queryPorts {
		if port, ok := port.(string); ok {
			f.Add("127.1", port, 0, queryKinds[i%len(queryKinds)], queryProtos[i%len(queryProtos)], queryFlags[i%len(queryFlags)])
		}
	}
	python := askedPython(f)
	f.Fuzz(func(t *testing.T, host, port string, family, kind, proto, flags int) {
		skipUnlessText(t, host, port)
		skipUnlessASCII(t, host)
		if strings.Contains(host+port, "\x00") {
			t.Skip("Python takes what is before the NUL")
		}
		for _, n := range []int{family, kind, proto, flags} {
			if n != int(int32(n)) {
				t.Skip("Python doesn't take more than a C int")
			}
		}
		args := query(host, port, family, kind, proto, flags|int(socket.AI_NUMERICHOST))
		if port == "" {
			args[1] = nil
		}
		likePython(t, python, "getaddrinfo", args, func() (any, error) { return goGetAddrInfo(args) })
	})
}

func FuzzGetNameInfoMatchesPython(f *testing.F) {
	for _, host := range numericHosts {
		f.Add(host, 80, uint32(0), uint32(0), true, 0)
		f.Add(host, 53, uint32(0), uint32(0), false, 16)
	}
	f.Add("fe80::1", 65536, uint32(1<<20), uint32(1), true, 2)
	f.Add("::1", -1, uint32(1), ^uint32(0), true, 1<<20)
	python := askedPython(f)
	f.Fuzz(func(t *testing.T, host string, port int, flow, scope uint32, six bool, flags int) {
		skipUnlessText(t, host)
		skipUnlessASCII(t, host)
		if port != int(int32(port)) || flags != int(int32(flags)) {
			t.Skip("Python doesn't take more than a C int")
		}
		if strings.Contains(host, "%") {
			t.Skip("Python drops the zone")
		}
		if host == "" || host == "*" {
			t.Skip("Python looks up no host") // TestGetNameInfoArguments
		}
		addr, tuple := socket.Address(socket.Addr(host, port)), []any{host, port}
		if six {
			addr, tuple = socket.Addr6(host, port, flow, scope), append(tuple, flow, scope)
		}
		flags |= socket.NI_NUMERICHOST
		likePython(t, python, "getnameinfo", []any{tuple, flags}, func() (any, error) {
			host, service, err := socket.GetNameInfo(addr, flags)
			return []any{host, service}, err
		})
	})
}

// FuzzMakeFileMatchesPython: the same modes are taken, and mean the same.
func FuzzMakeFileMatchesPython(f *testing.F) {
	for _, mode := range []string{"", "r", "w", "b", "rw", "wr", "rb", "wb", "rwb", "bwr", "rr", "wbw", "a", "r+", "rt", "U", "x", "R", " r", "r\x00", "é", "rwbé"} {
		f.Add(mode)
	}
	python := askedPython(f)
	s, _ := streamPair(f)
	f.Fuzz(func(t *testing.T, mode string) {
		skipUnlessText(t, mode)
		likePython(t, python, "makefile", []any{mode}, func() (any, error) {
			file, err := s.MakeFile(mode)
			if err != nil {
				_ = err.Error()
				return nil, err
			}
			text := !strings.Contains(file.Mode(), "b")
			answer := []any{file.Readable(), file.Writable(), text}
			return answer, file.Close()
		})
	})
}

// FuzzFileLinesMatchPython: the lines are the same, in whatever pieces the data
// arrive. Each byte of cuts is the size of a piece.
func FuzzFileLinesMatchPython(f *testing.F) {
	f.Add([]byte("one\ntwo\r\nthree\rfour"), []byte{1}, true)
	f.Add([]byte("\r\n\r\r\n\n"), []byte{2, 1}, true)
	f.Add([]byte("\r\n\n\r"), []byte(nil), false)
	f.Add([]byte("\xff\x85\x1c\v\f\u2028\n"), []byte{3}, true)
	python := askedPython(f)
	f.Fuzz(func(t *testing.T, data, cuts []byte, text bool) {
		if len(data) > 150 {
			t.Skip("more pieces than fit into a socket")
		}
		likePython(t, python, "lines", []any{packed(data), text}, func() (any, error) {
			lines, err := linesInPieces(t, data, cuts, text)
			all := []any{}
			for _, line := range lines {
				all = append(all, packed(line))
			}
			return all, err
		})
	})
}

// linesInPieces sends data in pieces and reads lines. Each piece is received by itself.
func linesInPieces(t *testing.T, data, cuts []byte, text bool) ([][]byte, error) {
	t.Helper()
	a, b, err := socket.SocketPair(socket.SOCK_SEQPACKET)
	must(t, err)
	defer a.Close()
	defer b.Close()
	must(t, a.SetTimeout(0))
	for i := 0; len(data) > 0; i++ {
		size := len(data)
		if len(cuts) > 0 {
			size = min(size, max(1, int(cuts[i%len(cuts)])))
		}
		must(t, a.SendAll(data[:size]))
		data = data[size:]
	}
	must(t, a.Close())
	mode := "rb"
	if text {
		mode = "r"
	}
	file, err := b.MakeFile(mode)
	must(t, err)
	defer file.Close()
	return file.ReadLines()
}

// FuzzEtcMatchesPython has Go and Python read the same files of names: those of
// the C library's in a mount namespace of Python's own.
func FuzzEtcMatchesPython(f *testing.F) {
	texts := make(map[string]string)
	for _, name := range []string{"services", "protocols", "hosts"} {
		text, err := os.ReadFile("testdata/etc/" + name)
		if err != nil {
			f.Fatal(err)
		}
		texts[name] = string(text)
	}
	for _, name := range []string{"http", "al", "wraps", "dup", "nousual"} {
		f.Add(texts["services"], name, "tcp", 80)
	}
	for _, line := range strings.Split(texts["services"]+texts["protocols"]+texts["hosts"], "\n") {
		for _, name := range append(strings.Fields(line), "") {
			f.Add(line, name, "udp", 82)
			break
		}
	}
	f.Add("a\u00a0b 80/tcp\nnext\u0085line 81/tcp", "a\u00a0b", "tcp", 81)
	for _, name := range []string{"loop", "host", "both", "again", "dup", "upper"} {
		f.Add(texts["hosts"], name, "", 0)
	}
	for _, name := range []string{"icmp", "a2", "bad3", "big", "tcp"} {
		f.Add(texts["protocols"], name, "", 0)
	}
	dir := f.TempDir()
	python := inMountNamespace(f, dir).Oracle(f, pythonAnswers)
	socket.MoveServiceFiles(f, dir)
	f.Fuzz(func(t *testing.T, text, name, proto string, port int) {
		skipUnlessText(t, text, name, proto)
		if port != int(int32(port)) {
			t.Skip("Python doesn't take more than a C int")
		}
		if strings.Contains(text, "\x00") {
			t.Skip("to glibc a line ends there")
		}
		for _, file := range []string{"services", "protocols", "hosts"} {
			// Of a last line without an end that has a blank before it glibc
			// reads the last letter twice.
			must(t, os.WriteFile(filepath.Join(dir, file), []byte(text+"\n"), 0o600))
		}
		both := []string{proto}
		if proto == "" {
			both = nil
		}
		likePython(t, python, "getservbyname", append([]any{name}, anys(both)...), func() (any, error) { return socket.GetServByName(name, both...) })
		likePython(t, python, "getservbyport", append([]any{port}, anys(both)...), func() (any, error) { return socket.GetServByPort(port, both...) })
		likePython(t, python, "getprotobyname", []any{name}, func() (any, error) {
			n, err := socket.GetProtoByName(name)
			return int(n), err
		})
		sameHost(t, python, name)
	})
}

func anys(texts []string) []any {
	list := []any{}
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}

// sameHost compares the look-up of a name in /etc/hosts.
func sameHost(t *testing.T, python *pytest.Oracle, name string) {
	t.Helper()
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
		return // not a name that goes as it is to the file
	}
	var want outcome
	python.Ask(t, map[string]any{"function": "gethostbyname_ex", "args": []any{name}}, &want)
	official, aliases, addrs := socket.HostsByName(name, socket.AF_INET)
	got := outcome{Error: want.Error}
	if len(addrs) > 0 {
		got = goOutcome(t, []any{official, anys(aliases), anys(addrs)}, nil, "")
	}
	if want.Error != "" {
		want.Value = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q in the file of hosts (-Python +Go):\n%s", name, diff)
	}
}

// inMountNamespace returns a Python for which files in dir are those of /etc.
func inMountNamespace(f *testing.F, dir string) pytest.Interpreter {
	f.Helper()
	python := pytest.Find(f)
	flags := "-m"
	if os.Geteuid() != 0 {
		flags = "-rm"
	}
	nsswitch, err := os.ReadFile("testdata/etc/nsswitch.conf")
	if err != nil {
		f.Fatal(err)
	}
	mounts := ""
	for _, name := range []string{"services", "protocols", "hosts", "nsswitch.conf"} {
		if err := os.WriteFile(filepath.Join(dir, name), nsswitch, 0o600); err != nil {
			f.Fatal(err)
		}
		mounts += fmt.Sprintf("mount --bind %s /etc/%s && ", filepath.Join(dir, name), name)
	}
	if out, err := exec.Command("unshare", flags, "sh", "-c", mounts+"true").CombinedOutput(); err != nil {
		f.Skipf("no mount namespace (%v %s): run as root, or try sysctl kernel.unprivileged_userns_clone=1", err, out)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec unshare %s sh -c '%sexec %s \"$@\"' sh \"$@\"\n", flags, mounts, python.Path)
	python.Path = filepath.Join(dir, "python")
	if err := os.WriteFile(python.Path, []byte(script), 0o700); err != nil {
		f.Fatal(err)
	}
	return python
}
