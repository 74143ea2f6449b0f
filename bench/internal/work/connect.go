package work

import "example.com/socket/bench/internal/peer"

// connect makes a connection, accepts it and closes both ends, in one goroutine.
// No more than N are made: each leaves a port in TIME_WAIT.
func connect(p peer.Peer, s Spec) (Result, error) {
	l, err := p.Listen()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	addr, err := l.Addr()
	if err != nil {
		return nil, err
	}
	return measureUpTo(float64(s.N), s.Time, times(8, func() error {
		client, err := p.Dial(addr)
		if err != nil {
			return err
		}
		server, err := l.Accept()
		if err != nil {
			client.Close()
			return err
		}
		if err := client.Close(); err != nil {
			server.Close()
			return err
		}
		return server.Close()
	}))
}
