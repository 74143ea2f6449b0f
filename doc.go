// Package socket is Python's socket module for Go: its names, its calls and its
// errors, on descriptors of its own instead of package net's connections.
//
// A Socket goes through the life that its Python counterpart goes through:
//
//	Python                                  Go
//	s = socket.socket()                     s, err := socket.New()
//	s.setsockopt(SOL_SOCKET,                err = s.SetSockOpt(socket.SOL_SOCKET,
//	             SO_REUSEADDR, 1)                  socket.SO_REUSEADDR, 1)
//	s.bind(("127.0.0.1", 8080))             err = s.Bind(socket.Addr("127.0.0.1", 8080))
//	s.listen(5)                             err = s.Listen(5)
//	conn, addr = s.accept()                 conn, addr, err := s.Accept()
//	data = conn.recv(1024)                  data, err := conn.Recv(1024)
//	conn.sendall(data)                      err = conn.SendAll(data)
//	conn.close()                            err = conn.Close()
//
// # Waiting
//
// A call that has to wait parks its goroutine in Go's runtime poller; no thread
// is held. SetTimeout bounds each call, as in Python, and Close from another
// goroutine ends it with an error that is net.ErrClosed. A call that needn't
// wait is one system call.
//
// # Errors
//
// What the kernel refuses is an *Error with Python's text. errors.Is finds the
// errno (unix.ECONNREFUSED), Python's exception class (ErrConnectionRefused,
// ErrConnection), and a timeout (ErrTimeout). A wrong argument is an
// *ArgumentError, an unknown host a *GAIError. End of stream is no error: Recv
// returns an empty slice, as in Python.
//
// # Platforms
//
// The package builds on every unix that golang.org/x/sys supports. It is run and
// tested on Linux.
package socket
