//go:build unix && !aix

package socket_test

import (
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"example.com/socket"
)

// TestSendAllOneByteBuffers sends through buffers that are as small as the kernel
// makes them, to a peer that takes a byte at a time, and only when the sender waits.
func TestSendAllOneByteBuffers(t *testing.T) {
	pairs := map[string]func(testing.TB) (a, b *socket.Socket){
		"TCP":     narrowConns,
		"AF_UNIX": func(t testing.TB) (a, b *socket.Socket) { return streamPair(t) },
	}
	for name, pair := range pairs {
		for _, timeout := range []time.Duration{socket.NoTimeout, time.Hour} {
			t.Run(name+" "+timeout.String(), func(t *testing.T) {
				a, b := pair(t)
				must(t, a.SetTimeout(timeout))
				must(t, a.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1))
				data := make([]byte, 64<<10)
				for i := range data {
					data[i] = byte(i * 7 >> 3)
				}
				sent := start(func() error {
					err := a.SendAll(data)
					return errors.Join(err, a.Shutdown(socket.SHUT_WR))
				})
				waitParked(t, 1)
				got := slowly(t, b)
				must(t, within(t, sent))
				if string(got) != string(data) {
					t.Errorf("%d bytes arrived, not the %d that were sent", len(got), len(data))
				}
			})
		}
	}
}

// narrowConns is tcpConns with a receive buffer that was small from the beginning:
// TCP doesn't like a window that shrinks.
func narrowConns(t testing.TB) (client, server *socket.Socket) {
	t.Helper()
	l, addr := listener(t)
	must(t, l.SetSockOpt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1))
	client = sock(t)
	must(t, client.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1))
	must(t, client.Connect(addr))
	server, _, err := l.Accept()
	must(t, err)
	t.Cleanup(func() { server.Close() })
	return client, server
}

// slowly receives all there is: at first a byte at a time, and each only when the
// sender waits again; then as it comes.
func slowly(t *testing.T, s *socket.Socket) (got []byte) {
	t.Helper()
	for n := 1; ; {
		data, err := s.Recv(n)
		must(t, err)
		if len(data) == 0 {
			return got
		}
		got = append(got, data...)
		if len(got) < 50 {
			waitParked(t, 1)
		} else {
			n = 1 + len(got)%777
		}
	}
}

// load is one side of TestGibibyte.
type load struct {
	random *rand.Rand
	sock   *socket.Socket
	sum    uint32
	count  int
	moves  atomic.Bool // since it was last looked at
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// took counts what went through.
func (l *load) took(p []byte) {
	l.sum = crc32.Update(l.sum, castagnoli, p)
	l.count += len(p)
	l.moves.Store(true)
}

// end returns how a side ended. It is fine with a slow one, as long as that moves.
func (l *load) end(t *testing.T, ended <-chan error) error {
	t.Helper()
	for {
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
			if !l.moves.Swap(false) {
				return within(t, ended)
			}
		}
	}
}

// mood sets another timeout now and then, and pauses.
func (l *load) mood() error {
	switch l.random.IntN(64) {
	case 0:
		return l.sock.SetTimeout(socket.NoTimeout)
	case 1:
		return l.sock.SetTimeout(time.Hour)
	case 2:
		return l.sock.SetTimeout(time.Microsecond + time.Duration(l.random.IntN(int(time.Millisecond))))
	case 3:
		time.Sleep(time.Duration(l.random.IntN(int(100 * time.Microsecond))))
	}
	return nil
}

// size is how much is sent or received: often little, at times much.
func (l *load) size() int { return 1 + l.random.IntN(1<<(8+l.random.IntN(12))) }

// send sends total bytes out of a block, from random places.
func (l *load) send(block []byte, total int) error {
	for l.count < total {
		if err := l.mood(); err != nil {
			return err
		}
		n := min(l.size(), total-l.count, len(block)/2)
		at := l.random.IntN(len(block) - n)
		p := block[at : at+n]
		var err error
		switch l.random.IntN(3) {
		case 0:
			n, err = l.sock.Send(p)
		case 1:
			n, err = l.sock.Write(p) // SendAll that tells how much went
		case 2:
			k := l.random.IntN(n + 1)
			n, err = l.sock.SendMsg([][]byte{p[:k], p[k:]}, nil, nil)
		}
		l.took(p[:n])
		if err != nil && !errors.Is(err, socket.ErrTimeout) {
			return err
		}
	}
	return l.sock.Shutdown(socket.SHUT_WR)
}

// receive receives until the stream ends.
func (l *load) receive() error {
	buf := make([]byte, 1<<20)
	for {
		if err := l.mood(); err != nil {
			return err
		}
		p := buf[:l.size()]
		var err error
		n := 0
		switch l.random.IntN(4) {
		case 0:
			n, err = l.sock.RecvInto(p)
		case 1:
			n, err = l.sock.RecvInto(p, socket.MSG_WAITALL)
		case 2:
			k := l.random.IntN(len(p))
			n, _, _, _, err = l.sock.RecvMsgInto([][]byte{p[:k], p[k:]}, 0)
		case 3:
			var data []byte
			data, err = l.sock.Recv(len(p))
			n = copy(p, data)
		}
		l.took(p[:n])
		if n == 0 && err == nil {
			return nil
		}
		if err != nil && !errors.Is(err, socket.ErrTimeout) {
			return err
		}
	}
}

// TestGibibyte sends 1 GiB through a stream with random sizes, timeouts and pauses on
// both sides: what arrives has the checksum of what was sent. (16 MiB with -short or
// -race.)
func TestGibibyte(t *testing.T) {
	total := 1 << 30
	if testing.Short() || raceEnabled {
		total = 16 << 20
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	a, b := tcpConns(t)
	out := &load{random: rand.New(rand.NewPCG(seed, 1)), sock: a}
	in := &load{random: rand.New(rand.NewPCG(seed, 2)), sock: b}
	block := make([]byte, 4<<20)
	for i := range block {
		block[i] = byte(out.random.Uint32())
	}
	sent := start(func() error { return out.send(block, total) })
	must(t, in.end(t, start(in.receive)))
	must(t, out.end(t, sent))
	if out.count != total || in.count != total || in.sum != out.sum {
		t.Errorf("seed %d: %d of %d bytes arrived, with the checksum %#x, want %#x", seed, in.count, out.count, in.sum, out.sum)
	}
}
