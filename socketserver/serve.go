//go:build unix

package socketserver

import (
	"context"
	"maps"
	"slices"
	"time"

	"example.com/socket"
)

// defaultPoll is Python's poll_interval=0.5.
const defaultPoll = 500 * time.Millisecond

// ServeForever handles requests until Shutdown is called, and returns nil then:
// Python's serve_forever(poll_interval=0.5). Without a ThreadingMixIn it handles
// one request at a time.
//
// The poll interval is how often ServiceActions is called while no request
// comes: 500 ms if it is left out, never for socket.NoTimeout (Python's None).
// Shutdown doesn't wait for it. With 0 the loop doesn't wait at all, and keeps a
// processor busy.
//
// An error of GetRequest, such as that of a connection which its client has given
// up, is passed over, as in Python. But the loop pauses if descriptors or memory
// have run out (EMFILE, ENFILE, ENOBUFS, ENOMEM), and it ends with the error if
// the socket can't have requests: it doesn't listen (EINVAL), or is of another
// type (EOPNOTSUPP, ENOTCONN). Python goes round and round in both cases.
//
// Once the server is closed the error is net.ErrClosed. A wrong interval is a
// *socket.ArgumentError. EMFILE says that there is no descriptor left for the
// loop, which needs one to wait with.
func (s *BaseServer) ServeForever(pollInterval ...time.Duration) error {
	return s.Serve(context.Background(), pollInterval...)
}

// Serve is ServeForever that ends when ctx is done, too: it returns nil then, as
// after Shutdown. The requests that are being handled go on. Python has no
// counterpart.
func (s *BaseServer) Serve(ctx context.Context, pollInterval ...time.Duration) error {
	const op = "serve_forever"
	poll := defaultPoll
	switch {
	case len(pollInterval) > 1:
		return &socket.ArgumentError{Op: op, Name: "number of arguments", Value: len(pollInterval), Want: "at most one poll interval"}
	case len(pollInterval) == 1:
		poll = pollInterval[0]
	}
	if err := wantContext(op, ctx); err != nil {
		return err
	}
	l, err := s.enter(op, true)
	if l == nil {
		return err
	}
	defer l.leave()
	if err := l.setTimeout(op, poll); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, l.end)()
	return l.run()
}

func wantContext(op string, ctx context.Context) error {
	if ctx == nil {
		return errMissing(op, "ctx", "a context, as of context.Background")
	}
	return nil
}

// Shutdown ends ServeForever and waits until it has ended: Python's shutdown().
// Requests that are being handled in goroutines of their own go on, those that
// nobody has accepted yet stay in the socket's queue, and the socket stays open:
// ServerClose comes after it.
//
// Python's waits for ever if a handler calls it that runs in the loop itself, not
// in a thread. Here it returns at once then, and the loop ends when the handler
// has returned. So it does if there is no loop; the next ServeForever ends at
// once, as in Python. That makes
//
//	go server.ServeForever()
//	…
//	server.Shutdown()
//
// safe whichever comes first. If several goroutines are in ServeForever, all of
// them end.
func (s *BaseServer) Shutdown() {
	me := routine()
	for _, l := range s.endAll() {
		if l.routine != me {
			<-l.ended
		}
	}
}

// endAll tells all loops of ServeForever to end, or the next if there is none.
func (s *BaseServer) endAll() (ending []*loop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l, serves := range s.loops {
		if serves {
			l.endLocked()
			ending = append(ending, l)
		}
	}
	s.stopNext = len(ending) == 0
	return ending
}

// HandleRequest waits for one request and handles it: Python's handle_request().
// It waits for as long as Timeout or the timeout of the server's socket says, the
// shorter of the two, and calls HandleTimeout if none has come by then.
//
// Shutdown has nothing to do with it. ServerClose ends it with net.ErrClosed. An
// error of GetRequest is returned, where Python keeps quiet about it; what the
// handler returns goes to HandleError.
func (s *BaseServer) HandleRequest() error {
	const op = "handle_request"
	l, err := s.enter(op, false)
	if l == nil {
		return err
	}
	defer l.leave()
	timeout := min(s.Timeout, l.waiter.GetTimeout())
	for began := time.Now(); ; {
		if err := l.setTimeout(op, timeout); err != nil {
			return err
		}
		ready, err := l.wait()
		if err != nil {
			return err
		}
		if !ready {
			s.self.HandleTimeout()
			return nil
		}
		if taken, err := l.handle(); taken || err != nil {
			return err
		}
		// Somebody else has taken it.
		timeout = timeLeft(timeout, time.Since(began))
		began = time.Now()
	}
}

// timeLeft is what remains of a timeout, 0 if that is less than SetTimeout takes.
func timeLeft(timeout, passed time.Duration) time.Duration {
	switch left := timeout - passed; {
	case timeout == socket.NoTimeout:
		return timeout
	case left < time.Microsecond:
		return 0
	default:
		return left
	}
}

// ServerClose ends what waits for requests, with net.ErrClosed: Python's
// server_close(). With a ThreadingMixIn it waits then until the requests have
// been handled, if BlockOnClose is set. It may be called more than once.
//
// Unlike Python's it doesn't leave ServeForever to spin on a closed descriptor.
// For an end without an error call Shutdown first.
func (s *BaseServer) ServerClose() error {
	s.mu.Lock()
	loops := slices.Collect(maps.Keys(s.loops))
	s.mu.Unlock()
	for _, l := range loops {
		l.close()
	}
	if s.threads != nil {
		s.threads.join()
	}
	return nil
}
