package work

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"example.com/socket/bench/internal/peer"
	"golang.org/x/sys/unix"
)

// spareFiles are the descriptors that a process needs besides its connections.
const spareFiles = 50

// MaxFiles raises the limit of open files to n if it is lower and may be raised,
// and returns how many connections fit into it, at most n.
func MaxFiles(n int) int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return n
	}
	need := n + spareFiles
	if limit.Max >= uint64(need) {
		return n
	}
	more := unix.Rlimit{Cur: uint64(need), Max: uint64(need)}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &more) == nil {
		return n
	}
	return max(1, int(limit.Max)-spareFiles)
}

// idle has N connections lie idle, each with a goroutine that waits to receive,
// and returns what one takes of this process's memory. The other ends are in
// another process. Each connection has carried a byte there and back before, so
// that it has waited once.
func idle(p peer.Peer, s Spec) (Result, error) {
	l, err := p.Listen()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	before, err := usedMemory()
	if err != nil {
		return nil, err
	}
	other, err := startHolder(l, s.N)
	if err != nil {
		return nil, err
	}
	var sitting sync.WaitGroup
	defer sitting.Wait() // after the holder is gone
	defer other.release()
	for range s.N {
		c, err := l.Accept()
		if err != nil {
			return nil, err
		}
		sitting.Add(1)
		go sit(c, &sitting)
	}
	if err := other.ready(); err != nil {
		return nil, err
	}
	after, err := usedMemory()
	if err != nil {
		return nil, err
	}
	n := float64(s.N)
	return Result{
		"rss":     (after.rss - before.rss) / n,
		"heap":    (after.heap - before.heap) / n,
		"stack":   (after.stack - before.stack) / n,
		"threads": after.threads,
	}, nil
}

// sit echoes, and waits for most of its life. It ends with a reset. It calls the
// peer itself, as a server's goroutine would: what lies below adds to the stack.
func sit(c peer.Stream, sitting *sync.WaitGroup) {
	b := make([]byte, 1)
	for {
		n, err := c.RecvInto(b)
		if n == 0 || err != nil {
			break
		}
		c.Send(b)
	}
	c.Close()
	sitting.Done()
}

// memory is what this process uses, in bytes, and its number of threads.
type memory struct{ rss, heap, stack, threads float64 }

func usedMemory() (memory, error) {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	used := memory{heap: float64(m.HeapAlloc), stack: float64(m.StackInuse)}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return memory{}, err
	}
	for line := range strings.Lines(string(status)) {
		switch f := strings.Fields(line); f[0] {
		case "VmRSS:":
			used.rss, err = strconv.ParseFloat(f[1], 64)
			used.rss *= 1024
		case "Threads:":
			used.threads, err = strconv.ParseFloat(f[1], 64)
		}
		if err != nil {
			return memory{}, err
		}
	}
	return used, nil
}

// A holder is the process that has the other ends of idle connections.
type holder struct {
	in   io.WriteCloser
	out  io.Reader
	wait func() error
}

func startHolder(l peer.Listener, n int) (*holder, error) {
	cmd, err := command(l, holding, strconv.Itoa(n))
	if err != nil {
		return nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &holder{in, out, cmd.Wait}, cmd.Start()
}

// ready waits until every connection has carried a byte there and back.
func (h *holder) ready() error {
	_, err := bufio.NewReader(h.out).ReadString('\n')
	return err
}

// release ends the process, which resets the connections.
func (h *holder) release() {
	h.in.Close()
	h.wait()
}

// hold is that process.
func hold(count, port string, in io.Reader, out io.Writer) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	to, err := loopback(port)
	if err != nil {
		return err
	}
	p := peer.All()["x/sys"]
	var held []peer.Stream
	defer func() {
		for _, s := range held {
			s.Close()
		}
	}()
	for range n {
		s, err := p.Dial(to)
		if err != nil {
			return fmt.Errorf("connection %d: %w", len(held), err)
		}
		held = append(held, s)
		err = errors.Join(peer.ResetOnClose(s), ask(s, make([]byte, 1)))
		if err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "ready")
	_, err = io.Copy(io.Discard, in)
	return err
}
