package work

import (
	"errors"

	"example.com/socket/bench/internal/peer"
)

// pair returns the two ends of a TCP connection, without Nagle's delay.
func pair(p peer.Peer) (client, server peer.Stream, err error) {
	l, err := p.Listen()
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	return connected(p, l)
}

// connected returns the two ends of a new connection to l.
func connected(p peer.Peer, l peer.Listener) (client, server peer.Stream, err error) {
	addr, err := l.Addr()
	if err != nil {
		return nil, nil, err
	}
	if client, err = p.Dial(addr); err != nil {
		return nil, nil, err
	}
	if server, err = l.Accept(); err != nil {
		client.Close()
		return nil, nil, err
	}
	if err := errors.Join(client.NoDelay(), server.NoDelay()); err != nil {
		client.Close()
		server.Close()
		return nil, nil, err
	}
	return client, server, nil
}

// errShort says that a message came in pieces, or not at all.
var errShort = errors.New("a message didn't come whole")

// ask sends b and waits for an answer of the same size.
func ask(s peer.Stream, b []byte) error {
	if err := s.Send(b); err != nil {
		return err
	}
	return want(s, b)
}

// want receives a message of the size of b.
func want(s peer.Stream, b []byte) error {
	n, err := s.RecvInto(b)
	if err == nil && n != len(b) {
		err = errShort
	}
	return err
}

// echo sends back what comes until the stream ends.
func echo(s peer.Stream, b []byte) error {
	for {
		n, err := s.RecvInto(b)
		if n == 0 || err != nil {
			return err
		}
		if err := s.Send(b[:n]); err != nil {
			return err
		}
	}
}
