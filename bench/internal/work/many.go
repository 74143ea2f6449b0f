package work

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"example.com/socket/bench/internal/peer"
)

// messageSize is that of the works that have their number for something else.
const messageSize = 64

// A caller asks over one connection as often as it can.
type caller struct {
	client, server peer.Stream
	asked          atomic.Int64
	_              [64]byte // so that no two counters share a cache line
}

// many has N connections echo at once. Each has a goroutine at either end, all in
// this process, whose processor time is measured too. The operation is one
// message that went there and back.
func many(p peer.Peer, s Spec) (Result, error) {
	callers, err := dialAll(p, s.N)
	defer hangUp(callers)
	if err != nil {
		return nil, err
	}
	var (
		begin = make(chan struct{})
		stop  atomic.Bool
		ended sync.WaitGroup
		fails = make(chan error, 2*len(callers))
	)
	for _, c := range callers {
		ended.Go(func() { fails <- c.call(begin, &stop) })
		ended.Go(func() { fails <- echo(c.server, make([]byte, messageSize)) })
	}
	close(begin)
	result := observe(callers, s.Time)
	stop.Store(true)
	ended.Wait()
	close(fails)
	for fail := range fails {
		err = errors.Join(err, fail)
	}
	return result, err
}

// dialAll returns those that it has made also beside an error.
func dialAll(p peer.Peer, n int) (callers []*caller, err error) {
	l, err := p.Listen()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	for range n {
		c := new(caller)
		if c.client, c.server, err = connected(p, l); err != nil {
			return callers, err
		}
		callers = append(callers, c)
	}
	return callers, nil
}

func hangUp(callers []*caller) {
	for _, c := range callers {
		c.client.Close()
		c.server.Close()
	}
}

// call begins when all are there: the first would take the processors away from
// the one that makes the others.
func (c *caller) call(begin <-chan struct{}, stop *atomic.Bool) error {
	b := make([]byte, messageSize)
	<-begin
	for !stop.Load() {
		if err := ask(c.client, b); err != nil {
			return err
		}
		c.asked.Add(1)
	}
	return c.client.CloseWrite()
}

// observe lets the callers warm up, and measures them for d, or longer if nothing
// has happened by then.
func observe(callers []*caller, d time.Duration) Result {
	time.Sleep(d / 8)
	before, w := asked(callers), open()
	for {
		time.Sleep(d)
		if n := asked(callers) - before; n > 0 {
			return w.close(float64(n))
		}
	}
}

func asked(callers []*caller) (n int64) {
	for _, c := range callers {
		n += c.asked.Load()
	}
	return n
}
