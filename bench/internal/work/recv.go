package work

import (
	"runtime"

	"example.com/socket/bench/internal/peer"
)

// recv sends a short message and receives it as ported programs do, into new
// memory and with room for N bytes. It counts what is allocated, too.
func recv(p peer.Peer, s Spec) (Result, error) {
	client, server, err := pair(p)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	defer server.Close()
	b := make([]byte, messageSize)
	ops := 0.0
	one := times(batchSize, func() error {
		if err := client.Send(b); err != nil {
			return err
		}
		got, err := server.Recv(s.N)
		if err == nil && len(got) != len(b) {
			err = errShort
		}
		return err
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	result, err := measure(s.Time, func() (float64, error) {
		n, err := one()
		ops += n
		return n, err
	})
	if err != nil {
		return nil, err
	}
	runtime.ReadMemStats(&after)
	result["allocs"] = float64(after.Mallocs-before.Mallocs) / ops
	result["bytes"] = float64(after.TotalAlloc-before.TotalAlloc) / ops
	return result, nil
}
