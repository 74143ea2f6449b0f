//go:build unix

package selectors_test

import (
	"fmt"
	"log"
	"strings"
	"time"

	"example.com/socket"
	"example.com/socket/selectors"
)

// The example of Python's documentation of selectors, an echo server:
//
//	import selectors
//	import socket
//
//	sel = selectors.DefaultSelector()
//
//	def accept(sock, mask):
//	    conn, addr = sock.accept()  # Should be ready
//	    print('accepted', conn, 'from', addr)
//	    conn.setblocking(False)
//	    sel.register(conn, selectors.EVENT_READ, read)
//
//	def read(conn, mask):
//	    data = conn.recv(1000)  # Should be ready
//	    if data:
//	        print('echoing', repr(data), 'to', conn)
//	        conn.send(data)  # Hope it won't block
//	    else:
//	        print('closing', conn)
//	        sel.unregister(conn)
//	        conn.close()
//
//	sock = socket.socket()
//	sock.bind(('localhost', 1234))
//	sock.listen(100)
//	sock.setblocking(False)
//	sel.register(sock, selectors.EVENT_READ, accept)
//
//	while True:
//	    events = sel.select()
//	    for key, mask in events:
//	        callback = key.data
//	        callback(key.fileobj, mask)
//
// Here it listens on any port, and ends with its one client.
func Example() {
	sel, err := selectors.NewDefaultSelector() // sel = selectors.DefaultSelector()
	if err != nil {
		log.Fatal(err)
	}
	defer sel.Close()
	type callback func(sock *socket.Socket, mask selectors.Event)

	running := true
	read := func(conn *socket.Socket, mask selectors.Event) { // def read(conn, mask):
		data, err := conn.Recv(1000) // data = conn.recv(1000)
		if err != nil {
			log.Fatal(err)
		}
		if len(data) > 0 { // if data:
			fmt.Printf("echoing %q\n", data)           // print('echoing', repr(data), 'to', conn)
			if _, err := conn.Send(data); err != nil { // conn.send(data)
				log.Fatal(err)
			}
		} else { // else:
			fmt.Println("closing")                          // print('closing', conn)
			if _, err := sel.Unregister(conn); err != nil { // sel.unregister(conn)
				log.Fatal(err)
			}
			conn.Close() // conn.close()
			running = false
		}
	}
	accept := func(sock *socket.Socket, mask selectors.Event) { // def accept(sock, mask):
		conn, addr, err := sock.Accept() // conn, addr = sock.accept()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("accepted from", addr.Host())       // print('accepted', conn, 'from', addr)
		if err := conn.SetBlocking(false); err != nil { // conn.setblocking(False)
			log.Fatal(err)
		}
		// sel.register(conn, selectors.EVENT_READ, read)
		if _, err := sel.Register(conn, selectors.EVENT_READ, callback(read)); err != nil {
			log.Fatal(err)
		}
	}

	sock, err := socket.New() // sock = socket.socket()
	if err != nil {
		log.Fatal(err)
	}
	defer sock.Close()
	if err := sock.Bind(socket.Addr("localhost", 0)); err != nil { // sock.bind(('localhost', 1234))
		log.Fatal(err)
	}
	if err := sock.Listen(100); err != nil { // sock.listen(100)
		log.Fatal(err)
	}
	if err := sock.SetBlocking(false); err != nil { // sock.setblocking(False)
		log.Fatal(err)
	}
	// sel.register(sock, selectors.EVENT_READ, accept)
	if _, err := sel.Register(sock, selectors.EVENT_READ, callback(accept)); err != nil {
		log.Fatal(err)
	}
	answer := make(chan string)
	go client(sock, answer)

	for running { // while True:
		events, err := sel.Select(socket.NoTimeout) // events = sel.select()
		if err != nil {
			log.Fatal(err)
		}
		for _, e := range events { // for key, mask in events:
			call := e.Key.Data.(callback)                // callback = key.data
			call(e.Key.Fileobj.(*socket.Socket), e.Mask) // callback(key.fileobj, mask)
		}
	}
	fmt.Println("the client heard", <-answer)
	// Output:
	// accepted from 127.0.0.1
	// echoing "hello"
	// closing
	// the client heard hello
}

// client says hello to a server and sends what it answers on a channel.
func client(server *socket.Socket, answer chan<- string) {
	addr, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	s, err := socket.CreateConnection(addr)
	if err != nil {
		log.Fatal(err)
	}
	if err := s.SendAll([]byte("hello")); err != nil {
		log.Fatal(err)
	}
	data, err := s.Recv(100)
	if err != nil {
		log.Fatal(err)
	}
	s.Close()
	answer <- string(data)
}

// Python's documentation of select has no program; this is how its socket HOWTO
// calls it, in a server that holds its data back until the client can take it:
//
//	ready_to_read, ready_to_write, in_error = \
//	               select.select(
//	                  potential_readers,
//	                  potential_writers,
//	                  potential_errs,
//	                  timeout)
func ExampleSelect() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if err := a.SendAll([]byte("hello")); err != nil {
		log.Fatal(err)
	}

	potentialReaders := []*socket.Socket{a, b}
	potentialWriters := []*socket.Socket{a}
	potentialErrs := []*socket.Socket{a, b}
	readyToRead, readyToWrite, inError, err := selectors.Select(
		potentialReaders,
		potentialWriters,
		potentialErrs,
		60*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(readyToRead), readyToRead[0] == b)
	fmt.Println(len(readyToWrite), readyToWrite[0] == a)
	fmt.Println(len(inError))

	// After the timeout the lists are empty, and there is no error.
	readyToRead, _, _, err = selectors.Select([]*socket.Socket{a}, nil, nil, 10*time.Millisecond)
	fmt.Println(len(readyToRead), err)
	// Output:
	// 1 true
	// 1 true
	// 0
	// 0 <nil>
}

// A key has what was registered with it.
func ExampleSelector() {
	var sel selectors.Selector
	sel, err := selectors.NewPollSelector() // sel = selectors.PollSelector()
	if err != nil {
		log.Fatal(err)
	}
	defer sel.Close() // with selectors.PollSelector() as sel:
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()

	if _, err := sel.Register(a, selectors.EVENT_READ|selectors.EVENT_WRITE, "a's data"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sel.GetMap().Len())       // len(sel.get_map())
	ready, err := sel.Select(time.Second) // sel.select(1)
	fmt.Println(ready[0].Key.Data, ready[0].Mask, err)

	// Without data the old is gone, as in Python.
	key, err := sel.Modify(a, selectors.EVENT_READ) // sel.modify(a, selectors.EVENT_READ)
	fmt.Println(key.Data, key.Events, err)
	ready, err = sel.Select(0)
	fmt.Println(len(ready), err)

	_, err = sel.Unregister(b) // KeyError
	fmt.Println(strings.HasSuffix(err.Error(), "is not registered"))
	// Output:
	// 1
	// a's data EVENT_WRITE <nil>
	// <nil> EVENT_READ <nil>
	// 0 <nil>
	// true
}
