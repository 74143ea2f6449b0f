package work

import (
	"os"
	"sync/atomic"

	"example.com/socket/bench/internal/peer"
)

const mebi = 1 << 20

// fileBuffer is what a file is received into.
const fileBuffer = 256 << 10

// stream sends in one goroutine and receives in another as fast as it goes, N
// bytes a call. They are received into new memory (mode recv) or into the same
// (mode into). In mode file it is a file of N bytes that is sent, over and over.
// The operation is one MiB.
func stream(p peer.Peer, s Spec) (Result, error) {
	client, server, err := pair(p)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	defer server.Close()
	send, err := source(client, s)
	if err != nil {
		return nil, err
	}
	var stop atomic.Bool
	sent := make(chan error, 1)
	go func() { sent <- keepSending(client, send, &stop) }()
	recv := sink(server, s)
	result, err := measure(s.Time, recv)
	if err != nil {
		return nil, err
	}
	stop.Store(true)
	for n := 1.0; n > 0 && err == nil; { // until the stream ends
		n, err = recv()
	}
	if err != nil {
		return nil, err
	}
	return result, <-sent
}

// source returns what sends one piece.
func source(client peer.Stream, s Spec) (func() error, error) {
	if s.Mode != "file" {
		b := make([]byte, s.N)
		return func() error { return client.SendAll(b) }, nil
	}
	f, err := os.Open(s.File)
	if err != nil {
		return nil, err
	}
	return func() error { return client.SendFile(f, int64(s.N)) }, nil
}

func keepSending(client peer.Stream, send func() error, stop *atomic.Bool) error {
	for !stop.Load() {
		if err := send(); err != nil {
			return err
		}
	}
	return client.CloseWrite()
}

// sink returns what receives a few times. It counts MiB.
func sink(server peer.Stream, s Spec) batch {
	if s.Mode == "recv" {
		return receiving(func() (int, error) {
			b, err := server.Recv(s.N)
			return len(b), err
		})
	}
	size := s.N
	if s.Mode == "file" {
		size = fileBuffer
	}
	b := make([]byte, size)
	return receiving(func() (int, error) { return server.RecvInto(b) })
}

func receiving(recv func() (int, error)) batch {
	return func() (float64, error) {
		total := 0
		for range 4 {
			n, err := recv()
			if err != nil {
				return 0, err
			}
			total += n
		}
		return float64(total) / mebi, nil
	}
}
