//go:build unix

// Selectors_echo echoes what its clients say, all of them in one goroutine: the
// example of Python's documentation of selectors, as a program.
//
//	go run ./examples/selectors_echo [-host 127.0.0.1] [-port 1234] [-n clients]
//	nc 127.0.0.1 1234
//
// The Python program is examples/testdata/selectors_echo.py. It ends when n
// clients have come and gone.
//
// In Go a goroutine for each client does the same with less: it calls Recv and
// SendAll, and needs no selector. This is for what was written for one. Its send
// may take a part of the data only, if a client doesn't read; the chat example has
// what to do then.
package main

import (
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
	"example.com/socket/selectors"
)

// WAITING, LIMIT = 100, 1000
const (
	waiting = 100
	limit   = 1000
)

// A server has what the Python program has in global variables.
type server struct {
	sel  *selectors.DefaultSelector
	left int // clients that may come; below 0 any number
}

// A client is what is registered with a socket.
type client struct {
	callback func(s *socket.Socket, mask selectors.Event) error
	peer     socket.Address
}

func main() {
	// left = int(sys.argv[3]) if len(sys.argv) > 3 else -1
	clients := program.Count("clients")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 1234)
	program.Exit(run(where, *clients))
}

func run(where socket.Address, clients uint) error {
	// sel = selectors.DefaultSelector()
	sel, err := selectors.NewDefaultSelector()
	if err != nil {
		return err
	}
	defer sel.Close()
	defer program.CloseOnSignal(sel)()
	s := &server{sel: sel, left: int(clients)}
	if clients == 0 {
		s.left = -1
	}

	// with socket.create_server(where, backlog=WAITING) as listener:
	listener, err := socket.CreateServer(where, socket.Backlog(waiting))
	if err != nil {
		return err
	}
	defer listener.Close()
	// listener.setblocking(False)
	if err := listener.SetBlocking(false); err != nil {
		return err
	}
	// sel.register(listener, selectors.EVENT_READ, (greet, None))
	if _, err := sel.Register(listener, selectors.EVENT_READ, client{s.greet, nil}); err != nil {
		return err
	}
	// print('listening on %s:%d' % listener.getsockname())
	if err := program.Listening(listener); err != nil {
		return err
	}
	// while sel.get_map():
	for sel.GetMap().Len() > 0 {
		// for key, mask in sel.select():
		ready, err := sel.Select(socket.NoTimeout)
		if err != nil {
			return err
		}
		for _, r := range ready {
			// callback = key.data[0]
			callback := r.Key.Data.(client).callback
			// callback(key.fileobj, mask)
			if err := callback(r.Key.Fileobj.(*socket.Socket), r.Mask); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *server) greet(listener *socket.Socket, mask selectors.Event) error {
	// conn, peer = listener.accept()
	conn, peer, err := listener.Accept()
	if err != nil {
		return err
	}
	// print('accepted', peer)
	fmt.Println("accepted", program.Tuple(peer))
	// conn.setblocking(False)
	if err := conn.SetBlocking(false); err != nil {
		return err
	}
	// sel.register(conn, selectors.EVENT_READ, (echo, peer))
	if _, err := s.sel.Register(conn, selectors.EVENT_READ, client{s.echo, peer}); err != nil {
		return err
	}
	// global left: left -= 1
	s.left--
	// if left == 0:
	if s.left == 0 {
		// sel.unregister(listener)
		_, err = s.sel.Unregister(listener)
	}
	return err
}

func (s *server) echo(conn *socket.Socket, mask selectors.Event) error {
	// chunk = conn.recv(LIMIT)
	chunk, problem := conn.Recv(limit)
	// if chunk:
	if len(chunk) > 0 {
		// print('echoing', chunk)
		fmt.Println("echoing", program.Bytes(chunk))
		// conn.send(chunk)
		if _, problem = conn.Send(chunk); problem == nil {
			// return
			return nil
		}
	}
	// except OSError as problem: print(problem, file=sys.stderr)
	if problem != nil {
		program.Note(problem)
	}
	// print('closing', sel.unregister(conn).data[1])
	key, err := s.sel.Unregister(conn)
	if err != nil {
		return err
	}
	fmt.Println("closing", program.Tuple(key.Data.(client).peer))
	// conn.close()
	return conn.Close()
}
