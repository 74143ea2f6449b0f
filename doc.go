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
// CreateConnection and CreateServer do the first steps in one, SocketPair makes
// two sockets that are connected, FromFd and New(Fileno(fd)) take a descriptor
// that exists.
//
// # Data
//
// Recv, RecvInto, Send and SendAll are for what is connected; RecvFrom and SendTo
// for datagrams, whose address comes and goes with them. RecvMsg and SendMsg take
// several buffers, and control messages beside the data; SendFds and RecvFds pass
// descriptors to another process that way. SendFile sends a file without copying
// it through the program. MakeFile puts a buffered File on a socket, to read lines.
//
// # Addresses
//
// An Address is a value that can be compared and be a map's key: Addr(host, port)
// for AF_INET and AF_INET6, Addr6 with flow and scope, UnixAddr for AF_UNIX; on
// Linux also types for AF_NETLINK, AF_PACKET, AF_CAN, AF_VSOCK, AF_ALG, AF_TIPC,
// AF_QIPCRTR and AF_BLUETOOTH. AddrPort and AddrFromAddrPort lead to net/netip.
//
// GetAddrInfo, GetNameInfo, GetHostByName and GetServByName are some of the
// look-ups. They use Go's resolver and the files in /etc.
//
// # Waiting
//
// A call that has to wait parks its goroutine in Go's runtime poller; no thread
// is held. SetTimeout bounds each call, as in Python, and Close from another
// goroutine ends it with an error that is net.ErrClosed. A call that needn't
// wait is one system call.
//
// In a process with few sockets, a receive that is expected to wait may first
// yield to other goroutines, up to 30 times in some 15 microseconds, and look again
// after each: an answer from another process of the machine mostly comes sooner
// than a parked thread wakes. It does so only for as long as that mostly helps.
//
// # Errors
//
// What the kernel refuses is an *Error with Python's text. errors.Is finds the
// errno (unix.ECONNREFUSED), Python's exception class (ErrConnectionRefused,
// ErrConnection), and a timeout (ErrTimeout). A wrong argument is an
// *ArgumentError, an unknown host a *GAIError. End of stream is no error: Recv
// returns an empty slice, as in Python.
//
// # Beside package net
//
// A Socket is a net.Conn, with Read that returns io.EOF, Write and deadlines, and
// a syscall.Conn; io.Copy to it uses sendfile(2). NetListener and NetPacketConn
// make a net.Listener and a net.PacketConn of it, for net/http, crypto/tls and
// others. FromConn takes a duplicate of a connection of package net's.
//
// # Platforms
//
// The package builds on every unix that golang.org/x/sys supports, and not on
// Windows. It is run and tested on Linux. A constant is there where the platform
// has it; PARITY.md in the repository lists every name of Python's with its
// counterpart and platforms.
package socket
