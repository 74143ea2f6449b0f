package work

import (
	"net/netip"
	"os"
	"os/exec"
	"strconv"

	"example.com/socket/bench/internal/peer"
)

// roundTrip sends a message of N bytes there and back over one connection. Both
// ends are in one goroutine (mode one), in two, or in two processes.
func roundTrip(p peer.Peer, s Spec) (Result, error) {
	if s.Mode == "processes" {
		return roundTripProcesses(p, s)
	}
	client, server, err := pair(p)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	defer client.Close()
	if s.Timeout > 0 {
		if client, err = client.WithTimeout(s.Timeout); err != nil {
			return nil, err
		}
		if server, err = server.WithTimeout(s.Timeout); err != nil {
			return nil, err
		}
	}
	if s.Mode == "one" {
		return roundTripOne(client, server, s)
	}
	return roundTripTwo(client, server, s)
}

func roundTripOne(client, server peer.Stream, s Spec) (Result, error) {
	b := make([]byte, s.N)
	return measure(s.Time, times(batchSize, func() error {
		if err := client.Send(b); err != nil {
			return err
		}
		if err := want(server, b); err != nil {
			return err
		}
		if err := server.Send(b); err != nil {
			return err
		}
		return want(client, b)
	}))
}

func roundTripTwo(client, server peer.Stream, s Spec) (Result, error) {
	echoed := make(chan error, 1)
	go func() { echoed <- echo(server, make([]byte, s.N)) }()
	b := make([]byte, s.N)
	result, err := measure(s.Time, times(batchSize, func() error { return ask(client, b) }))
	if err != nil {
		return nil, err
	}
	if err := client.CloseWrite(); err != nil {
		return nil, err
	}
	return result, <-echoed
}

func roundTripProcesses(p peer.Peer, s Spec) (Result, error) {
	l, err := p.Listen()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	other, err := start(l, echoing, os.Args[2])
	if err != nil {
		return nil, err
	}
	client, err := l.Accept()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	if err := client.NoDelay(); err != nil {
		return nil, err
	}
	b := make([]byte, s.N)
	result, err := measure(s.Time, times(batchSize, func() error { return ask(client, b) }))
	if err != nil {
		return nil, err
	}
	if err := client.CloseWrite(); err != nil {
		return nil, err
	}
	return result, other.Wait()
}

// start runs this program again, as the other end of connections to l.
func start(l peer.Listener, args ...string) (*exec.Cmd, error) {
	cmd, err := command(l, args...)
	if err != nil {
		return nil, err
	}
	return cmd, cmd.Start()
}

func command(l peer.Listener, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := l.Addr()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, append(args, strconv.Itoa(int(addr.Port())))...)
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// echoTo connects to a port of this machine and echoes until the stream ends.
func echoTo(name, port string) error {
	p := peer.All()[name]
	to, err := loopback(port)
	if err != nil {
		return err
	}
	s, err := p.Dial(to)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.NoDelay(); err != nil {
		return err
	}
	return echo(s, make([]byte, 65536))
}

func loopback(port string) (netip.AddrPort, error) { return netip.ParseAddrPort("127.0.0.1:" + port) }
