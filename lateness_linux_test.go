package socket_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The peers of these tests never do anything: the calls wait until they time out.

// A lateCall is a call that can wait. timedOut makes it with a timeout; works
// makes it, or what a program does next, with the peer there.
type lateCall struct {
	timedOut func(d time.Duration) error
	works    func() error
}

// lateCalls are all calls that can wait: those of waitingCalls, and those whose
// timeout leaves something behind, so that the next call is another one.
func lateCalls() map[string]func(t testing.TB) lateCall {
	all := map[string]func(t testing.TB) lateCall{
		"RecvMsg": func(t testing.TB) lateCall {
			a, b := streamPair(t)
			return lateAgain(a, func() error { _, _, _, _, err := a.RecvMsg(1, 100); return err }, sender(b))
		},
		"SendMsg": func(t testing.TB) lateCall {
			a, b := streamPair(t)
			fill(t, a)
			return lateAgain(a, func() error { _, err := a.SendMsg([][]byte{{0}}, nil, nil); return err }, drainer(b))
		},
		"SendFile": func(t testing.TB) lateCall {
			a, b := streamPair(t)
			file := fileOf(t, []byte("x"))
			fill(t, a)
			return lateAgain(a, func() error { _, err := a.SendFile(file, 0, -1); return err }, drainer(b))
		},
		"Read": func(t testing.TB) lateCall {
			a, b := streamPair(t)
			read := func() error { _, err := a.Read(make([]byte, 1)); return err }
			return lateCall{
				func(d time.Duration) error { return errors.Join(a.SetReadDeadline(time.Now().Add(d)), read()) },
				func() error { return errors.Join(a.SetReadDeadline(time.Time{}), b.SendAll([]byte("x")), read()) },
			}
		},
		"File.Read":            lateFileRead,
		"File.Flush":           lateFileFlush,
		"Connect over AF_UNIX": lateUnixConnect,
		"Connect over TCP":     lateTCPConnect,
	}
	for name, prepare := range waitingCalls {
		all[name] = func(t testing.TB) lateCall {
			s, call, comes := prepare(t)
			return lateAgain(s, func() error { return call() }, comes)
		}
	}
	return all
}

// lateAgain is a call that can simply be made again.
func lateAgain(s *socket.Socket, call, comes func() error) lateCall {
	return lateCall{
		func(d time.Duration) error {
			if err := s.SetTimeout(d); err != nil {
				return err
			}
			return call()
		},
		func() error { return errors.Join(comes(), s.SetTimeout(patience), call()) },
	}
}

// lateFileRead reads from a new File each time: one that timed out is of no use
// any more, as in Python. The socket is.
func lateFileRead(t testing.TB) lateCall {
	a, b := streamPair(t)
	read := func() error {
		f, err := a.MakeFile("rb")
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.ReadFull(f, make([]byte, 1))
		return err
	}
	return lateAgain(a, read, sender(b))
}

func lateFileFlush(t testing.TB) lateCall {
	a, b := streamPair(t)
	f, err := a.MakeFile("wb")
	must(t, err)
	t.Cleanup(func() { b.Close(); f.Close() })
	_, err = f.Write([]byte("x"))
	must(t, err)
	fill(t, a)
	return lateAgain(a, f.Flush, drainer(b))
}

func lateUnixConnect(t testing.TB) lateCall {
	l := sock(t, socket.AF_UNIX)
	addr := socket.UnixAddr(t.TempDir() + "/l")
	must(t, l.Bind(addr))
	must(t, l.Listen(0))
	must(t, sock(t, socket.AF_UNIX).Connect(addr))
	s := sock(t, socket.AF_UNIX)
	return lateAgain(s, func() error { return s.Connect(addr) }, accepter(l))
}

// lateTCPConnect uses a new socket each time: the kernel goes on with a connect
// that timed out.
func lateTCPConnect(t testing.TB) lateCall {
	l := sock(t)
	must(t, l.Bind(socket.Addr("127.0.0.1", 0)))
	must(t, l.Listen(0))
	addr, err := l.GetSockName()
	must(t, err)
	must(t, sock(t).Connect(addr))
	connect := func(d time.Duration) error {
		s, err := socket.CreateConnection(addr, socket.Timeout(d))
		if err == nil {
			err = s.Close()
		}
		return err
	}
	return lateCall{connect, func() error { return errors.Join(accepter(l)(), connect(patience)) }}
}

// accepter accepts a connection.
func accepter(l *socket.Socket) func() error {
	return func() error {
		s, _, err := l.Accept()
		if err == nil {
			err = s.Close()
		}
		return err
	}
}

// TestLateness measures how much later than asked timeouts come, of every call
// that can wait, and says so: how late is the machine's business. What must hold
// is that none comes too early, and that the next call works.
func TestLateness(t *testing.T) {
	// How often each timeout: together they take about as long.
	waits := map[time.Duration]int{10 * time.Millisecond: 100, 50 * time.Millisecond: 20, 200 * time.Millisecond: 5, 500 * time.Millisecond: 2}
	if testing.Short() {
		waits = map[time.Duration]int{10 * time.Millisecond: 10}
	}
	var mu sync.Mutex
	late := make(map[time.Duration][]time.Duration)
	var wg sync.WaitGroup
	for name, prepare := range lateCalls() {
		for d, times := range waits {
			call := prepare(t)
			wg.Go(func() {
				times, err := lateTimes(call, d, times)
				if err != nil {
					t.Errorf("%s, timeout %v: %v", name, d, err)
				}
				mu.Lock()
				late[d] = append(late[d], times...)
				mu.Unlock()
			})
		}
	}
	wg.Wait()
	var report strings.Builder
	var all []time.Duration
	for d, times := range late {
		all = append(all, times...)
		fmt.Fprintf(&report, "\n%8v: %s", d, quantiles(times))
	}
	t.Logf("how much later than asked:%s\nall: %s", &report, quantiles(all))
}

// lateTimes has a call time out so many times, and then work.
func lateTimes(call lateCall, d time.Duration, times int) ([]time.Duration, error) {
	var late []time.Duration
	for range times {
		begin := time.Now()
		err := call.timedOut(d)
		took := time.Since(begin)
		if !errors.Is(err, socket.ErrTimeout) {
			return late, fmt.Errorf("got error %v, want ErrTimeout", err)
		}
		if took < d {
			return late, fmt.Errorf("it took %v", took)
		}
		late = append(late, took-d)
	}
	if err := call.works(); err != nil {
		return late, fmt.Errorf("the call after it: %w", err)
	}
	return late, nil
}

// quantiles describes durations.
func quantiles(times []time.Duration) string {
	slices.Sort(times)
	at := func(p int) time.Duration {
		return times[(len(times)-1)*p/100].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("median %v, 99th percentile %v, worst %v of %d", at(50), at(99), at(100), len(times))
}

// A photoFinish is a call that times out at the moment at which what it waits for
// comes. send sends a number and receive returns it.
type photoFinish struct {
	send    func(n byte) error
	receive func() (byte, error)
	timeout func(d time.Duration) error
}

// photoFinishes are the calls that receive.
func photoFinishes() map[string]func(t testing.TB) photoFinish {
	first := func(data []byte, err error) (byte, error) {
		if err == nil && len(data) != 1 {
			err = fmt.Errorf("%d bytes", len(data))
		}
		return append(data, 0)[0], err
	}
	over := func(a, b *socket.Socket, receive func() ([]byte, error)) photoFinish {
		return photoFinish{
			func(n byte) error { return b.SendAll([]byte{n}) },
			func() (byte, error) { return first(receive()) },
			a.SetTimeout,
		}
	}
	udp := func(t testing.TB) (a, b *socket.Socket) {
		a, addr := udpSocket(t)
		b = sock(t, socket.SOCK_DGRAM)
		must(t, b.Connect(addr))
		return a, b
	}
	buf := make([]byte, 2)
	return map[string]func(t testing.TB) photoFinish{
		"Recv": func(t testing.TB) photoFinish {
			a, b := tcpConns(t)
			return over(a, b, func() ([]byte, error) { return a.Recv(2) })
		},
		"RecvInto": func(t testing.TB) photoFinish {
			a, b := streamPair(t)
			return over(a, b, func() ([]byte, error) { n, err := a.RecvInto(buf); return buf[:n], err })
		},
		"RecvFrom": func(t testing.TB) photoFinish {
			a, b := udp(t)
			return over(a, b, func() ([]byte, error) { data, _, err := a.RecvFrom(2); return data, err })
		},
		"RecvFromInto": func(t testing.TB) photoFinish {
			a, b := udp(t)
			return over(a, b, func() ([]byte, error) { n, _, err := a.RecvFromInto(buf); return buf[:n], err })
		},
		"RecvMsg": func(t testing.TB) photoFinish {
			a, b := streamPair(t, socket.SOCK_SEQPACKET)
			return over(a, b, func() ([]byte, error) { data, _, _, _, err := a.RecvMsg(2, 100); return data, err })
		},
		"RecvMsgInto": func(t testing.TB) photoFinish {
			a, b := tcpConns(t)
			return over(a, b, func() ([]byte, error) {
				n, _, _, _, err := a.RecvMsgInto([][]byte{buf[:1], buf[1:]}, 0)
				return buf[:n], err
			})
		},
		"Recv with MSG_WAITALL": func(t testing.TB) photoFinish {
			a, b := tcpConns(t)
			return over(a, b, func() ([]byte, error) { return a.Recv(1, socket.MSG_WAITALL) })
		},
		"Read": func(t testing.TB) photoFinish {
			a, b := streamPair(t)
			p := over(a, b, func() ([]byte, error) { n, err := a.Read(buf); return buf[:n], err })
			p.timeout = func(d time.Duration) error { return a.SetReadDeadline(time.Now().Add(d)) }
			return p
		},
		"RecvFds": finishFds,
		"Accept":  finishAccept,
	}
}

// finishFds has a descriptor come with each number.
func finishFds(t testing.TB) photoFinish {
	a, b := streamPair(t)
	own := descriptorsOf(t, 1)
	return photoFinish{
		func(n byte) error { _, err := socket.SendFds(b, [][]byte{{n}}, own); return err },
		func() (byte, error) {
			data, fds, _, _, err := socket.RecvFds(a, 1, 1)
			if err != nil {
				return 0, err
			}
			if len(data) != 1 || len(fds) != 1 {
				return 0, fmt.Errorf("%d bytes and %d descriptors", len(data), len(fds))
			}
			return data[0], unix.Close(fds[0])
		},
		a.SetTimeout,
	}
}

// finishAccept has each number come over a connection of its own.
func finishAccept(t testing.TB) photoFinish {
	l, addr := listener(t)
	return photoFinish{
		func(n byte) error {
			s, err := socket.CreateConnection(addr)
			if err != nil {
				return err
			}
			return errors.Join(s.SendAll([]byte{n}), s.Close())
		},
		func() (byte, error) {
			s, _, err := l.Accept()
			if err != nil {
				return 0, err
			}
			defer s.Close()
			data, err := s.Recv(2)
			if err != nil || len(data) != 1 {
				return 0, fmt.Errorf("%q, %v over the connection", data, err)
			}
			return data[0], nil
		},
		l.SetTimeout,
	}
}

// TestTimeoutKeepsWhatComes has numbers come at the moment of the timeout, as
// close as can be: later after a call that received one, sooner after one that
// timed out. Each is received, by that call or by the next, in order and once.
func TestTimeoutKeepsWhatComes(t *testing.T) {
	count := 400
	if testing.Short() || raceEnabled {
		count = 100
	}
	for name, prepare := range photoFinishes() {
		t.Run(name, func(t *testing.T) {
			p := prepare(t)
			const timeout = 300 * time.Microsecond
			const step = timeout / 20
			delay, inTime := timeout, 0
			for i := range count {
				pause := delay
				sent := start(func() error {
					time.Sleep(pause) // the moment of the timeout; it waits for nobody
					return p.send(byte(i))
				})
				must(t, p.timeout(timeout))
				got, err := p.receive()
				if err == nil {
					inTime++
					delay += step
				} else {
					delay = max(0, delay-step)
					if !errors.Is(err, socket.ErrTimeout) {
						t.Fatalf("number %d: %v", i, err)
					}
					must(t, p.timeout(patience))
					got, err = p.receive()
					must(t, err)
				}
				if got != byte(i) {
					t.Fatalf("got %d, want %d", got, byte(i))
				}
				must(t, within(t, sent))
			}
			t.Logf("%d of %d came in time", inTime, count)
			must(t, p.timeout(time.Microsecond))
			if got, err := p.receive(); !errors.Is(err, socket.ErrTimeout) {
				t.Errorf("after all of them: got %d, %v, want ErrTimeout", got, err)
			}
		})
	}
}

// sendings are the calls that say how much they sent, also if they time out.
var sendings = map[string]func(t testing.TB, a *socket.Socket, data []byte) func() (int, error){
	"Send": func(_ testing.TB, a *socket.Socket, data []byte) func() (int, error) {
		return func() (int, error) { return a.Send(data) }
	},
	"SendMsg": func(_ testing.TB, a *socket.Socket, data []byte) func() (int, error) {
		return func() (int, error) { return a.SendMsg([][]byte{data[:100], data[100:]}, nil, nil) }
	},
	"Write": func(_ testing.TB, a *socket.Socket, data []byte) func() (int, error) {
		return func() (int, error) { return a.Write(data) }
	},
	"SendFile": func(t testing.TB, a *socket.Socket, data []byte) func() (int, error) {
		file := fileOf(t, data)
		return func() (int, error) { n, err := a.SendFile(file, 0, -1); return int(n), err }
	},
}

// TestTimeoutCountsWhatWent: a peer reads a little at a time, so that calls go
// through, go through in part, and time out. The counts that they return are what
// the peer gets.
func TestTimeoutCountsWhatWent(t *testing.T) {
	count := 200
	if testing.Short() || raceEnabled {
		count = 50
	}
	for name, prepare := range sendings {
		t.Run(name, func(t *testing.T) {
			a, b := streamPair(t)
			must(t, a.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096))
			send := prepare(t, a, make([]byte, 5000))
			must(t, a.SetTimeout(200*time.Microsecond))
			received := make(chan int, 1)
			go func() {
				total, buf := 0, make([]byte, 3000)
				for {
					n, err := b.RecvInto(buf)
					total += n
					if n == 0 || err != nil {
						received <- total
						return
					}
					time.Sleep(100 * time.Microsecond) // slow on purpose
				}
			}()
			sent, late := 0, 0
			for range count {
				n, err := send()
				sent += n
				if errors.Is(err, socket.ErrTimeout) {
					late++
				} else {
					must(t, err)
				}
			}
			must(t, a.Close())
			if got := within(t, received); got != sent {
				t.Errorf("%d bytes arrived, %d were sent by the counts", got, sent)
			}
			t.Logf("%d of %d calls timed out", late, count)
		})
	}
}
