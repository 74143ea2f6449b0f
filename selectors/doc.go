//go:build unix

// Package selectors waits for many sockets at once: Python's modules select and
// selectors for Go, on top of package socket.
//
// A program that serves many clients in one thread in Python ports line by line:
//
//	Python                                  Go
//	sel = selectors.DefaultSelector()       sel, err := selectors.NewDefaultSelector()
//	sel.register(sock,                      key, err := sel.Register(sock,
//	             selectors.EVENT_READ, f)                selectors.EVENT_READ, f)
//	for key, mask in sel.select():          ready, err := sel.Select(socket.NoTimeout)
//	                                        for _, r := range ready {
//	    key.data(key.fileobj, mask)             r.Key.Data.(func(any, selectors.Event))(r.Key.Fileobj, r.Mask)
//	                                        }
//	sel.unregister(sock)                    key, err = sel.Unregister(sock)
//	sel.close()                             err = sel.Close()
//
//	r, w, x = select.select([s], [], [], 5) r, w, x, err := selectors.Select([]*socket.Socket{s}, nil, nil, 5*time.Second)
//
// In a new program a goroutine for each connection, which calls Recv and waits in
// it, is simpler. A selector is for what was written for one.
//
// # Which selector
//
// A DefaultSelector is the platform's best: an EpollSelector on Linux, a
// KqueueSelector on darwin and the BSDs, a PollSelector elsewhere. What it costs
// to be told of an event doesn't depend on how many are registered, but with a
// PollSelector. All of them are a Selector. Select is Python's select.select, for
// a few sockets.
//
// # Waiting
//
// Who waits parks a goroutine, not a thread: on Linux in Go's runtime poller, on
// darwin and the BSDs on a channel that one thread of the program serves. Only on
// Solaris, illumos and AIX a wait holds a thread.
//
// All is level-triggered, as in Python: what has been reported and not been dealt
// with is reported again. The methods may be called from any goroutine; a Select
// takes note of what others register, and Close ends it. If several wait in Select
// of one selector, each event goes to one of them at least.
//
// # Blocking sockets
//
// A socket is registered whatever its timeout is. The descriptor is always
// non-blocking, but Recv of a socket with a timeout, or none, waits when there is
// nothing after all: someone else was quicker, or a datagram had a bad checksum
// (select(2), BUGS). So set SetBlocking(false) as Python programs do; Accept and
// Recv then answer ErrBlockingIO.
//
// Before a socket is closed it has to be unregistered. One that is closed all the
// same stays in the map, and keeps others with its number from being registered,
// as in Python. It is never ready any more; but a PollSelector finds it ready
// every time, for poll(2) says POLLNVAL, and once the number is another file's
// it looks at that one.
package selectors
