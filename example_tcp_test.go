//go:build unix

package socket_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

func ExampleSocket_Connect() {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	name, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}

	client, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	// client.connect((name, port)): a name is looked up.
	fmt.Println(client.Connect(socket.Addr("localhost", name.Port())))
	// A stream connects once.
	err = client.Connect(name)
	fmt.Println(errors.Is(err, unix.EISCONN))
	// Output:
	// <nil>
	// true
}

// ConnectEx returns the errno: 0 for success, ECONNREFUSED (111 on Linux, 10061
// on Windows) where nobody listens.
func ExampleSocket_ConnectEx() {
	server, err := socket.New()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	if err := server.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
		log.Fatal(err)
	}
	name, err := server.GetSockName()
	if err != nil {
		log.Fatal(err)
	}
	connect := func() (unix.Errno, error) {
		client, err := socket.New()
		if err != nil {
			return 0, err
		}
		defer client.Close()
		return client.ConnectEx(name)
	}

	errno, err := connect()
	fmt.Println(errno == unix.ECONNREFUSED, err)
	if err := server.Listen(); err != nil {
		log.Fatal(err)
	}
	errno, err = connect()
	fmt.Println(int(errno), err)
	// Output:
	// true <nil>
	// 0 <nil>
}

// Recv waits. It returns when data comes, and it returns nothing when the peer
// has closed.
func ExampleSocket_Recv() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	received := make(chan string)
	go func() {
		defer close(received)
		for {
			data, err := a.Recv(1024)
			if err != nil {
				log.Fatal(err)
			}
			if len(data) == 0 { // not an error: the end
				return
			}
			received <- string(data)
		}
	}()

	if err := b.SendAll([]byte("data")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-received)
	b.Close()
	_, more := <-received
	fmt.Println(more)
	// Output:
	// data
	// false
}

// What a short Recv leaves of a stream stays queued for the next one.
func ExampleSocket_Recv_remainderOfStream() {
	a, b, err := socket.SocketPair(socket.SOCK_STREAM)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if err := a.SendAll([]byte("hello world")); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		data, err := b.Recv(6)
		fmt.Printf("%q %v\n", data, err)
	}
	// Output:
	// "hello " <nil>
	// "world" <nil>
}

// What a short Recv leaves of a datagram is lost.
func ExampleSocket_Recv_remainderOfDatagram() {
	a, b, err := socket.SocketPair(socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	for _, datagram := range []string{"hello world", "next"} {
		if _, err := a.Send([]byte(datagram)); err != nil {
			log.Fatal(err)
		}
	}
	for range 2 {
		data, err := b.Recv(6)
		fmt.Printf("%q %v\n", data, err)
	}
	// Output:
	// "hello " <nil>
	// "next" <nil>
}

func ExampleSocket_Send() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	n, err := a.Send([]byte("hello"))
	fmt.Println(n, err)
	// Output: 5 <nil>
}

// With a timeout Send may take a part of the data. A loop sends what is left;
// SendAll is that loop. The loop that tutorials show, n = s.send(data[n:]), is
// wrong: it forgets what earlier calls have taken.
func ExampleSocket_Send_loop() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	if err := a.SetTimeout(10 * time.Second); err != nil {
		log.Fatal(err)
	}
	go func() {
		defer a.Close()
		data := make([]byte, 1_000_000)
		// while data: data = data[a.send(data):]
		for len(data) > 0 {
			n, err := a.Send(data)
			if err != nil {
				log.Fatal(err)
			}
			data = data[n:]
		}
	}()
	total := 0
	for {
		data, err := b.Recv(65536)
		if err != nil {
			log.Fatal(err)
		}
		if len(data) == 0 {
			break
		}
		total += len(data)
	}
	fmt.Println(total)
	// Output: 1000000
}

// SendAll sends until all is taken, however many calls of send(2) it needs: in
// a loop, not recursively.
func ExampleSocket_SendAll() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	go func() {
		defer a.Close()
		if err := a.SendAll(make([]byte, 1_000_000)); err != nil {
			log.Fatal(err)
		}
	}()
	total := 0
	for {
		data, err := b.Recv(65536)
		if err != nil {
			log.Fatal(err)
		}
		if len(data) == 0 {
			break
		}
		total += len(data)
	}
	fmt.Println(total)
	// Output: 1000000
}
