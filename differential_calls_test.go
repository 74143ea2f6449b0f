//go:build linux

package socket_test

import (
	"slices"

	"example.com/socket"
)

// diffFunctions are the functions of Python's module, by name. The helpers of
// rows join them.
var diffFunctions = map[string]func(*diffCall) (any, error){
	"socket": func(c *diffCall) (any, error) {
		s, err := socket.New(c.socketArgs(0)...)
		if err == nil {
			c.disown(s.Fileno())
		}
		return diffResult(s, err)
	},
	"socketpair": func(c *diffCall) (any, error) {
		return pair(socket.SocketPair(c.socketArgs(0)...))
	},
	"fromfd": func(c *diffCall) (any, error) {
		return diffResult(socket.FromFd(c.int(0), c.socketArgs(1)...))
	},
	"close": func(c *diffCall) (any, error) {
		c.disown(c.int(0))
		return nil, socket.CloseFd(c.int(0))
	},
	"create_connection": (*diffCall).createConnection,
	"create_server":     (*diffCall).createServer,
	"has_dualstack_ipv6": func(*diffCall) (any, error) {
		return socket.HasDualStackIPv6(), nil
	},
	"getdefaulttimeout": func(*diffCall) (any, error) {
		return socket.GetDefaultTimeout(), nil
	},
	"setdefaulttimeout": func(c *diffCall) (any, error) {
		return nil, socket.SetDefaultTimeout(c.timeout(c.at(0)))
	},
}

// createConnection is create_connection(address, timeout, source_address, *,
// all_errors).
func (c *diffCall) createConnection() (any, error) {
	var opts []socket.ConnOption
	if c.has(1) || c.keywords["timeout"] != nil {
		opts = append(opts, socket.Timeout(c.timeout(c.arg(1, "timeout", nil))))
	} else if _, ok := c.keywords["timeout"]; ok {
		opts = append(opts, socket.Timeout(socket.NoTimeout))
	}
	if source := c.arg(2, "source_address", nil); source != nil {
		opts = append(opts, socket.SourceAddress(c.address(source)))
	}
	if all, ok := c.keywords["all_errors"].(bool); ok {
		opts = append(opts, socket.AllErrors(all))
	}
	return diffResult(socket.CreateConnection(c.addr(0), opts...))
}

// createServer is create_server(address, *, family, backlog, reuse_port,
// dualstack_ipv6).
func (c *diffCall) createServer() (any, error) {
	var opts []socket.ServerOption
	for name, v := range c.keywords {
		switch name {
		case "family":
			opts = append(opts, socket.AddressFamily(c.diffRun.int(v)))
		case "backlog":
			opts = append(opts, socket.Backlog(c.diffRun.int(v)))
		case "reuse_port":
			opts = append(opts, socket.ReusePort(v.(bool)))
		case "dualstack_ipv6":
			opts = append(opts, socket.DualStackIPv6(v.(bool)))
		}
	}
	return diffResult(socket.CreateServer(c.addr(0), opts...))
}

// diffMethods are the methods of Python's sockets, by name.
var diffMethods = map[string]func(*socket.Socket, *diffCall) (any, error){
	"accept": func(s *socket.Socket, _ *diffCall) (any, error) {
		return pair(s.Accept())
	},
	"bind": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.Bind(c.addr(0))
	},
	"close": func(s *socket.Socket, _ *diffCall) (any, error) {
		return nil, s.Close()
	},
	"connect": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.Connect(c.addr(0))
	},
	"connect_ex": func(s *socket.Socket, c *diffCall) (any, error) {
		errno, err := s.ConnectEx(c.addr(0))
		// For a closed socket Go has the errno and the error.
		if errno != 0 {
			return errno, nil
		}
		return diffResult(errno, err)
	},
	"detach": func(s *socket.Socket, c *diffCall) (any, error) {
		fd, err := s.Detach()
		if fd >= 0 {
			c.fds = append(c.fds, fd)
		}
		return diffResult(diffFd(fd), err)
	},
	"dup": func(s *socket.Socket, _ *diffCall) (any, error) {
		return diffResult(s.Dup())
	},
	"fileno": func(s *socket.Socket, _ *diffCall) (any, error) {
		return diffFd(s.Fileno()), nil
	},
	"getblocking": func(s *socket.Socket, _ *diffCall) (any, error) {
		return s.GetBlocking(), nil
	},
	"get_inheritable": func(s *socket.Socket, _ *diffCall) (any, error) {
		return diffResult(s.GetInheritable())
	},
	"getpeername": func(s *socket.Socket, _ *diffCall) (any, error) {
		return diffResult(s.GetPeerName())
	},
	"getsockname": func(s *socket.Socket, _ *diffCall) (any, error) {
		return diffResult(s.GetSockName())
	},
	"getsockopt": func(s *socket.Socket, c *diffCall) (any, error) {
		if c.has(2) {
			return diffResult(s.GetSockOptBytes(socket.Proto(c.int(0)), c.int(1), c.int(2)))
		}
		return diffResult(s.GetSockOpt(socket.Proto(c.int(0)), c.int(1)))
	},
	"gettimeout": func(s *socket.Socket, _ *diffCall) (any, error) {
		return s.GetTimeout(), nil
	},
	"listen": func(s *socket.Socket, c *diffCall) (any, error) {
		if c.has(0) {
			return nil, s.Listen(c.int(0))
		}
		return nil, s.Listen()
	},
	"makefile": func(s *socket.Socket, c *diffCall) (any, error) {
		return diffResult(s.MakeFile(c.text(0)))
	},
	"recv": func(s *socket.Socket, c *diffCall) (any, error) {
		return diffResult(s.Recv(c.int(0), c.flags(1)...))
	},
	"recv_into": func(s *socket.Socket, c *diffCall) (any, error) {
		return diffResult(s.RecvInto(c.buffer(0, 1), c.flags(2)...))
	},
	"recvmsg": func(s *socket.Socket, c *diffCall) (any, error) {
		data, anc, flags, addr, err := s.RecvMsg(c.int(0), c.diffRun.int(c.arg(1, "", 0)), c.flags(2)...)
		return diffResult(diffTuple{data, c.controlItems(anc), flags, addr}, err)
	},
	"recvmsg_into": func(s *socket.Socket, c *diffCall) (any, error) {
		n, anc, flags, addr, err := s.RecvMsgInto(c.buffers(0), c.diffRun.int(c.arg(1, "", 0)), c.flags(2)...)
		return diffResult(diffTuple{n, c.controlItems(anc), flags, addr}, err)
	},
	"recvfrom": func(s *socket.Socket, c *diffCall) (any, error) {
		return pair(s.RecvFrom(c.int(0), c.flags(1)...))
	},
	"recvfrom_into": func(s *socket.Socket, c *diffCall) (any, error) {
		return pair(s.RecvFromInto(c.buffer(0, 1), c.flags(2)...))
	},
	"send": func(s *socket.Socket, c *diffCall) (any, error) {
		return diffResult(s.Send(c.bytes(0), c.flags(1)...))
	},
	"sendall": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.SendAll(c.bytes(0), c.flags(1)...)
	},
	"sendfile": func(s *socket.Socket, c *diffCall) (any, error) {
		count := -1
		if v := c.arg(2, "count", nil); v != nil {
			count = c.diffRun.int(v)
		}
		n, err := s.SendFile(c.file0(), int64(c.diffRun.int(c.arg(1, "offset", 0))), int64(count))
		return diffResult(int(n), err)
	},
	"sendmsg": func(s *socket.Socket, c *diffCall) (any, error) {
		return diffResult(s.SendMsg(c.buffers(0), c.controlMessages(1), c.address(c.arg(3, "", nil)), c.flags(2)...))
	},
	"sendto": func(s *socket.Socket, c *diffCall) (any, error) {
		if c.has(2) {
			return diffResult(s.SendTo(c.bytes(0), c.addr(2), c.flags(1)...))
		}
		return diffResult(s.SendTo(c.bytes(0), c.addr(1)))
	},
	"set_inheritable": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.SetInheritable(c.int(0) != 0)
	},
	"setblocking": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.SetBlocking(c.int(0) != 0)
	},
	"setsockopt": func(s *socket.Socket, c *diffCall) (any, error) {
		level, opt := socket.Proto(c.int(0)), c.int(1)
		switch v := c.at(2).(type) {
		case nil:
			return nil, s.SetSockOptNone(level, opt, c.int(3))
		case []byte:
			return nil, s.SetSockOptBytes(level, opt, v)
		}
		return nil, s.SetSockOpt(level, opt, c.int(2))
	},
	"settimeout": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.SetTimeout(c.timeout(c.at(0)))
	},
	"shutdown": func(s *socket.Socket, c *diffCall) (any, error) {
		return nil, s.Shutdown(c.int(0))
	},
}

// disown forgets a descriptor that the row closes, or that a socket takes over.
func (r *diffRun) disown(fd int) {
	r.fds = slices.DeleteFunc(r.fds, func(n int) bool { return n == fd })
}

// buffer returns argument i, a bytearray, cut to the length that argument n
// gives; 0 is the whole of it.
func (c *diffCall) buffer(i, n int) []byte {
	b := c.bytes(i)
	if c.has(n) && c.int(n) > 0 {
		return b[:c.int(n)]
	}
	return b
}

// diffResult turns a call's result of whatever type into a value.
func diffResult[T any](value T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return value, nil
}

// pair is diffResult for a call that returns two.
func pair[T, U any](first T, second U, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return diffTuple{first, second}, nil
}
