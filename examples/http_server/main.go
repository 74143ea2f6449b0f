//go:build unix

// Http_server serves web pages with net/http on a socket of this package: bind
// and listen are Python's, the rest is the standard library's.
//
//	go run ./examples/http_server [-host 127.0.0.1] [-port 8000] [-n requests]
//	curl http://127.0.0.1:8000/some/page
//
// SIGINT and SIGTERM end it when the requests under way have been answered.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
	"golang.org/x/sys/unix"
)

func main() {
	requests := program.Count("requests")
	addr := program.Address("127.0.0.1", 8000)
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	program.Exit(run(ctx, os.Stdout, addr, uint64(*requests)))
}

// run serves until ctx ends or that many requests have come; 0 is no bound.
func run(ctx context.Context, out io.Writer, addr socket.Address, requests uint64) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	// The socket is made and set up as in Python ...
	listener, err := socket.CreateServer(addr, socket.Backlog(128))
	if err != nil {
		return err
	}
	defer listener.Close()
	bound, err := listener.GetSockName()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "listening on", bound)

	// ... and handed to net/http as a net.Listener.
	server := &http.Server{
		Handler:           counted(hello(out), requests, stop),
		ReadHeaderTimeout: 10 * time.Second,
	}
	drained := make(chan error, 1)
	context.AfterFunc(ctx, func() { drained <- shutDown(server) })
	if err := server.Serve(listener.NetListener()); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-drained
}

// hello answers with what it was asked, and notes it.
func hello(out io.Writer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "%s %s, asked from %s\n", r.Method, r.URL.Path, r.RemoteAddr)
		fmt.Fprintln(out, r.Method, r.URL.Path)
	})
}

// counted calls stop when that many requests have come.
func counted(next http.Handler, requests uint64, stop func()) http.Handler {
	var count atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if count.Add(1) == requests {
			stop()
		}
	})
}

// shutDown waits a while for the requests that are under way.
func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}
