//go:build unix

// Tcp_server receives what TCP clients say, one client after the other, until
// each says "1" or leaves.
//
//	go run ./examples/tcp_server [-host 127.0.0.1] [-port 8080] [-n clients]
//	go run ./examples/tcp_client
//	python3 examples/testdata/tcp_client.py 127.0.0.1 8080
//
// The Python program is examples/testdata/tcp_server.py. The tutorial note that
// it goes back to gets three things wrong, and the lines that put them right are
// marked "not in the note": an empty recv is the end of the connection (the note
// prints an empty message for ever when a client leaves without "1"), a
// connection is closed on every way out (the note closes it after "1" only), and
// a character may arrive in two pieces (the note fails to decode the first).
//
// TCP is a stream: what a client sends as "a" and "1" may arrive as "a1". For
// messages that stay apart a protocol has to say where each ends.
package main

import (
	"fmt"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

const (
	backLog    = 5
	bufferSize = 1024
)

func main() {
	clients := program.Count("clients")
	ipPort := program.Address("127.0.0.1", 8080)
	program.Exit(run(ipPort, *clients))
}

func run(ipPort socket.Address, clients uint) error {
	// ser = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
	ser, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	defer ser.Close()
	defer program.CloseOnSignal(ser)()

	// ser.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	if err := ser.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); err != nil {
		return err
	}
	// ser.bind(ip_port)
	if err := ser.Bind(ipPort); err != nil {
		return err
	}
	// ser.listen(back_log): how many may wait for accept, not how many may
	// connect in all, as the note has it.
	if err := ser.Listen(backLog); err != nil {
		return err
	}
	if err := program.Listening(ser); err != nil {
		return err
	}
	// while True:
	for range program.Times(clients) {
		// con, address = ser.accept()
		con, address, err := ser.Accept()
		if err != nil {
			return err
		}
		// except Exception: the next client
		err = serve(con)
		if program.Stopped(err) {
			return err
		} else if err != nil {
			program.Note(address, err)
		}
	}
	return nil
}

func serve(con *socket.Socket) error {
	defer con.Close() // not in the note
	defer program.CloseOnSignal(con)()

	var utf8 program.Decoder // not in the note
	// while True:
	for {
		// msg = con.recv(buffer_size)
		msg, err := con.Recv(bufferSize)
		if err != nil {
			return err
		}
		// if not msg: break; not in the note
		if len(msg) == 0 {
			return utf8.Close()
		}
		// text = msg.decode('utf-8')
		text, err := utf8.Decode(msg)
		if err != nil {
			return err
		}
		// print('服务器收到消息', text)
		if text != "" {
			fmt.Println("服务器收到消息", text)
		}
		// if text == '1': con.close(), after which the next recv raises
		if text == "1" {
			return con.Close()
		}
	}
}
