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

// WAITING, LIMIT = 5, 1024
const (
	waiting = 5
	limit   = 1024
)

func main() {
	// turns = range(int(sys.argv[3])) if len(sys.argv) > 3 else itertools.count()
	clients := program.Count("clients")
	// where = sys.argv[1], int(sys.argv[2])
	where := program.Address("127.0.0.1", 8080)
	program.Exit(run(where, *clients))
}

func run(where socket.Address, clients uint) error {
	// with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
	listener, err := socket.New(socket.AF_INET, socket.SOCK_STREAM)
	if err != nil {
		return err
	}
	defer listener.Close() // where the with ends: listener.close()
	defer program.CloseOnSignal(listener)()

	// listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	if err := listener.SetSockOpt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); err != nil {
		return err
	}
	// listener.bind(where)
	if err := listener.Bind(where); err != nil {
		return err
	}
	// listener.listen(WAITING): how many may wait for accept, not how many may
	// connect in all, as the note has it.
	if err := listener.Listen(waiting); err != nil {
		return err
	}
	// print('listening on %s:%d' % listener.getsockname())
	if err := program.Listening(listener); err != nil {
		return err
	}
	// for _ in turns:
	for range program.Times(clients) {
		// conn, peer = listener.accept()
		conn, peer, err := listener.Accept()
		if err != nil {
			return err
		}
		// serve(conn)
		problem := serve(conn)
		// except (OSError, UnicodeDecodeError) as problem: the next client
		if program.Stopped(problem) {
			return problem
		} else if problem != nil {
			// print(peer, problem, file=sys.stderr)
			program.Note(peer, problem)
		}
	}
	return nil
}

func serve(conn *socket.Socket) error {
	defer conn.Close() // with conn: ends with conn.close(), which is not in the note
	defer program.CloseOnSignal(conn)()

	// decoder = codecs.getincrementaldecoder('utf-8')(), not in the note
	var decoder program.Decoder
	for {
		// while chunk := conn.recv(LIMIT):
		chunk, err := conn.Recv(limit)
		if err != nil {
			return err
		}
		// decoder.decode(b'', final=True): the end, which is not in the note
		if len(chunk) == 0 {
			return decoder.Close()
		}
		// text = decoder.decode(chunk)
		text, err := decoder.Decode(chunk)
		if err != nil {
			return err
		}
		// if text: print('服务器收到消息', text)
		if text != "" {
			fmt.Println("服务器收到消息", text)
		}
		// if text == '1': return
		if text == "1" {
			return nil
		}
	}
}
