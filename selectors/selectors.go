//go:build unix

package selectors

import (
	"strconv"
	"strings"
	"time"
)

// An Event is what a selector waits for, or has found: EVENT_READ, EVENT_WRITE,
// or both, joined with |.
type Event int

const (
	// EVENT_READ says that there is something to receive or to accept, or that
	// the peer has ended.
	EVENT_READ Event = 1 << iota
	// EVENT_WRITE says that there is room to send, or that a connection has been
	// made or has failed.
	EVENT_WRITE
)

const eventBoth = EVENT_READ | EVENT_WRITE

// valid reports whether there is something to wait for in e, and nothing else.
func (e Event) valid() bool { return e != 0 && e&^eventBoth == 0 }

// String returns the names of the events, joined with |: "EVENT_READ|EVENT_WRITE".
// What has no name is a number; no event is "0".
func (e Event) String() string {
	var names []string
	if e&EVENT_READ != 0 {
		names = append(names, "EVENT_READ")
	}
	if e&EVENT_WRITE != 0 {
		names = append(names, "EVENT_WRITE")
	}
	if rest := e &^ eventBoth; rest != 0 || e == 0 {
		names = append(names, strconv.Itoa(int(rest)))
	}
	return strings.Join(names, "|")
}

// A SelectorKey is what a selector knows of something that is registered:
// Python's selectors.SelectorKey. It is a value; a later Modify doesn't change it.
type SelectorKey struct {
	Fileobj any   // what was registered
	Fd      int   // its descriptor's number when it was registered
	Events  Event // what it is registered for
	Data    any   // whatever came with it, nil for nothing
}

// A Ready is one result of Select: in Python a tuple of a key and a mask.
type Ready struct {
	Key  SelectorKey
	Mask Event // which of the key's events have come
}

// A Selector waits for many descriptors at once: Python's selectors.BaseSelector.
// Its methods may be called from any goroutine, also while others wait in Select.
//
// A fileobj is a *socket.Socket, an int, or anything else with a descriptor: a
// value with the method Fileno() int, a syscall.Conn (such as *os.File and the
// connections of package net) or a value with the method Fd() uintptr.
//
// Errors are a *KeyError for what isn't registered or is so already, a
// *socket.ArgumentError for a wrong argument, a *socket.Error for what the kernel
// refuses. After Close every method answers an error that is net.ErrClosed.
type Selector interface {
	// Register adds a fileobj, to wait for events, and returns its key: Python's
	// register(fileobj, events, data=None). At most one data is taken. If the
	// kernel refuses, such as an EpollSelector a regular file (EPERM), nothing is
	// registered. A Select that waits in another goroutine takes note at once.
	Register(fileobj any, events Event, data ...any) (SelectorKey, error)

	// Unregister takes a fileobj away and returns the key that it had: Python's
	// unregister(fileobj). A fileobj that has been closed is found too, but only
	// by looking at all: unregister first, close then.
	Unregister(fileobj any) (SelectorKey, error)

	// Modify sets the events and the data of a fileobj and returns the new key:
	// Python's modify(fileobj, events, data=None). Without data the old data is
	// gone, as in Python. If the kernel refuses, the fileobj isn't registered any
	// more, as in Python. Wrong events change nothing.
	Modify(fileobj any, events Event, data ...any) (SelectorKey, error)

	// Select waits until something is ready, for at most timeout, and returns all
	// that is ready: Python's select(timeout=None). socket.NoTimeout waits as long
	// as it takes, 0 and less return at once. After the timeout the result is
	// empty, and no error. A timeout above 0 and below a microsecond is an error,
	// which comes of porting select(5): write 5*time.Second.
	//
	// It is level-triggered: what is still ready is returned the next time again.
	// An error or a hang-up of a descriptor sets all its events.
	Select(timeout time.Duration) ([]Ready, error)

	// GetKey returns the key of a fileobj that is registered: Python's
	// get_key(fileobj).
	GetKey(fileobj any) (SelectorKey, error)

	// GetMap returns what is registered, nil once the selector is closed:
	// Python's get_map().
	GetMap() *Map

	// Close frees what the selector holds and forgets what was registered:
	// Python's close(). It closes none of it. A Select that waits in another
	// goroutine ends with an error that is net.ErrClosed. A second Close does
	// nothing.
	Close() error
}
