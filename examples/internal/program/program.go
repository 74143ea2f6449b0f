//go:build unix

// Package program is what the example programs share and their Python
// counterparts get from the language: flags, the first line of a server, an
// end that is clean, and Python's way of printing values.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"os/signal"
	"sync"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// Address reads the command line and returns the address that -host and -port
// name, for which host and port are the defaults.
func Address(host string, port int) socket.InetAddr {
	flag.StringVar(&host, "host", host, `host name or IPv4 address; "" is any`)
	flag.IntVar(&port, "port", port, "port; a server takes 0 for a free one")
	Parse()
	return socket.Addr(host, port)
}

// Parse reads the flags, which nothing may follow.
func Parse() {
	flag.Parse()
	if flag.NArg() > 0 {
		Usage("unexpected argument: " + flag.Arg(0))
	}
}

// Usage ends the program with what is wrong with its command line, and 2.
func Usage(wrong string) {
	fmt.Fprintln(flag.CommandLine.Output(), wrong)
	flag.Usage()
	os.Exit(2)
}

// Count defines the flag -n, the bound of what a Python program does for ever.
func Count(what string) *uint {
	return flag.Uint("n", 0, "end after that many "+what+"; 0 is never")
}

// Times counts to n, or for ever if n is 0: Python's while True.
func Times(n uint) iter.Seq[uint] {
	return func(yield func(uint) bool) {
		for i := uint(0); n == 0 || i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

// Listening prints the first line of a server: where it can be reached.
func Listening(s *socket.Socket) error {
	addr, err := s.GetSockName()
	if err != nil {
		return err
	}
	fmt.Println("listening on", addr)
	return nil
}

// stopped ends with SIGINT or SIGTERM, once UntilSignal was called.
var stopped = context.Background()

// CloseOnSignal closes s, a socket or a selector, when SIGINT or SIGTERM comes,
// which ends the call that waits on it with net.ErrClosed. release lets go of s
// again.
func CloseOnSignal(s io.Closer) (release func() bool) {
	return context.AfterFunc(UntilSignal(), func() { s.Close() })
}

// UntilSignal returns a context that ends when SIGINT or SIGTERM comes.
func UntilSignal() context.Context {
	watch()
	return stopped
}

// watch begins to wait for a signal.
var watch = sync.OnceFunc(endOnSignal)

// grace is how long a program has to end by itself after a signal.
const grace = time.Second

// endOnSignal sees to it that a signal ends stopped, and the program too if that
// doesn't: it may hang in a write to a standard output that nobody reads. A
// second signal kills it at once.
func endOnSignal() {
	var again func()
	stopped, again = signal.NotifyContext(stopped, unix.SIGINT, unix.SIGTERM)
	context.AfterFunc(stopped, func() {
		again()
		time.AfterFunc(grace, func() { os.Exit(0) })
	})
}

// Stopped reports whether err is what a signal's closing of a socket led to.
func Stopped(err error) bool {
	return stopped.Err() != nil && errors.Is(err, net.ErrClosed)
}

// Exit ends the program: with 0 if err is nil or a signal has stopped it, else
// with 1 and the error on standard error.
func Exit(err error) {
	if err == nil || Stopped(err) {
		os.Exit(0)
	}
	Note(err)
	os.Exit(1)
}

// Note prints what the Python program doesn't, on standard error.
func Note(args ...any) { fmt.Fprintln(os.Stderr, args...) }
