//go:build unix

package socket_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"example.com/socket"
)

// Python:
//
//	f = s.makefile("rwb")
//	f.write(b"HELO\n"); f.flush()
//	for line in f: print(line)
func ExampleSocket_MakeFile() {
	client, server, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		f, err := server.MakeFile("rwb")
		if err != nil {
			log.Fatal(err)
		}
		defer server.Close() // with both closed the descriptor is
		defer f.Close()      // sends what is still in the buffer
		line, err := f.ReadLine()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(f, "you said %q\n", line)
		fmt.Fprintf(f, "bye\n")
	}()

	f, err := client.MakeFile("rwb")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	client.Close() // the File goes on
	fmt.Fprint(f, "HELO\n")
	if err := f.Flush(); err != nil {
		log.Fatal(err)
	}
	for line, err := range f.Lines() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%q\n", line)
	}
	// Output:
	// "you said \"HELO\\n\"\n"
	// "bye\n"
}

// In text mode a line ends with "\n", whatever the peer ends it with.
func ExampleSocket_MakeFile_text() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	if err := a.SendAll([]byte("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n")); err != nil {
		log.Fatal(err)
	}
	a.Close()

	f, err := b.MakeFile("r")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	lines, err := f.ReadLines()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", lines)
	// Output:
	// ["GET / HTTP/1.0\n" "Host: example.com\n" "\n"]
}

// Net/http serves on a socket that was set up as in Python.
func ExampleSocket_NetListener() {
	s, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		log.Fatal(err)
	}
	l := s.NetListener()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello,", r.URL.Path)
	})}
	go server.Serve(l)
	defer server.Close() // closes the socket too

	res, err := http.Get("http://" + l.Addr().String() + "/gopher")
	if err != nil {
		log.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(body))
	// Output:
	// hello, /gopher
}

func ExampleSocket_NetPacketConn() {
	s, err := socket.New(socket.AF_INET, socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	if err := s.Bind(socket.Addr("127.0.0.1", 0)); err != nil {
		log.Fatal(err)
	}
	pc := s.NetPacketConn()
	defer pc.Close()

	if _, err := pc.WriteTo([]byte("to myself"), pc.LocalAddr()); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 100)
	n, from, err := pc.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, a %T\n", buf[:n], from)
	// Output:
	// to myself, a *net.UDPAddr
}

// Package net dials, and this package reads the options that net set.
func ExampleFromConn() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	s, err := socket.FromConn(conn.(*net.TCPConn))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close() // conn stays open
	noDelay, err := s.GetSockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Family(), s.Kind(), noDelay != 0)
	// Output:
	// AF_INET SOCK_STREAM true
}
