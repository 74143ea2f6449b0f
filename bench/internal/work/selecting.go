package work

import (
	"fmt"
	"time"

	"example.com/socket"
	"example.com/socket/bench/internal/peer"
	"example.com/socket/selectors"
)

// activeOfMany is how many of those that are registered something comes to. The
// others lie idle, so that what the work costs in memory and cache is the same.
const activeOfMany = 10

// selecting measures an event of a selector with activeOfMany and then with N
// that are registered: a byte is sent, found by Select and received. Only the
// library and Python have selectors.
func selecting(_ peer.Peer, s Spec) (Result, error) {
	few, err := selectingOf(activeOfMany, s.Time/2)
	if err != nil {
		return nil, err
	}
	result, err := selectingOf(s.N, s.Time/2)
	if err != nil {
		return nil, err
	}
	result["few"] = few["ns"]
	result["growth"] = result["ns"] / few["ns"]
	return result, nil
}

func selectingOf(n int, d time.Duration) (Result, error) {
	sel, err := selectors.NewDefaultSelector()
	if err != nil {
		return nil, err
	}
	defer sel.Close()
	var idle, writers []*socket.Socket
	defer func() {
		for _, s := range append(idle, writers...) {
			s.Close()
		}
	}()
	for i := range n {
		var s *socket.Socket
		if i%(n/activeOfMany) == 0 && len(writers) < activeOfMany {
			var w *socket.Socket
			if s, w, err = socket.SocketPair(); err == nil {
				writers = append(writers, w)
			}
		} else {
			s, err = socket.New(socket.SOCK_DGRAM)
		}
		if err != nil {
			return nil, err
		}
		idle = append(idle, s)
		if _, err := sel.Register(s, selectors.EVENT_READ); err != nil {
			return nil, err
		}
	}
	b, turn := make([]byte, 1), 0
	return measure(d, times(batchSize, func() error {
		turn++
		if _, err := writers[turn%len(writers)].Send(b); err != nil {
			return err
		}
		ready, err := sel.Select(socket.NoTimeout)
		if err != nil {
			return err
		}
		if len(ready) != 1 {
			return fmt.Errorf("%d are ready, not 1", len(ready))
		}
		_, err = ready[0].Key.Fileobj.(*socket.Socket).RecvInto(b)
		return err
	}))
}
