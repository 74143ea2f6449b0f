//go:build unix

package main

import (
	"fmt"
	"io"
	"sync"
)

// A handleTable has the objects that Python holds, sockets and files, by the
// numbers that it knows them by.
type handleTable struct {
	mu      sync.Mutex
	last    int64
	objects map[int64]any
}

var handles = handleTable{objects: map[int64]any{}}

func (t *handleTable) put(object any) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	t.objects[t.last] = object
	return t.last
}

func (t *handleTable) get(handle int64) (any, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	object, ok := t.objects[handle]
	if !ok {
		return nil, fmt.Errorf("no object has the handle %d", handle)
	}
	return object, nil
}

// release closes an object that Python has dropped.
func (t *handleTable) release(handle int64) error {
	object, err := t.get(handle)
	if err != nil {
		return err
	}
	t.mu.Lock()
	delete(t.objects, handle)
	t.mu.Unlock()
	return object.(io.Closer).Close()
}
