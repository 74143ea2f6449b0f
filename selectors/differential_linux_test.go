package selectors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"example.com/socket/selectors"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// pythonSteps plays the steps of sequences and prints what each answered.
const pythonSteps = `
import json, selectors, socket, sys

def play(kind, steps):
    sel, socks = getattr(selectors, kind)(), []
    name = lambda sock: socks.index(sock)
    show = lambda key: "%d %d %s" % (name(key.fileobj), key.events, key.data)
    for _ in range(4):
        socks += socket.socketpair()
    for s in socks:
        s.setblocking(False)
    def do(op, i, n, data):
        s = socks[i]
        if op == "register": return show(sel.register(s, n, data))
        if op == "modify": return show(sel.modify(s, n, data))
        if op == "unregister": return show(sel.unregister(s))
        if op == "key": return show(sel.get_key(s))
        if op == "map": return " ".join(str(name(k.fileobj)) for k in sel.get_map().values())
        if op == "send": return s.send(b"x" * n)
        if op == "recv": return len(s.recv(n))
        if op == "shutdown": return s.shutdown(n % 3)
        if op == "close": return s.close()
        if op == "select":
            return ", ".join(sorted("%s: %d" % (show(key), mask) for key, mask in sel.select(0)))
    answers = []
    for step in steps:
        try:
            answers.append(str(do(*step)))
        except KeyError:
            answers.append("KeyError")
        except ValueError:
            answers.append("ValueError")
        except OSError as e:
            answers.append("OSError %d" % e.errno)
    sel.close()
    for s in socks:
        s.close()
    return answers

print(json.dumps([play(kind, steps) for kind, steps in json.load(open(sys.argv[1]))]))
`

// A step is [op, socket, number, data].
type step [4]any

type sequence struct {
	kind  string
	steps []step
}

func (s sequence) MarshalJSON() ([]byte, error) { return json.Marshal([]any{s.kind, s.steps}) }

// randomSteps are likely to lead to every state, closed sockets too.
func randomSteps(r *rand.Rand, n int) (steps []step) {
	ops := strings.Fields("register register register modify modify unregister key map send send recv recv shutdown close")
	for i := range n {
		op := ops[r.IntN(len(ops))]
		if op == "close" && r.IntN(3) > 0 {
			op = "send"
		}
		number := 1 + r.IntN(3) // valid events
		if op == "register" && r.IntN(20) == 0 {
			number = 4 * r.IntN(2)
		}
		steps = append(steps, step{op, r.IntN(8), number, fmt.Sprint("d", i)}, step{"select", 0, 0, nil})
	}
	return steps
}

// player plays the steps here.
type player struct {
	sel   selectors.Selector
	socks sockets
}

func (p *player) show(key selectors.SelectorKey, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d %v", slices.Index(p.socks, key.Fileobj.(*socket.Socket)), int(key.Events), key.Data), nil
}

func (p *player) do(st step) (string, error) {
	s, n, data := p.socks[st[1].(int)], st[2].(int), st[3]
	switch st[0] {
	case "register":
		return p.show(p.sel.Register(s, selectors.Event(n), data))
	case "modify":
		return p.show(p.sel.Modify(s, selectors.Event(n), data))
	case "unregister":
		return p.show(p.sel.Unregister(s))
	case "key":
		return p.show(p.sel.GetKey(s))
	case "map":
		var list []string
		for _, key := range p.sel.GetMap().All() {
			list = append(list, fmt.Sprint(slices.Index(p.socks, key.Fileobj.(*socket.Socket))))
		}
		return strings.Join(list, " "), nil
	case "send":
		n, err := s.Send([]byte(strings.Repeat("x", n)))
		return fmt.Sprint(n), err
	case "recv":
		data, err := s.Recv(n)
		return fmt.Sprint(len(data)), err
	case "shutdown":
		return "None", s.Shutdown(n % 3)
	case "close":
		return "None", s.Close()
	}
	return p.selected()
}

func (p *player) selected() (string, error) {
	all, err := p.sel.Select(0)
	var list []string
	for _, r := range all {
		text, _ := p.show(r.Key, nil)
		list = append(list, fmt.Sprintf("%s: %d", text, int(r.Mask)))
	}
	slices.Sort(list)
	return strings.Join(list, ", "), err
}

// asPython names an error by its exception.
func asPython(err error) string {
	var key *selectors.KeyError
	var argument *socket.ArgumentError
	var kernel *socket.Error
	switch {
	case errors.As(err, &key):
		return "KeyError"
	case errors.As(err, &argument):
		return "ValueError"
	case errors.As(err, &kernel):
		return fmt.Sprintf("OSError %d", int(kernel.Errno))
	}
	return err.Error()
}

func (s sequence) play(t *testing.T) (answers []string) {
	t.Helper()
	p := new(player)
	var err error
	if s.kind == "PollSelector" {
		p.sel, err = selectors.NewPollSelector()
	} else {
		p.sel, err = selectors.NewDefaultSelector()
	}
	must(t, err)
	defer p.sel.Close()
	for range 4 {
		a, b := pair(t)
		defer a.Close()
		defer b.Close()
		must(t, a.SetBlocking(false))
		must(t, b.SetBlocking(false))
		p.socks = append(p.socks, a, b)
	}
	for _, st := range s.steps {
		answer, err := p.do(st)
		if err != nil {
			answer = asPython(err)
		}
		answers = append(answers, answer)
	}
	return answers
}

// Python's selectors answer the same to the same steps.
func TestAsPythonsSelectors(t *testing.T) {
	var all []sequence
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		for _, kind := range []string{"DefaultSelector", "PollSelector"} {
			all = append(all, sequence{kind, randomSteps(r, 60)})
		}
	}
	steps, err := json.Marshal(all)
	must(t, err)
	file := filepath.Join(t.TempDir(), "steps.json")
	must(t, os.WriteFile(file, steps, 0o600))
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			var want [][]string
			python.Eval(t, pythonSteps, &want, file)
			for i, s := range all {
				got := s.play(t)
				for j := range got {
					if got[j] != want[i][j] {
						t.Errorf("%s, sequence %d, step %d %v: %q, Python says %q\nafter %v", s.kind, i, j, s.steps[j], got[j], want[i][j], s.steps[:j])
						break
					}
				}
			}
		})
	}
}

// pythonStates puts sockets into states and prints what select.select says.
const pythonStates = `
import json, select, socket, time
states = {}
def ask(name, s, *keep):
    # What comes over the network may take a moment.
    for _ in range(3):
        found = ["rwx"[i] for i, l in enumerate(select.select([s], [s], [s], 0)) if l]
        time.sleep(0.01)
    states[name] = "".join(found)
def tcp():
    with socket.create_server(("127.0.0.1", 0)) as l:
        a = socket.create_connection(l.getsockname())
        return a, l.accept()[0]
a, b = socket.socketpair(); ask("new pair", a)
b.send(b"x"); ask("data", a)
a.setblocking(False)
try:
    while True: a.send(bytes(65536))
except BlockingIOError: ask("full", a)
b.close(); ask("peer closed, full", a)
a, b = socket.socketpair(); b.shutdown(socket.SHUT_WR); ask("peer shut for writing", a)
a, b = socket.socketpair(); b.shutdown(socket.SHUT_RD); ask("peer shut for reading", a)
a, b = socket.socketpair(); a.shutdown(socket.SHUT_RDWR); ask("shut", a)
a, b = tcp(); ask("tcp", a)
b.send(b"!", socket.MSG_OOB); ask("out of band", a)
a, b = tcp(); b.shutdown(socket.SHUT_WR); ask("tcp peer shut for writing", a)
a, b = tcp(); b.send(b"x"); a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"); a.close(); ask("reset", b)
s = socket.socket(); ask("unconnected", s)
s = socket.create_server(("127.0.0.1", 0)); ask("listener", s)
c = socket.create_connection(s.getsockname()); ask("listener with a client", s)
s = socket.socket(); s.bind(("127.0.0.1", 0)); s2 = socket.socket(); s2.setblocking(False); s2.connect_ex(s.getsockname()); ask("refused", s2)
s = socket.socket(type=socket.SOCK_DGRAM); ask("udp", s)
s.bind(("127.0.0.1", 0)); s.sendto(b"", s.getsockname()); ask("udp, an empty datagram", s)
print(json.dumps(states))
`

// stateSockets makes the sockets of pythonStates.
func stateSockets(t *testing.T) map[string]*socket.Socket {
	states := make(map[string]*socket.Socket)
	states["new pair"], _ = pair(t)
	a, b := pair(t)
	send(t, b, "x")
	states["data"] = a
	full := func() *socket.Socket {
		a, b = pair(t)
		send(t, b, "x")
		must(t, a.SetBlocking(false))
		for {
			if _, err := a.Send(make([]byte, 65536)); err != nil {
				return a
			}
		}
	}
	states["full"] = full()
	states["peer closed, full"] = full()
	must(t, b.Close())
	for name, how := range map[string]int{"peer shut for writing": socket.SHUT_WR, "peer shut for reading": socket.SHUT_RD} {
		a, b = pair(t)
		must(t, b.Shutdown(how))
		states[name] = a
	}
	a, _ = pair(t)
	must(t, a.Shutdown(socket.SHUT_RDWR))
	states["shut"] = a
	states["tcp"], _ = tcpPair(t)
	a, b = tcpPair(t)
	_, err := b.Send([]byte("!"), socket.MSG_OOB)
	must(t, err)
	states["out of band"] = a
	a, b = tcpPair(t)
	must(t, b.Shutdown(socket.SHUT_WR))
	states["tcp peer shut for writing"] = a
	a, b = tcpPair(t)
	send(t, b, "x")
	must(t, a.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, []byte{1, 0, 0, 0, 0, 0, 0, 0}))
	must(t, a.Close())
	states["reset"] = b
	states["unconnected"] = newSocket(t)
	states["listener"], _ = listener(t)
	l, addr := listener(t)
	c := newSocket(t)
	must(t, c.Connect(addr))
	states["listener with a client"] = l
	silent := newSocket(t)
	must(t, silent.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err = silent.GetSockName()
	must(t, err)
	refused := newSocket(t)
	must(t, refused.SetBlocking(false))
	_, err = refused.ConnectEx(addr)
	must(t, err)
	states["refused"] = refused
	states["udp"] = newSocket(t, socket.SOCK_DGRAM)
	u := newSocket(t, socket.SOCK_DGRAM)
	must(t, u.Bind(socket.Addr("127.0.0.1", 0)))
	addr, err = u.GetSockName()
	must(t, err)
	_, err = u.SendTo(nil, addr)
	must(t, err)
	states["udp, an empty datagram"] = u
	return states
}

func newSocket(t *testing.T, args ...socket.Arg) *socket.Socket {
	t.Helper()
	s, err := socket.New(args...)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func listener(t *testing.T) (*socket.Socket, socket.Address) {
	t.Helper()
	l, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	must(t, err)
	t.Cleanup(func() { l.Close() })
	addr, err := l.GetSockName()
	must(t, err)
	return l, addr
}

// Python's select.select says the same of sockets in the same state.
func TestAsPythonsSelect(t *testing.T) {
	if socket.Htons(1) == 1 {
		t.Skip("the SO_LINGER of this test is little-endian's: run it on such a machine")
	}
	states := stateSockets(t)
	for _, python := range pytest.All(t) {
		var want map[string]string
		python.Eval(t, pythonStates, &want)
		got := make(map[string]string)
		for name, s := range states {
			r, w, x, err := selectors.Select(sockets{s}, sockets{s}, sockets{s}, 0)
			must(t, err)
			got[name] = strings.Repeat("r", len(r)) + strings.Repeat("w", len(w)) + strings.Repeat("x", len(x))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Python %s (-want +got):\n%s", python.Version, diff)
		}
	}
}

// Constants of Python's are the same numbers here.
func TestConstants(t *testing.T) {
	var want []int
	pytest.Find(t).Eval(t, `
import json, select, selectors
print(json.dumps([selectors.EVENT_READ, selectors.EVENT_WRITE, select.POLLIN, select.POLLOUT, select.EPOLLIN, select.EPOLLOUT]))
`, &want)
	got := []int{int(read), int(write), unix.POLLIN, unix.POLLOUT, unix.EPOLLIN, unix.EPOLLOUT}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
