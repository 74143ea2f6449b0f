//go:build unix

// Tour plays every conversation of the other examples in one process, over
// loopback, and prints for each step the Python line that it stands for and
// what came of it. It takes no arguments (2 is its status if it gets some), and
// ends with 1 if a step came out otherwise than it should or can't be printed.
//
//	go run ./examples/tour
package main

import (
	"os/signal"
	"time"

	"example.com/socket/examples/internal/program"
	"golang.org/x/sys/unix"
)

// limit is what no tour takes, unless something hangs.
const limit = 30 * time.Second

var chapters = []struct {
	title string
	play  func()
}{
	{"A TCP server and its client", tcp},
	{"A UDP server and its client", udp},
	{"A greeting and its answer, with the time", greeting},
	{"Hello over TCP", helloTCP},
	{"Hello over UDP, to itself", helloUDP},
	{"Timeouts", timeouts},
	{"connect_ex returns the errno", connectEx},
	{"Non-blocking sockets", nonBlocking},
	{"send takes a part, sendall takes all", sending},
	{"What a short recv leaves", remainder},
	{"recv returns with data, or empty when the peer has closed", unblock},
	{"What is refused", refusals},
	{"One error has several names", names},
}

func main() {
	program.Parse()
	signal.Ignore(unix.SIGPIPE) // say learns of it from the write
	time.AfterFunc(limit, func() { fail("the tour is not over after %v", limit) })
	for i, c := range chapters {
		say("\n%d. %s\n", i+1, c.title)
		c.play()
	}
	say("\nAll %d chapters came out as they should.\n", len(chapters))
}
