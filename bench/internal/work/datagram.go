package work

import (
	"net/netip"

	"example.com/socket/bench/internal/peer"
)

// datagram sends N bytes over UDP and receives them, with the address of the
// sender, in one goroutine. The sender is connected or names the address at each
// call (mode unconnected).
func datagram(p peer.Peer, s Spec) (Result, error) {
	server, err := p.Datagram(netip.AddrPort{}, false)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	addr, err := server.Addr()
	if err != nil {
		return nil, err
	}
	client, err := p.Datagram(addr, s.Mode == "connected")
	if err != nil {
		return nil, err
	}
	defer client.Close()
	if s.Timeout > 0 {
		if client, err = client.WithTimeout(s.Timeout); err != nil {
			return nil, err
		}
		if server, err = server.WithTimeout(s.Timeout); err != nil {
			return nil, err
		}
	}
	b := make([]byte, s.N)
	return measure(s.Time, times(batchSize, func() error {
		if err := client.Send(b); err != nil {
			return err
		}
		n, err := server.RecvFrom(b)
		if err == nil && n != len(b) {
			err = errShort
		}
		return err
	}))
}
