//go:build unix

// Bridge is the library as a C shared object with one function, SocketCall, that
// reaches every function and method. Python's side of it is ../python/bridge.py.
package main

/*
#include <stdint.h>
#include <stdlib.h>

// at is a pointer into the caller's memory, which Python sends as a number.
static inline void *at(uintptr_t address) { return (void *)address; }
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"unsafe"
)

func main() {}

// SocketCall does what the JSON of size bytes asks for and returns the answer,
// JSON too, which is the caller's to free. It may be called from any thread, and
// returns when the call of the library does.
//
//export SocketCall
func SocketCall(text *C.char, size C.int) *C.char {
	answer, err := json.Marshal(serve(C.GoBytes(unsafe.Pointer(text), size)))
	if err != nil {
		panic(err) // there is nothing in an answer that JSON doesn't have
	}
	return C.CString(string(answer))
}

// A request names a function, or a method of the object with the handle On.
type request struct {
	On   int64
	Call string
	Args []json.RawMessage
}

type answer struct {
	Results []any    `json:"results"`
	Error   *failure `json:"error"`
}

func serve(text []byte) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{Error: &failure{Kind: "panic", Text: fmt.Sprintf("%v\n%s", p, debug.Stack())}}
		}
	}()
	var r request
	if err := json.Unmarshal(text, &r); err != nil {
		return answer{Error: describe(err)}
	}
	results, err := r.do()
	if err != nil {
		return answer{Error: describe(err)}
	}
	return answer{Results: results}
}

func (r request) do() ([]any, error) {
	f, err := r.callee()
	if err != nil {
		return nil, err
	}
	args, done, err := decodeArgs(f.Type(), r.Args)
	defer done()
	if err != nil {
		return nil, &decodeError{err}
	}
	return encodeResults(f.Call(args))
}

var errNoSuchCall = errors.New("the library has no such function or method")

func (r request) callee() (reflect.Value, error) {
	if r.On == 0 {
		f, ok := functions[r.Call]
		if !ok {
			return reflect.Value{}, fmt.Errorf("%s: %w", r.Call, errNoSuchCall)
		}
		return reflect.ValueOf(f), nil
	}
	object, err := handles.get(r.On)
	if err != nil {
		return reflect.Value{}, err
	}
	m := reflect.ValueOf(object).MethodByName(r.Call)
	if !m.IsValid() {
		return reflect.Value{}, fmt.Errorf("%T.%s: %w", object, r.Call, errNoSuchCall)
	}
	return m, nil
}

// memory is size bytes of the caller's at address.
func memory(address uintptr, size int) []byte {
	return unsafe.Slice((*byte)(C.at(C.uintptr_t(address))), size)
}
