package socket_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// A transport is a way of sending messages from one socket to another.
type transport struct {
	Name   string
	Family socket.AddressFamily
	Kind   socket.SocketKind
	Proto  socket.Proto
	Pair   bool // a socketpair; else TCP, or a datagram socket that is named in each call
}

var transports = []transport{
	{"udp", socket.AF_INET, socket.SOCK_DGRAM, 0, false},
	{"udp6", socket.AF_INET6, socket.SOCK_DGRAM, 0, false},
	{"udplite", socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE, false},
	{"udplite6", socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE, false},
	{"tcp", socket.AF_INET, socket.SOCK_STREAM, 0, false},
	{"unix stream", socket.AF_UNIX, socket.SOCK_STREAM, 0, true},
	{"unix datagram", socket.AF_UNIX, socket.SOCK_DGRAM, 0, true},
	{"unix named datagram", socket.AF_UNIX, socket.SOCK_DGRAM, 0, false},
	{"unix seqpacket", socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, true},
}

func (tr transport) stream() bool { return tr.Kind == socket.SOCK_STREAM }

// connect returns two sockets, and the address that messages from the first to
// the second have to name, nil if they are connected.
func (tr transport) connect(t testing.TB) (from, to *socket.Socket, addr socket.Address) {
	t.Helper()
	if tr.Family == socket.AF_INET6 {
		needIPv6(t)
	}
	if tr.Pair {
		from, to = streamPair(t, tr.Family, tr.Kind)
		return from, to, nil
	}
	if tr.stream() {
		l, addr := listener(t)
		from = sock(t)
		must(t, from.Connect(addr))
		to, _, err := l.Accept()
		must(t, err)
		must(t, l.Close())
		return from, to, nil
	}
	from, to = tr.bound(t), tr.bound(t)
	addr, err := to.GetSockName()
	must(t, err)
	return from, to, addr
}

func (tr transport) bound(t testing.TB) *socket.Socket {
	t.Helper()
	s, err := socket.New(tr.Family, tr.Kind, tr.Proto)
	if errors.Is(err, unix.EPROTONOSUPPORT) {
		t.Skipf("no %s here: it needs a kernel with CONFIG_IP_UDPLITE", tr.Name)
	}
	must(t, err)
	t.Cleanup(func() { s.Close() })
	addrs := map[socket.AddressFamily]socket.Address{
		socket.AF_INET:  socket.Addr("127.0.0.1", 0),
		socket.AF_INET6: socket.Addr("::1", 0),
		socket.AF_UNIX:  socket.UnixAddr(""), // the kernel chooses an abstract name
	}
	must(t, s.Bind(addrs[tr.Family]))
	return s
}

// A step is one call in a conversation that Go and Python carry out in the same
// way, each between two sockets of its own.
type step struct {
	Do      string    // sendmsg, recvmsg, recvmsg_into, setsockopt, settimeout, shutdown, close
	Who     string    // from or to; left out it is who sends, or who receives
	Bufs    []string  // sendmsg
	Control []control // sendmsg
	Times   int       // sendmsg: how many times each buffer is given, 0 for once
	Sizes   []int     // recvmsg_into: the buffers; recvmsg: the size
	Anc     int       // recvmsg: the room for control data
	Flags   int
	Opt     [3]int   // setsockopt
	Timeout *float64 // settimeout, nil for None
}

// A control is a control message; its data are descriptors, by number in the
// list of files that are at hand, and after them bytes in hexadecimal.
type control struct {
	Level, Type int
	Files       []int
	Hex         string
}

func rights(files ...int) control { return control{int(socket.SOL_SOCKET), unix.SCM_RIGHTS, files, ""} }

// A result is what came of a step.
type result struct {
	N     int
	Data  string
	Items []resultItem
	Flags int
	From  string // the sender's address, none, or the address
	Error string
}

// A resultItem is a control message as it was received.
type resultItem struct {
	Level, Type int
	Files       []int  // the files that the descriptors stand for
	Hex         string // what follows them, or all the data
}

// pythonSteps carries out conversations; messageSteps does it in Go.
const pythonSteps = `
import array, json, os, socket, struct, sys

def connect(tr):
    family, kind, proto = tr["Family"], tr["Kind"], tr["Proto"]
    if tr["Pair"]:
        return *socket.socketpair(family, kind), None
    if kind == socket.SOCK_STREAM:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            a = socket.create_connection(listener.getsockname())
            return a, listener.accept()[0], None
    pair = []
    for _ in range(2):
        s = socket.socket(family, kind, proto)
        s.bind({socket.AF_INET: ("127.0.0.1", 0), socket.AF_INET6: ("::1", 0), socket.AF_UNIX: ""}[family])
        pair.append(s)
    return *pair, pair[1].getsockname()

def item(level, type, data, files):
    if (level, type) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
        fds = array.array("i", data[:len(data) // 4 * 4])
        names = [files.index(os.fstat(fd).st_ino) for fd in fds]
        for fd in fds:
            os.close(fd)
        return dict(Level=level, Type=type, Files=names, Hex=data[len(fds) * 4:].hex())
    if (level, type) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
        pid = struct.pack("i", os.getpid())
        assert data[:4] == pid[:len(data)]
        data = b"self"[:len(data)] + data[4:]
    return dict(Level=level, Type=type, Files=None, Hex=data.hex())

def run(step, a, b, addr, fds, files):
    s = {"from": a, "to": b}[step["Who"] or ("from" if step["Do"] == "sendmsg" else "to")]
    do, flags = step["Do"], step["Flags"]
    r = dict(N=0, Data="", Items=None, Flags=0, From="", Error="")
    try:
        if do == "sendmsg":
            bufs = [x.encode() for x in step["Bufs"] or [] for _ in range(step["Times"] or 1)]
            anc = [(c["Level"], c["Type"], array.array("i", [fds[i] for i in c["Files"] or []]).tobytes() + bytes.fromhex(c["Hex"]))
                   for c in step["Control"] or []]
            to = [addr] if addr is not None else []
            r["N"] = s.sendmsg(bufs, anc, flags, *to)
        elif do == "recvmsg":
            data, anc, r["Flags"], source = s.recvmsg(step["Sizes"][0], step["Anc"], flags)
            r["N"], r["Data"] = len(data), data.decode()
        elif do == "recvmsg_into":
            bufs = [bytearray(n) for n in step["Sizes"]]
            r["N"], anc, r["Flags"], source = s.recvmsg_into(bufs, step["Anc"], flags)
            r["Data"] = b"".join(bufs)[:r["N"]].decode()
        elif do == "setsockopt":
            s.setsockopt(*step["Opt"])
        elif do == "settimeout":
            s.settimeout(step["Timeout"])
        elif do == "shutdown":
            s.shutdown(socket.SHUT_WR)
        elif do == "close":
            s.close()
        if do.startswith("recvmsg"):
            r["Items"] = [item(*x, files) for x in anc] or None
            r["From"] = "none" if source is None else "sender" if source == a.getsockname() else str(source)
    except socket.timeout as e:
        r["Error"] = "timeout"
    except OSError as e:
        r["Error"] = "errno %d" % e.errno if e.errno else "argument"
    except (ValueError, OverflowError, TypeError):
        r["Error"] = "argument"
    return r

def conversation(tr, steps):
    a, b, addr = connect(tr)
    fds = [os.open(path, os.O_RDONLY) for path in paths]
    files = [os.fstat(fd).st_ino for fd in fds]
    results = []
    for s in a, b:
        s.settimeout(20)
    for step in steps:
        results.append(run(step, a, b, addr, fds, files))
    for s in a, b:
        s.close()
    for fd in fds:
        os.close(fd)
    return results

paths, transport, conversations = json.load(sys.stdin)
print(json.dumps({name: conversation(transport, steps) for name, steps in conversations.items()}))
`

// testConversations carries out conversations in Go and in Python and compares.
func testConversations(t *testing.T, tr transport, conversations map[string][]step) {
	t.Helper()
	machine.Needs(t, machine.Programs)
	tr.connect(t) // skips what the kernel lacks
	paths := smallFiles(t)
	leaktest.Check(t)
	got := make(map[string][]result)
	for name, steps := range conversations {
		got[name] = messageSteps(t, tr, paths, steps)
	}
	if strconv.IntSize == 32 {
		t.Skip("python3 has longer headers of control messages here: run it on a 64-bit platform")
	}
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			input, err := json.Marshal([]any{paths, tr, conversations})
			must(t, err)
			cmd := exec.Command(python.Path, "-c", pythonSteps)
			cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
			out, err := cmd.Output()
			must(t, err)
			var want map[string][]result
			must(t, json.Unmarshal(out, &want))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("results differ from Python's (-want +got):\n%s", diff)
			}
		})
	}
}

// smallFiles makes files whose descriptors can be sent.
func smallFiles(t *testing.T) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i := range 4 {
		path := filepath.Join(dir, fmt.Sprint(i))
		must(t, os.WriteFile(path, nil, 0o600))
		paths = append(paths, path)
	}
	return paths
}

// talk is a conversation on the Go side.
type talk struct {
	t        testing.TB
	from, to *socket.Socket
	addr     socket.Address
	fds      []int
	files    map[uint64]int // by inode
}

// messageSteps carries out a conversation.
func messageSteps(t *testing.T, tr transport, paths []string, steps []step) (results []result) {
	t.Helper()
	c := talk{t: t, files: make(map[uint64]int)}
	c.from, c.to, c.addr = tr.connect(t)
	for i, path := range paths {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		must(t, err)
		defer unix.Close(fd)
		var stat unix.Stat_t
		must(t, unix.Fstat(fd, &stat))
		c.fds = append(c.fds, fd)
		c.files[stat.Ino] = i
	}
	for _, s := range []*socket.Socket{c.from, c.to} {
		must(t, s.SetTimeout(patience))
		defer s.Close()
	}
	for _, st := range steps {
		results = append(results, c.run(st))
	}
	return results
}

// run carries out one step.
func (c *talk) run(st step) (r result) {
	who := st.Who
	if who == "" && st.Do == "sendmsg" {
		who = "from"
	}
	s := c.to
	if who == "from" {
		s = c.from
	}
	var err error
	var anc []socket.ControlMessage
	var flags socket.MsgFlag
	var source socket.Address
	switch st.Do {
	case "sendmsg":
		r.N, err = s.SendMsg(st.buffers(), c.controlMessages(st.Control), c.addr, socket.MsgFlag(st.Flags))
	case "recvmsg":
		var data []byte
		data, anc, flags, source, err = s.RecvMsg(st.Sizes[0], st.Anc, socket.MsgFlag(st.Flags))
		r.N, r.Data = len(data), string(data)
	case "recvmsg_into":
		bufs := make([][]byte, len(st.Sizes))
		for i, n := range st.Sizes {
			bufs[i] = make([]byte, n)
		}
		r.N, anc, flags, source, err = s.RecvMsgInto(bufs, st.Anc, socket.MsgFlag(st.Flags))
		all := bytes.Join(bufs, nil)
		r.Data = string(all[:min(r.N, len(all))])
	case "setsockopt":
		err = s.SetSockOpt(socket.Proto(st.Opt[0]), st.Opt[1], st.Opt[2])
	case "settimeout":
		timeout := socket.NoTimeout
		if st.Timeout != nil {
			timeout = time.Duration(*st.Timeout * float64(time.Second))
		}
		err = s.SetTimeout(timeout)
	case "shutdown":
		err = s.Shutdown(socket.SHUT_WR)
	case "close":
		err = s.Close()
	default:
		c.t.Fatalf("no step is called %q", st.Do)
	}
	if r.Error = errorWord(err); r.Error == "" && st.Sizes != nil {
		r.Items, r.Flags, r.From = c.items(anc), int(flags), c.source(source)
	}
	return r
}

func (st step) buffers() (bufs [][]byte) {
	for _, b := range st.Bufs {
		for range max(st.Times, 1) {
			bufs = append(bufs, []byte(b))
		}
	}
	return bufs
}

// errorWord is what an error is called in a result.
func errorWord(err error) string {
	var e *socket.Error
	var argument *socket.ArgumentError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &argument):
		return "argument"
	case errors.As(err, &e) && e.Errno == 0:
		return "timeout"
	case errors.As(err, &e):
		return fmt.Sprintf("errno %d", int(e.Errno))
	}
	return err.Error()
}

func (c *talk) source(addr socket.Address) string {
	if addr == nil {
		return "none"
	}
	if name, err := c.from.GetSockName(); err == nil && name == addr {
		return "sender"
	}
	return addr.String()
}

func (c *talk) controlMessages(controls []control) (anc []socket.ControlMessage) {
	for _, ctl := range controls {
		var data []byte
		for _, i := range ctl.Files {
			data = binary.NativeEndian.AppendUint32(data, uint32(c.fds[i]))
		}
		tail, err := hex.DecodeString(ctl.Hex)
		must(c.t, err)
		anc = append(anc, socket.ControlMessage{Level: socket.Proto(ctl.Level), Type: ctl.Type, Data: append(data, tail...)})
	}
	return anc
}

// items says what came, and closes the descriptors in it.
func (c *talk) items(anc []socket.ControlMessage) (items []resultItem) {
	for _, m := range anc {
		r := resultItem{Level: int(m.Level), Type: m.Type}
		data := m.Data
		switch {
		case m.Level == socket.SOL_SOCKET && m.Type == unix.SCM_RIGHTS:
			r.Files = []int{}
			for ; len(data) >= 4; data = data[4:] {
				r.Files = append(r.Files, c.file(int(int32(binary.NativeEndian.Uint32(data)))))
			}
		case m.Level == socket.SOL_SOCKET && m.Type == unix.SCM_CREDENTIALS:
			pid := binary.NativeEndian.AppendUint32(nil, uint32(os.Getpid()))
			n := min(len(data), len(pid))
			if !bytes.Equal(data[:n], pid[:n]) {
				c.t.Errorf("the credentials begin with % x, want the process's number, % x", data[:n], pid[:n])
			}
			data = append([]byte("self")[:n:n], data[n:]...)
		}
		r.Hex = hex.EncodeToString(data)
		items = append(items, r)
	}
	return items
}

// file returns the number of the file that a received descriptor stands for.
// The descriptor must be close-on-exec; it is closed.
func (c *talk) file(fd int) int {
	c.t.Helper()
	var stat unix.Stat_t
	must(c.t, unix.Fstat(fd, &stat))
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	must(c.t, err)
	if flags&unix.FD_CLOEXEC == 0 {
		c.t.Error("a received descriptor isn't close-on-exec")
	}
	must(c.t, unix.Close(fd))
	return c.files[stat.Ino]
}
