//go:build unix

package socket_test

import (
	"fmt"
	"testing"
	"time"

	"example.com/socket"
)

// The benchmarks measure the library alone; the nested module bench/ puts it
// side by side with its peers.

// benchPair returns two connected TCP sockets.
func benchPair(b *testing.B, timeout time.Duration) (client, server *socket.Socket) {
	b.Helper()
	l, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	addr, err := l.GetSockName()
	if err != nil {
		b.Fatal(err)
	}
	client, err = socket.CreateConnection(addr)
	if err != nil {
		b.Fatal(err)
	}
	server, _, err = l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range []*socket.Socket{client, server} {
		s.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		s.SetTimeout(timeout)
		b.Cleanup(func() { s.Close() })
	}
	return client, server
}

// timeouts are those that the round trips are measured with: none, and one that
// is never hit.
var timeouts = map[string]time.Duration{"NoTimeout": socket.NoTimeout, "5s": 5 * time.Second}

func BenchmarkRoundTrip(b *testing.B) {
	for name, timeout := range timeouts {
		b.Run(name, func(b *testing.B) {
			client, server := benchPair(b, timeout)
			buf := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				client.Send(buf)
				server.RecvInto(buf)
				server.Send(buf)
				client.RecvInto(buf)
			}
		})
	}
}

func BenchmarkRoundTripTwoGoroutines(b *testing.B) {
	for name, timeout := range timeouts {
		b.Run(name, func(b *testing.B) {
			client, server := benchPair(b, timeout)
			go echo(server)
			buf := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Send(buf); err != nil {
					b.Fatal(err)
				}
				if _, err := client.RecvInto(buf); err != nil {
					b.Fatal(err)
				}
			}
			client.Shutdown(socket.SHUT_WR)
		})
	}
}

// echo sends back what arrives until the stream ends.
func echo(s *socket.Socket) {
	buf := make([]byte, 64)
	for {
		n, err := s.RecvInto(buf)
		if n == 0 || err != nil {
			return
		}
		s.Send(buf[:n])
	}
}

func BenchmarkUDP(b *testing.B) {
	for _, size := range []int{64, 1400} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, err := socket.New(socket.SOCK_DGRAM)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
				b.Fatal(err)
			}
			addr, err := s.GetSockName()
			if err != nil {
				b.Fatal(err)
			}
			buf := make([]byte, size)
			b.ReportAllocs()
			for b.Loop() {
				s.SendTo(buf, addr)
				s.RecvFromInto(buf)
			}
		})
	}
}

func BenchmarkConnectAcceptClose(b *testing.B) {
	l, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	addr, err := l.GetSockName()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := socket.New()
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Connect(addr); err != nil {
			b.Fatal(err)
		}
		s, _, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
		s.Close()
	}
}

func BenchmarkRecv(b *testing.B) {
	client, server := benchPair(b, socket.NoTimeout)
	buf := make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		client.Send(buf)
		server.Recv(65536)
	}
}
