//go:build unix

// Chat is a room in which everybody hears what the others say: a server for many
// clients in one goroutine, which waits in select for whoever comes first.
//
//	go run ./examples/chat [-host 127.0.0.1] [-port 8080] [-n clients]
//	nc 127.0.0.1 8080
//
// Any program that sends lines is a client, such as nc. The Python program is
// examples/testdata/chat.py. It ends when n clients have come and gone.
//
// A client that doesn't read must not hold up the others: what can't be sent yet
// is held, and the client asked after in select's second list. Who lets more than
// 64 KiB pile up, or says as much without an end of line, is thrown out.
package main

import (
	"bytes"
	"fmt"
	"strings"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
	"example.com/socket/selectors"
)

// LIMIT, HELD = 4096, 65536
const (
	limit = 4096
	held  = 65536
)

// class Client: what is known of one, with the socket that Python has as the key.
type client struct {
	conn *socket.Socket
	name string // self.name, self.said, self.held = name, b'', b''
	said []byte // a line that hasn't ended
	held []byte // what can't be sent yet
}

// A room has what the Python program has in global variables. Python's dict keeps
// the order in which its keys came, which Go's map doesn't.
type room struct {
	clients []*client // clients = {}
	came    uint
}

func main() {
	// most = int(sys.argv[3]) if len(sys.argv) > 3 else -1
	most := program.Count("clients")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 8080)
	program.Exit(run(where, *most))
}

func run(where socket.Address, most uint) error {
	// with socket.create_server(where) as listener:
	listener, err := socket.CreateServer(where)
	if err != nil {
		return err
	}
	defer listener.Close()
	// A signal closes one end of a pair, so that the other can be read and ends
	// the wait. In Python KeyboardInterrupt does.
	stop, signalled, err := socket.SocketPair()
	if err != nil {
		return err
	}
	defer stop.Close()
	defer signalled.Close()
	defer program.CloseOnSignal(signalled)()
	// listener.setblocking(False)
	if err := listener.SetBlocking(false); err != nil {
		return err
	}
	// print('listening on %s:%d' % listener.getsockname())
	if err := program.Listening(listener); err != nil {
		return err
	}
	var r room // came = 0
	// while came != most or clients:
	for most == 0 || r.came != most || len(r.clients) > 0 {
		// door = [listener] if came != most else []
		readers := []*socket.Socket{stop}
		if most == 0 || r.came != most {
			readers = append(readers, listener)
		}
		if stopped, err := r.turn(readers, listener, stop); stopped || err != nil {
			return err
		}
	}
	return nil
}

// turn waits for whoever comes first, of readers and the clients.
func (r *room) turn(readers []*socket.Socket, listener, stop *socket.Socket) (stopped bool, err error) {
	// talking = [conn for conn, client in clients.items() if client.held]
	var talking []*socket.Socket
	var gone []*client
	for _, c := range r.clients {
		readers = append(readers, c.conn)
		if len(c.held) > 0 {
			talking = append(talking, c.conn)
		}
		// gone = [conn for conn in talking if len(clients[conn].held) > HELD]
		if len(c.held) > held {
			gone = append(gone, c)
		}
	}
	// readable, writable, _ = select.select(door + [*clients], talking, [])
	readable, writable, _, err := selectors.Select(readers, talking, nil, socket.NoTimeout)
	if err != nil {
		return false, err
	}
	// for conn in readable:
	for _, conn := range readable {
		switch conn {
		case stop:
			return true, nil
		case listener: // if conn is listener:
			if err := r.welcome(listener); err != nil {
				return false, err
			}
			// continue
			continue
		}
		// try: if not hear(conn): gone.append(conn), except OSError: the same
		if c := r.of(conn); !r.hear(c) {
			gone = append(gone, c)
		}
	}
	// for conn in writable:
	for _, conn := range writable {
		// try: write(conn), except OSError: gone.append(conn)
		if c := r.of(conn); !c.write() {
			gone = append(gone, c)
		}
	}
	r.dismiss(gone)
	return false, nil
}

func (r *room) welcome(listener *socket.Socket) error {
	// conn, _ = listener.accept()
	conn, _, err := listener.Accept()
	if err != nil {
		return err
	}
	// conn.setblocking(False)
	if err := conn.SetBlocking(false); err != nil {
		return err
	}
	// came += 1
	r.came++
	// clients[conn] = Client(b'guest %d' % came), def __init__(self, name):
	c := &client{conn: conn, name: fmt.Sprint("guest ", r.came)}
	r.clients = append(r.clients, c)
	// tell(clients[conn].name + b' has come', but=conn)
	r.tell(c.name+" has come", c)
	return nil
}

// of finds who has a socket: client = clients[conn]
func (r *room) of(conn *socket.Socket) *client {
	for _, c := range r.clients {
		if c.conn == conn {
			return c
		}
	}
	return nil
}

// def tell(line, but=None):
func (r *room) tell(line string, but *client) {
	// print(line.decode('utf-8', 'replace'))
	fmt.Println(strings.ToValidUTF8(line, "\ufffd"))
	// for conn, client in clients.items():
	for _, c := range r.clients {
		// if conn is not but:
		if c != but {
			// client.held += line + b'\n'
			c.held = append(append(c.held, line...), '\n')
		}
	}
}

// hear is false if c has left or says too much.
func (r *room) hear(c *client) bool {
	// chunk = conn.recv(LIMIT)
	chunk, err := c.conn.Recv(limit)
	if err != nil {
		return false
	}
	// *lines, client.said = (client.said + chunk).split(b'\n')
	lines := bytes.Split(append(c.said, chunk...), []byte("\n"))
	c.said = bytes.Clone(lines[len(lines)-1])
	// for line in lines:
	for _, line := range lines[:len(lines)-1] {
		// tell(client.name + b': ' + line.rstrip(b'\r'), but=conn)
		r.tell(c.name+": "+strings.TrimRight(string(line), "\r"), c)
	}
	// return len(chunk) > 0 and len(client.said) <= HELD
	return len(chunk) > 0 && len(c.said) <= held
}

// write sends what is held, as far as that goes.
func (c *client) write() bool {
	// client.held = client.held[conn.send(client.held):]
	n, err := c.conn.Send(c.held)
	c.held = c.held[n:]
	return err == nil
}

func (r *room) dismiss(gone []*client) {
	// for conn in dict.fromkeys(gone):
	for _, c := range gone {
		// name = clients.pop(conn).name
		i := 0
		for i < len(r.clients) && r.clients[i] != c {
			i++
		}
		if i == len(r.clients) {
			continue // it was in the list twice
		}
		r.clients = append(r.clients[:i], r.clients[i+1:]...)
		// conn.close()
		c.conn.Close()
		// tell(name + b' has left')
		r.tell(c.name+" has left", nil)
	}
}
