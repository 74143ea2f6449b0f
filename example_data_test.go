//go:build unix && !aix

package socket_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"example.com/socket"
)

// connected returns two sockets that are connected to each other, for examples.
func connected() (a, b *socket.Socket) {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	return a, b
}

// Python: a, b = socket.socketpair()
func ExampleSocketPair() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	fmt.Println(a.Family(), a.Kind())
	fmt.Println(a.SendAll([]byte("ping")))
	data, err := b.Recv(1024)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// AF_UNIX SOCK_STREAM
	// <nil>
	// "ping" <nil>
}

// Python: n = s.recv_into(buf). One buffer serves for all that comes.
func ExampleSocket_RecvInto() {
	a, b := connected()
	defer b.Close()
	if err := a.SendAll([]byte("a header and a body")); err != nil {
		log.Fatal(err)
	}
	a.Close()

	buf := make([]byte, 8)
	for {
		n, err := b.RecvInto(buf)
		if err != nil {
			log.Fatal(err)
		}
		if n == 0 {
			break // the end of the stream
		}
		fmt.Printf("%q\n", buf[:n])
	}
	// Output:
	// "a header"
	// " and a b"
	// "ody"
}

// Python: s.shutdown(socket.SHUT_WR). The peer sees the end, and can still answer.
func ExampleSocket_Shutdown() {
	a, b := connected()
	defer a.Close()
	defer b.Close()
	if err := a.SendAll([]byte("that's all")); err != nil {
		log.Fatal(err)
	}
	if err := a.Shutdown(socket.SHUT_WR); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		data, err := b.Recv(1024)
		fmt.Printf("%q %v\n", data, err)
	}
	fmt.Println(b.SendAll([]byte("thank you")))
	data, err := a.Recv(1024)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// "that's all" <nil>
	// "" <nil>
	// <nil>
	// "thank you" <nil>
}

// Python: s.sendfile(f), and s.sendfile(f, 2, 3) for a part of it.
func ExampleSocket_SendFile() {
	dir, err := os.MkdirTemp("", "sendfile")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		log.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()

	a, b := connected()
	defer a.Close()
	defer b.Close()
	fmt.Println(a.SendFile(file, 0, -1))
	fmt.Println(a.SendFile(file, 2, 3))
	data, err := b.Recv(13, socket.MSG_WAITALL)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// 10 <nil>
	// 3 <nil>
	// "0123456789234" <nil>
}

// Python: s.sendmsg([head, body]), which sends several buffers at once.
func ExampleSocket_SendMsg() {
	a, b := connected()
	defer a.Close()
	defer b.Close()
	fmt.Println(a.SendMsg([][]byte{[]byte("head "), []byte("body")}, nil, nil))
	data, err := b.Recv(1024)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// 9 <nil>
	// "head body" <nil>
}

// Python: data, anc, flags, addr = s.recvmsg(5). The flags tell what recvfrom
// doesn't: this datagram was cut off.
func ExampleSocket_RecvMsg() {
	a, b, err := socket.SocketPair(socket.SOCK_DGRAM)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if _, err := a.Send([]byte("a long datagram")); err != nil {
		log.Fatal(err)
	}
	data, anc, flags, addr, err := b.RecvMsg(6, 0)
	fmt.Printf("%q %v %v %v %v\n", data, anc, flags, addr, err)
	// Output: "a long" [] MSG_TRUNC <nil> <nil>
}

// Python: t = s.dup(). The connection ends when both are closed.
func ExampleSocket_Dup() {
	a, b := connected()
	defer b.Close()
	second, err := a.Dup()
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	a.Close()
	fmt.Println(second.SendAll([]byte("still here")))
	data, err := b.Recv(1024)
	fmt.Printf("%q %v\n", data, err)
	// Output:
	// <nil>
	// "still here" <nil>
}

// Python: fd = s.detach(). The descriptor is the caller's from then on.
func ExampleSocket_Detach() {
	a, b := connected()
	defer b.Close()
	fd, err := a.Detach()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fd >= 0, a.Fileno())
	fmt.Println(socket.CloseFd(fd))
	data, err := b.Recv(1024)
	fmt.Printf("%q %v\n", data, err) // the end
	// Output:
	// true -1
	// <nil>
	// "" <nil>
}

// Python: server = socket.create_server(("127.0.0.1", 0), backlog=5)
func ExampleCreateServer() {
	server, err := socket.CreateServer(socket.Addr("127.0.0.1", 0), socket.Backlog(5))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	reuse, err := server.GetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
	fmt.Println(server.Family(), server.Kind(), reuse != 0, err)
	// Output: AF_INET SOCK_STREAM true <nil>
}

// Python: socket.send_fds(s, [b"a file"], [f.fileno()])
func ExampleSendFds() {
	r, w, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	a, b := connected()
	defer a.Close()
	defer b.Close()
	fmt.Println(socket.SendFds(a, [][]byte{[]byte("a pipe")}, []int{int(w.Fd())}))
	w.Close() // the one that is under way stays open

	data, fds, _, _, err := socket.RecvFds(b, 1024, 1)
	if err != nil || len(fds) != 1 {
		log.Fatal(fds, err)
	}
	file := os.NewFile(uintptr(fds[0]), string(data))
	fmt.Fprint(file, "hello")
	file.Close()
	buf := make([]byte, 10)
	n, err := r.Read(buf)
	fmt.Printf("%s: %q %v\n", data, buf[:n], err)
	// Output:
	// 6 <nil>
	// a pipe: "hello" <nil>
}

// Python: data, fds, flags, addr = socket.recv_fds(s, 1024, 4). The descriptors
// that came are the caller's to close.
func ExampleRecvFds() {
	a, b := connected()
	defer a.Close()
	defer b.Close()
	if _, err := socket.SendFds(a, [][]byte{[]byte("myself, twice")}, []int{a.Fileno(), a.Fileno()}); err != nil {
		log.Fatal(err)
	}
	data, fds, flags, addr, err := socket.RecvFds(b, 1024, 4)
	fmt.Printf("%q, %d descriptors, %v %v %v\n", data, len(fds), flags&socket.MSG_CTRUNC, addr, err)
	for _, fd := range fds {
		socket.CloseFd(fd)
	}
	// Output: "myself, twice", 2 descriptors, 0 <nil> <nil>
}
