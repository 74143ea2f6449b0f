package socket_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"golang.org/x/sys/unix"
)

// Much at once, and much after one another: the counts add up, and afterwards the
// process is as small as it was.

// footprint is what a process holds on to.
type footprint struct {
	heap                uint64 // bytes that the garbage collector leaves
	goroutines, threads int
}

func takeFootprint(t testing.TB) footprint {
	t.Helper()
	runtime.GC() // what the pools hold goes to their victims,
	runtime.GC() // and then from there
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	threads, _ := threadCount()
	return footprint{stats.HeapAlloc, runtime.NumGoroutine(), threads}
}

// moreThreads is how many threads the runtime may have started: one for each
// processor, and others when a system call takes its time. It keeps them.
func moreThreads() int { return 20 + runtime.GOMAXPROCS(0) }

// mustBeBack fails if the process has grown since before.
func (before footprint) mustBeBack(t testing.TB) {
	t.Helper()
	end := time.Now().Add(patience)
	for runtime.NumGoroutine() > before.goroutines && time.Now().Before(end) {
		time.Sleep(time.Millisecond)
	}
	after := takeFootprint(t)
	for after.heap > before.heap+1<<20 && time.Now().Before(end) { // what is on its way out
		time.Sleep(10 * time.Millisecond)
		after = takeFootprint(t)
	}
	t.Logf("heap %d KiB, before %d; goroutines %d, before %d; threads %d, before %d", after.heap>>10, before.heap>>10,
		after.goroutines, before.goroutines, after.threads, before.threads)
	if after.heap > before.heap+1<<20 {
		t.Errorf("the heap has %d KiB, want no more than the %d from before and 1024", after.heap>>10, before.heap>>10)
	}
	if after.goroutines > before.goroutines {
		t.Errorf("%d goroutines, want the %d from before", after.goroutines, before.goroutines)
	}
	if after.threads > before.threads+moreThreads() {
		t.Errorf("%d threads, want no more than the %d from before and %d", after.threads, before.threads, moreThreads())
	}
}

// loadEnv tells the process at the other end where to connect to, and how often.
const loadEnv = "SOCKET_TEST_LOAD"

// TestLoadConnections has 10,000 TCP connections open at once between two
// processes. Each makes half of them and accepts the other half, and on all of
// them sends and receives at the same time.
func TestLoadConnections(t *testing.T) {
	if task := os.Getenv(loadEnv); task != "" {
		addr, n, _ := strings.Cut(task, " ")
		loadPeer(t, addr, n)
		return
	}
	if testing.Short() {
		t.Skip("10,000 connections: run without -short")
	}
	n := 10000
	if raceEnabled {
		n = 1000
	}
	if room := roomForDescriptors(t); room < n+200 {
		t.Logf("RLIMIT_NOFILE allows for %d connections, not %d: run with `ulimit -n %d`", room-200, n, n+200)
		n = (room - 200) &^ 1
	}
	l, addr := crowdListener(t)
	self := machine.Command(os.Args[0], "-test.run=^TestLoadConnections$", "-test.v", "-test.timeout=2m")
	peer := exec.Command(self[0], self[1:]...)
	peer.Env = append(os.Environ(), fmt.Sprintf("%s=%v %d", loadEnv, addr, n))
	var said strings.Builder
	peer.Stdout, peer.Stderr = &said, &said
	must(t, peer.Start())
	ended := start(peer.Wait)
	defer peer.Process.Kill()
	must(t, l.SetTimeout(patience))
	control, _, err := l.Accept()
	if err != nil {
		t.Fatalf("the other process doesn't come: %v\n%s", err, &said)
	}
	must(t, control.SetTimeout(patience))
	defer control.Close()
	where, err := control.Recv(100)
	must(t, err)
	host, port, _ := strings.Cut(string(where), ":")
	number, err := strconv.Atoi(port)
	must(t, err)
	crowd(t, l, socket.Addr(host, number), control, n)
	must(t, control.Close())
	if err := within(t, ended); err != nil {
		t.Errorf("the other process: %v\n%s", err, &said)
	}
}

// loadPeer is the process at the other end.
func loadPeer(t *testing.T, addr, count string) {
	t.Helper()
	roomForDescriptors(t)
	n, err := strconv.Atoi(count)
	must(t, err)
	host, port, _ := strings.Cut(addr, ":")
	number, err := strconv.Atoi(port)
	must(t, err)
	to := socket.Addr(host, number)
	control, err := socket.CreateConnection(to, socket.Timeout(patience))
	must(t, err)
	defer control.Close()
	l, own := crowdListener(t)
	must(t, control.SendAll([]byte(own.String())))
	crowd(t, l, to, control, n)
}

// crowdListener returns a listener that many may come to at once.
func crowdListener(t testing.TB) (*socket.Socket, socket.Address) {
	t.Helper()
	l, err := socket.CreateServer(socket.Addr("127.0.0.1", 0), socket.Backlog(4096))
	must(t, err)
	t.Cleanup(func() { l.Close() })
	addr, err := l.GetSockName()
	must(t, err)
	return l, addr
}

// crowd opens n connections, half of them by accepting, waits until the other
// process has its side of them too, and talks on all at once.
func crowd(t *testing.T, l *socket.Socket, to socket.Address, control *socket.Socket, n int) {
	t.Helper()
	makeGoroutines(2 * n)
	meet(t, control)
	before := takeFootprint(t)
	conns := make([]*socket.Socket, n)
	accepted := start(func() (err error) {
		for i := 0; i < n/2 && err == nil; i++ {
			conns[i], _, err = l.Accept()
		}
		return err
	})
	for i := n / 2; i < n; i++ {
		var err error
		conns[i], err = socket.CreateConnection(to)
		must(t, err)
	}
	must(t, within(t, accepted))
	meet(t, control)
	errs := make(chan error, 2*n)
	for i, s := range conns {
		go func() { errs <- sendRounds(s, i) }()
		go func() { errs <- receiveRounds(s) }()
	}
	for range cap(errs) {
		if err := within(t, errs); err != nil {
			t.Fatal(err)
		}
	}
	meet(t, control) // before anybody closes
	for _, s := range conns {
		must(t, s.Close())
	}
	conns, errs = nil, nil
	before.mustBeBack(t)
	meet(t, control)
}

// makeGoroutines has so many goroutines at once: the runtime keeps what it knows
// of each, some 400 bytes, for later ones.
func makeGoroutines(n int) {
	var all, ended sync.WaitGroup
	all.Add(n)
	for range n {
		ended.Go(func() {
			all.Done()
			all.Wait()
		})
	}
	ended.Wait()
}

// meet waits until the other process has come as far as this one.
func meet(t *testing.T, control *socket.Socket) {
	t.Helper()
	must(t, control.SendAll([]byte("x")))
	if data, err := control.Recv(1); err != nil || len(data) != 1 {
		t.Fatalf("the other process is gone: %q, %v", data, err)
	}
}

// rounds is how many messages go each way.
const rounds = 5

// sendRounds sends messages with two numbers: the connection's and the message's.
func sendRounds(s *socket.Socket, conn int) error {
	buf := make([]byte, 16)
	for i := range rounds {
		binary.BigEndian.PutUint64(buf, uint64(conn))
		binary.BigEndian.PutUint64(buf[8:], uint64(i))
		if err := s.SendAll(buf); err != nil {
			return err
		}
	}
	return nil
}

// receiveRounds receives what sendRounds sends.
func receiveRounds(s *socket.Socket) error {
	buf := make([]byte, 16)
	var conn uint64
	for i := range rounds {
		n, err := s.RecvInto(buf, socket.MSG_WAITALL)
		if err != nil || n != len(buf) {
			return fmt.Errorf("%d bytes, %w", n, err)
		}
		if i == 0 {
			conn = binary.BigEndian.Uint64(buf)
		}
		if c, m := binary.BigEndian.Uint64(buf), binary.BigEndian.Uint64(buf[8:]); c != conn || m != uint64(i) {
			return fmt.Errorf("message %d of connection %d came as message %d of %d", m, c, i, conn)
		}
	}
	return nil
}

// TestLoadCycles makes 100,000 connections one after the other. They are ended by
// resets, so that none stays in TIME_WAIT and the ports suffice.
func TestLoadCycles(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 connections: run without -short")
	}
	cycles, workers := 100_000, 4
	if raceEnabled {
		cycles = 8000
	}
	// As many at once as later, so that what stays for good is there.
	runCycles(t, 400, workers)
	before := takeFootprint(t)
	runCycles(t, cycles, workers)
	before.mustBeBack(t)
}

// runCycles has each worker use an address of its own.
func runCycles(t *testing.T, cycles, workers int) {
	t.Helper()
	errs := make(chan error, workers)
	for w := range workers {
		go func() { errs <- manyCycles(fmt.Sprintf("127.0.0.%d", w+1), cycles/workers) }()
	}
	for range workers {
		must(t, <-errs)
	}
}

// manyCycles connects, passes a byte and closes, so many times.
func manyCycles(host string, times int) error {
	l, err := socket.CreateServer(socket.Addr(host, 0))
	if err != nil {
		return err
	}
	defer l.Close()
	addr, err := l.GetSockName()
	for i := 0; i < times && err == nil; i++ {
		err = oneCycle(l, addr, byte(i))
	}
	return err
}

func oneCycle(l *socket.Socket, addr socket.Address, b byte) error {
	client, err := socket.CreateConnection(addr)
	if err != nil {
		return err
	}
	defer client.Close()
	server, from, err := l.Accept()
	if err != nil {
		return err
	}
	defer server.Close()
	if own, err := client.GetSockName(); err != nil || own != from {
		return fmt.Errorf("accepted from %v, connected from %v (%w)", from, own, err)
	}
	if err := server.SendAll([]byte{b}); err != nil {
		return err
	}
	got, err := client.Recv(2)
	if err != nil || len(got) != 1 || got[0] != b {
		return fmt.Errorf("got %v, %w, want byte %d", got, err, b)
	}
	linger := native.AppendUint32(native.AppendUint32(nil, 1), 0)
	return client.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, linger)
}

// TestLoadFlood sends datagrams faster than the reader reads. What was sent is
// what came and what the kernel says that it dropped: SO_RXQ_OVFL of socket(7).
func TestLoadFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 datagrams: run without -short")
	}
	count := 100_000
	if raceEnabled {
		count = 20_000
	}
	r, addr := udpSocket(t)
	must(t, r.SetSockOpt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32<<10))
	if err := r.SetSockOpt(socket.SOL_SOCKET, unix.SO_RXQ_OVFL, 1); errors.Is(err, unix.ENOPROTOOPT) {
		t.Skip("SO_RXQ_OVFL, which counts what is dropped, isn't known here: run the test without an emulator")
	} else {
		must(t, err)
	}
	must(t, r.SetTimeout(100*time.Millisecond))
	w := sock(t, socket.SOCK_DGRAM)
	must(t, w.Connect(addr))
	before, lost := takeFootprint(t), backlogDrops(t)
	f := &flood{seen: make([]bool, count+1)}
	stop := make(chan struct{})
	full := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		<-full
		for f.err == nil && f.receive(r) {
			if f.received%50 == 0 {
				time.Sleep(100 * time.Microsecond) // slow on purpose
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	for i := range count {
		if i == 2000 { // more than the buffer holds, however slow the sender is
			close(full)
		}
		_, err := w.Send(binary.BigEndian.AppendUint32(make([]byte, 96), uint32(i)))
		must(t, err)
	}
	close(stop)
	reader.Wait()
	for f.receive(r) { // until there is nothing for the length of its timeout
	}
	// One more, which says how many were dropped before it.
	_, err := w.Send(binary.BigEndian.AppendUint32(make([]byte, 96), uint32(count)))
	must(t, err)
	must(t, r.SetTimeout(patience))
	for !f.seen[count] && f.receive(r) {
	}
	must(t, f.err)
	lost = backlogDrops(t) - lost
	t.Logf("%d sent, %d received, %d dropped", count+1, f.received, f.dropped)
	if missing := count + 1 - f.received - f.dropped; missing < 0 || missing > lost {
		t.Errorf("%d sent, %d received, %d dropped: %d are unaccounted for", count+1, f.received, f.dropped, missing)
	}
	if f.dropped == 0 {
		t.Error("nothing was dropped: the buffer isn't small")
	}
	f.seen = nil
	before.mustBeBack(t)
}

// A flood counts what comes.
type flood struct {
	seen              []bool
	received, dropped int
	err               error
}

// receive receives a datagram and reports whether there was one.
func (f *flood) receive(r *socket.Socket) bool {
	data, anc, _, _, err := r.RecvMsg(200, socket.CmsgSpace(4))
	if errors.Is(err, socket.ErrTimeout) || errors.Is(err, socket.ErrBlockingIO) {
		return false
	}
	if err == nil && len(data) != 100 {
		err = fmt.Errorf("a datagram of %d bytes", len(data))
	}
	if err != nil {
		f.err = err
		return false
	}
	number := binary.BigEndian.Uint32(data[96:])
	if f.seen[number] {
		f.err = fmt.Errorf("datagram %d came twice", number)
	}
	f.seen[number] = true
	f.received++
	for _, c := range anc {
		if c.Level == socket.SOL_SOCKET && c.Type == unix.SO_RXQ_OVFL {
			f.dropped = max(f.dropped, int(native.Uint32(c.Data)))
		}
	}
	return true
}

// backlogDrops returns how many packets of all sockets were dropped before they
// came to one: the second column of /proc/net/softnet_stat.
func backlogDrops(t testing.TB) (n int) {
	t.Helper()
	text, err := os.ReadFile("/proc/net/softnet_stat")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		drops, err := strconv.ParseUint(strings.Fields(line)[1], 16, 32)
		must(t, err)
		n += int(drops)
	}
	return n
}
