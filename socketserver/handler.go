//go:build unix

package socketserver

import (
	"errors"
	"time"

	"example.com/socket"
)

// A Handler handles one request. A type that embeds BaseRequestHandler, or one of
// the two that embed that, is one, and overrides what it needs: most often Handle.
type Handler interface {
	// Setup is called first. If it fails, Handle and Finish aren't called.
	Setup() error
	// Handle does the work.
	Handle() error
	// Finish is called after Handle, also if that failed or panicked.
	Finish() error

	begin(request Request, client socket.Address, server Server)
}

// Class makes a RequestHandlerClass of a type of handler. Each request gets a
// new one, with all its fields zero, and it is run by Run.
//
//	socketserver.NewTCPServer(addr, socketserver.Class[MyTCPHandler])
func Class[H any, P interface {
	*H
	Handler
}](request Request, client socket.Address, server Server) error {
	return Run(P(new(H)), request, client, server)
}

// Run handles a request with h: it calls Setup, Handle and Finish, as the
// constructor of Python's BaseRequestHandler does. With it a handler can be made
// that has fields of its own to begin with, as by functools.partial in Python:
//
//	func(request socketserver.Request, client socket.Address, server socketserver.Server) error {
//		return socketserver.Run(&MyHandler{db: db}, request, client, server)
//	}
//
// The error is Handle's or Finish's, or both joined.
func Run(h Handler, request Request, client socket.Address, server Server) (err error) {
	if h == nil {
		return errMissing("socketserver", "handler", "a Handler")
	}
	h.begin(request, client, server)
	if err := h.Setup(); err != nil {
		return err
	}
	defer func() {
		if failed := h.Finish(); failed != nil {
			err = join(err, failed)
		}
	}()
	return h.Handle()
}

// join leaves an error that is alone as it is.
func join(err, failed error) error {
	if err == nil {
		return failed
	}
	return errors.Join(err, failed)
}

// BaseRequestHandler is what every handler embeds: Python's
// socketserver.BaseRequestHandler. Its methods do nothing.
type BaseRequestHandler struct {
	// Request is the connection; of a datagram it is the Packet, with the server's
	// socket.
	Request Request
	// ClientAddress is where the request comes from. It is UnixAddr("") for an
	// AF_UNIX connection without a name, nil for such a datagram.
	ClientAddress socket.Address
	// Server is the server. h.Server.(*MyServer) has its fields.
	Server Server
}

func (h *BaseRequestHandler) begin(request Request, client socket.Address, server Server) {
	h.Request, h.ClientAddress, h.Server = request, client, server
}

// Setup does nothing: Python's setup().
func (h *BaseRequestHandler) Setup() error { return nil }

// Handle does nothing: Python's handle().
func (h *BaseRequestHandler) Handle() error { return nil }

// Finish does nothing: Python's finish().
func (h *BaseRequestHandler) Finish() error { return nil }

// StreamRequestHandler reads and writes a connection as a file: Python's
// socketserver.StreamRequestHandler.
//
// Its first four fields are what Python's class sets in its body. They have
// Python's values before Setup; a handler that wants others overrides Setup, sets
// them, and calls StreamRequestHandler.Setup, which goes by them:
//
//	func (h *MyHandler) Setup() error {
//		h.Timeout = 10 * time.Second
//		return h.StreamRequestHandler.Setup()
//	}
//
// What is set before that, in a handler given to Run, is lost.
type StreamRequestHandler struct {
	BaseRequestHandler

	// Rbufsize is the size of Rfile's buffer: -1 (the default) is 8192 bytes. With
	// 0 Rfile receives no more than is asked for, a line byte by byte; what comes
	// after it can be received from Connection then.
	Rbufsize int
	// Wbufsize is the size of Wfile's buffer: 0 (the default) is none, -1 is 8192
	// bytes.
	Wbufsize int
	// Timeout is what Setup sets as the connection's timeout. With
	// socket.NoTimeout (the default; Python's None) it sets none.
	Timeout time.Duration
	// DisableNagleAlgorithm has Setup set TCP_NODELAY.
	DisableNagleAlgorithm bool

	// Connection is the request's socket.
	Connection *socket.Socket
	// Rfile reads from the connection.
	Rfile *Reader
	// Wfile writes to the connection. What its buffer holds, if it has one, is
	// sent by Finish.
	Wfile *Writer
}

func (h *StreamRequestHandler) begin(request Request, client socket.Address, server Server) {
	h.BaseRequestHandler.begin(request, client, server)
	h.Rbufsize, h.Wbufsize, h.Timeout, h.DisableNagleAlgorithm = -1, 0, socket.NoTimeout, false
}

// Setup makes Rfile and Wfile, after having set what the fields say: Python's
// setup(). Errors: a *socket.ArgumentError for a wrong Timeout or a Request without
// a connection, ENOPROTOOPT or the like if DisableNagleAlgorithm is set and the
// connection isn't TCP.
func (h *StreamRequestHandler) Setup() error {
	if h.Connection = h.Request.Socket; h.Connection == nil {
		return errMissing("setup", "Request.Socket", "a connection")
	}
	if h.Timeout != socket.NoTimeout {
		if err := h.Connection.SetTimeout(h.Timeout); err != nil {
			return err
		}
	}
	if h.DisableNagleAlgorithm {
		if err := h.Connection.SetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); err != nil {
			return err
		}
	}
	h.Rfile = newReader(h.Connection, h.Rbufsize)
	h.Wfile = newWriter(h.Connection, h.Wbufsize)
	return nil
}

// Finish flushes Wfile and closes both files: Python's finish(). That the rest
// can't be sent is no error.
func (h *StreamRequestHandler) Finish() error {
	if h.Wfile != nil {
		h.Wfile.Close()
		h.Rfile.Close()
	}
	return nil
}

// DatagramRequestHandler reads a datagram as a file, and answers with what was
// written: Python's socketserver.DatagramRequestHandler. So one Handle can serve
// streams and datagrams.
type DatagramRequestHandler struct {
	BaseRequestHandler

	// Packet is the datagram.
	Packet []byte
	// Socket is the server's socket.
	Socket *socket.Socket
	// Rfile reads the datagram.
	Rfile *Reader
	// Wfile keeps what Finish sends.
	Wfile *Writer
}

// Setup makes Rfile and Wfile: Python's setup().
func (h *DatagramRequestHandler) Setup() error {
	h.Packet, h.Socket = h.Request.Packet, h.Request.Socket
	h.Rfile = newPacketReader(h.Packet)
	h.Wfile = newPacketWriter()
	return nil
}

// Finish sends one datagram with all that was written to Wfile to ClientAddress:
// Python's finish(). It is sent also if nothing was written, an empty one then.
// The errors are those of socket.Socket.SendTo; a client without an address, or a
// Request without a socket, is a *socket.ArgumentError.
func (h *DatagramRequestHandler) Finish() error {
	if h.Wfile == nil {
		return nil
	}
	if h.Socket == nil {
		return errMissing("finish", "Socket", "the server's socket")
	}
	_, err := h.Socket.SendTo(h.Wfile.packet(), h.ClientAddress)
	return err
}
