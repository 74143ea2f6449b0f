//go:build unix

package selectors

import (
	"cmp"
	"iter"
	"net"
	"slices"
	"sync"
)

// A registry is what all selectors have in common: the keys by descriptor.
type registry struct {
	mu     sync.RWMutex
	byFd   map[int]*entry
	serial uint64 // counts the registrations
	isOpen bool   // false in a selector that nobody made, which counts as closed
}

// An entry is one that is registered. It is changed, by Modify, and read with the
// registry locked.
type entry struct {
	SelectorKey
	serial uint64 // no other registration of the selector's has it
}

func (r *registry) open() { r.byFd, r.isOpen = make(map[int]*entry), true }

// A fileobj's methods are the user's: they are called before the registry is
// locked, never while it is.

// find returns the entry of a fileobj, whose descriptor is fd or can't be had
// because of err. One that has been closed is looked for among all, as in Python.
// The registry is locked.
func (r *registry) find(op string, fileobj any, fd int, err error) (*entry, error) {
	if !r.isOpen {
		return nil, errClosed(op)
	}
	if err != nil {
		if e := r.search(fileobj); e != nil {
			return e, nil
		}
		return nil, fileError(op, fileobj, err)
	}
	e := r.byFd[fd]
	if e == nil {
		return nil, &KeyError{Op: op, Fileobj: fileobj, Fd: fd}
	}
	return e, nil
}

// search looks for the entry that was registered for a fileobj.
func (r *registry) search(fileobj any) *entry {
	for _, e := range r.byFd {
		if same(e.Fileobj, fileobj) {
			return e
		}
	}
	return nil
}

// add makes an entry, of which enter tells the kernel. The descriptor stays open
// as long as enter runs, if the fileobj can see to that.
func (r *registry) add(fileobj any, events Event, data []any, enter func(*entry) error) (SelectorKey, error) {
	const op = "register"
	d, err := checkArguments(op, events, data)
	if err != nil {
		return SelectorKey{}, err
	}
	e := &entry{SelectorKey: SelectorKey{fileobj, -1, events, d}}
	var old *entry
	err = withFd(fileobj, func(fd int) error {
		e.Fd = fd
		old, err = r.enter(op, e, enter)
		return err
	})
	if err == errNoFile || err == net.ErrClosed {
		old, err = r.findClosed(op, fileobj, err)
	}
	switch {
	case old != nil:
		now, err := number(old.Fileobj)
		return SelectorKey{}, &KeyError{op, fileobj, old.Fd, true, err != nil || now != old.Fd}
	case err != nil:
		return SelectorKey{}, fileError(op, fileobj, err)
	}
	return e.SelectorKey, nil
}

// enter puts e in, or returns the one that is there already.
func (r *registry) enter(op string, e *entry, enter func(*entry) error) (old *entry, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isOpen {
		return nil, errClosed(op)
	}
	if old := r.byFd[e.Fd]; old != nil {
		return old, nil
	}
	r.serial++
	e.serial = r.serial
	if err := enter(e); err != nil {
		return nil, err
	}
	r.byFd[e.Fd] = e
	return nil, nil
}

// findClosed returns the entry of a fileobj that has no descriptor any more, or
// the error for that.
func (r *registry) findClosed(op string, fileobj any, err error) (*entry, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if !r.isOpen {
		return nil, errClosed(op)
	}
	return r.search(fileobj), err
}

// remove takes an entry away, of which leave tells the kernel.
func (r *registry) remove(fileobj any, leave func(*entry)) (SelectorKey, error) {
	fd, err := number(fileobj)
	r.mu.Lock()
	defer r.mu.Unlock()
	e, err := r.find("unregister", fileobj, fd, err)
	if err != nil {
		return SelectorKey{}, err
	}
	delete(r.byFd, e.Fd)
	leave(e)
	return e.SelectorKey, nil
}

// change gives an entry other events, of which alter tells the kernel, and other
// data. If that fails the entry is gone: the kernel may have forgotten it.
func (r *registry) change(fileobj any, events Event, data []any, alter func(e *entry, events Event) error) (SelectorKey, error) {
	const op = "modify"
	d, err := checkArguments(op, events, data)
	if err != nil {
		return SelectorKey{}, err
	}
	fd, err := number(fileobj)
	r.mu.Lock()
	defer r.mu.Unlock()
	e, err := r.find(op, fileobj, fd, err)
	if err != nil {
		return SelectorKey{}, err
	}
	if events != e.Events {
		if err := alter(e, events); err != nil {
			delete(r.byFd, e.Fd)
			return SelectorKey{}, failure(op, err)
		}
	}
	e.Events, e.Data = events, d
	return e.SelectorKey, nil
}

// checkArguments refuses wrong events and more than one data.
func checkArguments(op string, events Event, data []any) (any, error) {
	switch {
	case !events.valid():
		return nil, badArgument(op, "events", events, "EVENT_READ, EVENT_WRITE or both")
	case len(data) > 1:
		return nil, badArgument(op, "number of data", len(data), "at most one")
	case len(data) == 0:
		return nil, nil
	}
	return data[0], nil
}

// shut closes the registry for all calls, and is false if it was so before.
func (r *registry) shut() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isOpen {
		return false
	}
	r.isOpen = false
	clear(r.byFd)
	return true
}

// GetKey returns the key of a fileobj that is registered: Python's
// get_key(fileobj).
func (r *registry) GetKey(fileobj any) (SelectorKey, error) {
	fd, err := number(fileobj)
	r.mu.RLock()
	defer r.mu.RUnlock()
	e, err := r.find("get_key", fileobj, fd, err)
	if err != nil {
		return SelectorKey{}, err
	}
	return e.SelectorKey, nil
}

// GetMap returns what is registered, nil once the selector is closed: Python's
// get_map().
func (r *registry) GetMap() *Map {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if !r.isOpen {
		return nil
	}
	return &Map{r}
}

// A Map shows what a selector has registered, at any time: the mapping that
// Python's get_map() returns. It can't be changed. A nil Map and the zero Map
// are empty, and so is that of a selector that has been closed.
type Map struct{ r *registry }

func (m *Map) isNil() bool { return m == nil || m.r == nil }

// Len returns how many are registered: Python's len(mapping).
func (m *Map) Len() int {
	if m.isNil() {
		return 0
	}
	m.r.mu.RLock()
	defer m.r.mu.RUnlock()
	return len(m.r.byFd)
}

// Get returns the key of a fileobj, and whether it is registered: Python's
// mapping.get(fileobj) and fileobj in mapping.
func (m *Map) Get(fileobj any) (SelectorKey, bool) {
	if m.isNil() {
		return SelectorKey{}, false
	}
	key, err := m.r.GetKey(fileobj)
	return key, err == nil
}

// All ranges over descriptors and keys in the order in which they were
// registered: Python's mapping.items(). What is registered or unregistered
// meanwhile makes no difference to it; Python raises RuntimeError then.
func (m *Map) All() iter.Seq2[int, SelectorKey] {
	return func(yield func(int, SelectorKey) bool) {
		for _, e := range m.entries() {
			if !yield(e.Fd, e.SelectorKey) {
				return
			}
		}
	}
}

func (m *Map) entries() []entry {
	if m.isNil() {
		return nil
	}
	m.r.mu.RLock()
	defer m.r.mu.RUnlock()
	all := make([]entry, 0, len(m.r.byFd))
	for _, e := range m.r.byFd {
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.serial, b.serial) })
	return all
}
