package work

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/socket/bench/internal/peer"
)

// server answers requests, each over a connection of its own and in a goroutine
// of its own. N clients ask at once, in another process, which is the same for
// every peer. The operation is a request: to connect, ask, receive the answer and
// close.
func server(p peer.Peer, s Spec) (Result, error) {
	to, stop, err := serve(p)
	if err != nil {
		return nil, err
	}
	result, err := callers(s, strconv.Itoa(int(to.Port())))
	return result, errors.Join(err, stop())
}

// answer is what is done for a request.
func answer(s peer.Stream) error {
	b, err := s.Recv(1024)
	if err != nil {
		return err
	}
	return s.SendAll(b)
}

// serve answers with the peer's own server if it has one, or else with a loop
// such as one writes by hand.
func serve(p peer.Peer) (to netip.AddrPort, stop func() error, err error) {
	if s, ok := p.(peer.Server); ok {
		return s.Serve(answer)
	}
	l, err := p.Listen()
	if err != nil {
		return to, nil, err
	}
	if to, err = l.Addr(); err != nil {
		l.Close()
		return to, nil, err
	}
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // stop has closed l
			}
			go func() {
				defer conn.Close()
				if err := answer(conn); err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
			}()
		}
	})
	return to, func() error {
		defer ended.Wait()
		return l.Close()
	}, nil
}

// callers runs the clients and returns what a request costs: the time by the
// clients' clock, and the processor time of this process.
func callers(s Spec, port string) (Result, error) {
	cmd := exec.Command(s.File, calling, strconv.Itoa(s.N), port, strconv.FormatInt(s.Time.Milliseconds(), 10))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	result, err := cost(bufio.NewReader(out))
	return result, errors.Join(err, cmd.Wait())
}

// cost reads what call prints.
func cost(out io.Reader) (Result, error) {
	var requests, ns float64
	if _, err := fmt.Fscanln(out); err != nil {
		return nil, err
	}
	w := open()
	if _, err := fmt.Fscanln(out, &requests, &ns); err != nil {
		return nil, err
	}
	result := w.close(requests)
	result["ns"] = ns / requests
	return result, nil
}

// call is the process with the clients. It prints an empty line when they are
// warm, and at the end how many requests there were since and in how many ns.
func call(count, port, ms string, out io.Writer) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	forMs, err := strconv.Atoi(ms)
	if err != nil {
		return err
	}
	to, err := loopback(port)
	if err != nil {
		return err
	}
	var (
		asked  atomic.Int64
		stop   atomic.Bool
		asking sync.WaitGroup
		fails  = make(chan error, n)
	)
	for range n {
		asking.Go(func() {
			for !stop.Load() {
				if err := request(to); err != nil {
					fails <- err
					return
				}
				asked.Add(1)
			}
		})
	}
	d := time.Duration(forMs) * time.Millisecond
	time.Sleep(d / 8)
	fmt.Fprintln(out)
	before, began := asked.Load(), time.Now()
	for asked.Load() == before && len(fails) == 0 { // longer if nothing has happened by then
		time.Sleep(d)
	}
	fmt.Fprintln(out, asked.Load()-before, time.Since(began).Nanoseconds())
	stop.Store(true)
	asking.Wait()
	close(fails)
	for fail := range fails {
		err = errors.Join(err, fail)
	}
	return err
}

// request is made with this library, whichever peer the server is: of the peers
// in Go it leaves the most of the machine to the server.
func request(to netip.AddrPort) error {
	s, err := peer.All()[peer.Ours].Dial(to)
	if err != nil {
		return err
	}
	defer s.Close()
	return ask(s, make([]byte, messageSize))
}
