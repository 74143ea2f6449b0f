//go:build unix

package socketserver_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/socketserver"
	"golang.org/x/sys/unix"
)

// A server that no New made refuses its work.
func TestZeroServer(t *testing.T) {
	none := socketserver.Request{}
	for _, s := range []socketserver.Server{
		new(socketserver.TCPServer), new(socketserver.UDPServer),
		new(socketserver.ThreadingTCPServer), new(socketserver.ThreadingUnixDatagramServer),
	} {
		for name, err := range map[string]error{
			"ProcessRequest":  s.ProcessRequest(none, nil),
			"FinishRequest":   s.FinishRequest(none, nil),
			"ShutdownRequest": s.ShutdownRequest(none),
		} {
			if err == nil || !strings.Contains(err.Error(), "wasn't made by New") {
				t.Errorf("%T.%s = %v, want that it wasn't made by New", s, name, err)
			}
		}
		must(t, s.CloseRequest(none))
		must(t, s.ServerClose())
	}
	if text := stderr(t, func() { new(socketserver.TCPServer).HandleError(none, nil, nil) }); !strings.Contains(text, "<nil>") {
		t.Errorf("HandleError printed %q", text)
	}
}

// A ThreadingMixIn of no server has nobody to ask, and leaves no connection open.
func TestZeroMixIn(t *testing.T) {
	a, b, err := socket.SocketPair()
	must(t, err)
	defer b.Close()
	var m socketserver.ThreadingMixIn
	m.ProcessRequestThread(socketserver.Request{}, nil)
	m.ProcessRequestThread(socketserver.Request{Socket: a}, nil)
	if a.Fileno() != -1 {
		a.Close()
		t.Error("the request is open")
	}
}

// A Reader and a Writer that no handler made are closed ones.
func TestZeroFiles(t *testing.T) {
	var r socketserver.Reader
	var w socketserver.Writer
	_, read := r.Read(make([]byte, 1))
	_, line := r.ReadLine()
	_, lines := r.ReadLines()
	_, write := w.Write([]byte("x"))
	_, text := w.WriteString("x")
	for name, err := range map[string]error{
		"Read": read, "ReadLine": line, "ReadLines": lines, "Write": write, "WriteString": text, "Flush": w.Flush(),
	} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s = %v, want os.ErrClosed", name, err)
		}
	}
	for _, file := range []io.Closer{&r, &w} {
		must(t, file.Close())
	}
}

type timedStream struct {
	socketserver.StreamRequestHandler
}

func (h *timedStream) Setup() error {
	h.Timeout = 0
	return h.StreamRequestHandler.Setup()
}

type plainPacket struct {
	socketserver.DatagramRequestHandler
}

// What is missing is a wrong argument, and a socket that was given stays open.
func TestMissing(t *testing.T) {
	ready, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	must(t, err)
	defer ready.Close()
	s, err := socketserver.NewTCPServer(socket.Addr("127.0.0.1", 0), echo)
	must(t, err)
	defer s.ServerClose()
	var none context.Context
	stream := func(*socket.Socket, socket.Address) error { return nil }
	packet := func([]byte, socket.Address, *socket.Socket) error { return nil }
	addr := socket.Addr("127.0.0.1", 0)
	for name, err := range map[string]error{
		"server.Serve":         s.Serve(none),
		"Serve":                socketserver.Serve(none, ready, stream),
		"ServePacket":          socketserver.ServePacket(none, ready, packet),
		"ListenAndServe":       socketserver.ListenAndServe(none, addr, stream),
		"ListenAndServePacket": socketserver.ListenAndServePacket(none, addr, packet),
		"Run":                  socketserver.Run(nil, socketserver.Request{}, nil, nil),
		"a stream's handler":   socketserver.Class[timedStream](socketserver.Request{}, nil, nil),
		"a packet's handler":   socketserver.Class[plainPacket](socketserver.Request{}, nil, nil),
	} {
		if wrong := (*socket.ArgumentError)(nil); !errors.As(err, &wrong) {
			t.Errorf("%s: %v, want an ArgumentError", name, err)
		}
	}
	if ready.Fileno() < 0 {
		t.Error("the socket was closed")
	}
	s.RequestHandlerClass = nil
	if err := s.FinishRequest(socketserver.Request{}, nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("FinishRequest = %v, want an ArgumentError", err)
	}
}

// A socket that can't have datagrams ends the loop, which would never rest.
func TestDeafUDPServer(t *testing.T) {
	addr := socket.Addr("127.0.0.1", 0)
	s, err := socketserver.NewUDPServer(addr, echo, func(s *socketserver.UDPServer) { s.SocketType = socket.SOCK_STREAM })
	must(t, err)
	defer s.ServerClose()
	if err := await(t, start(s.ServeForever), "ServeForever ends"); !errors.Is(err, unix.ENOTCONN) {
		t.Errorf("ServeForever of a stream = %v, want ENOTCONN", err)
	}
	s, err = socketserver.NewUDPServer(addr, echo, func(s *socketserver.UDPServer) { s.MaxPacketSize = -1 })
	must(t, err)
	defer s.ServerClose()
	ended := start(s.ServeForever)
	client := dial(t, s.ServerAddress, socket.SOCK_DGRAM)
	must(t, client.SendAll([]byte("x")))
	if err := await(t, ended, "ServeForever ends"); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("ServeForever with MaxPacketSize -1 = %v, want an ArgumentError", err)
	}
}
