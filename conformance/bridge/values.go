//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// How values travel. Numbers and booleans are JSON's. A string's bytes are the
// code points of a JSON string, so that any bytes pass; results of bytes travel
// likewise. An argument of bytes is [address, size] in the caller's memory, which
// the call reads or fills. A slice is an array; a struct is the array of its
// fields in order, of which the last may be left out. A value of an interface has
// its type's or its constructor's name first: ["Addr", "127.0.0.1", 80]. A socket
// is its handle, an *os.File its descriptor, nil is null.

var (
	bytesType  = reflect.TypeFor[[]byte]()
	fileType   = reflect.TypeFor[*os.File]()
	socketType = reflect.TypeFor[*socket.Socket]()
	errorType  = reflect.TypeFor[error]()
)

// decodeArgs reads the arguments of a function of type t. done lets go of what
// they needed.
func decodeArgs(t reflect.Type, raw []json.RawMessage) (args []reflect.Value, done func(), err error) {
	var files []*os.File
	done = func() {
		for _, f := range files {
			f.Close()
		}
	}
	for i, text := range raw {
		arg, err := decode(text, paramType(t, i))
		if err != nil {
			return nil, done, err
		}
		if f, ok := arg.Interface().(*os.File); ok {
			files = append(files, f)
		}
		args = append(args, arg)
	}
	return args, done, nil
}

// paramType is the type of the i-th argument of a call of t, variadic or not.
func paramType(t reflect.Type, i int) reflect.Type {
	if last := t.NumIn() - 1; t.IsVariadic() && i >= last {
		return t.In(last).Elem()
	}
	return t.In(i)
}

func decode(text json.RawMessage, t reflect.Type) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	if string(text) == "null" {
		return v, nil
	}
	return v, decodeInto(v, text)
}

func decodeInto(v reflect.Value, text json.RawMessage) error {
	switch t := v.Type(); {
	case t == bytesType:
		return decodeMemory(v, text)
	case t == fileType:
		return decodeFile(v, text)
	case t == socketType:
		return decodeSocket(v, text)
	}
	switch v.Kind() {
	case reflect.String:
		return decodeString(v, text)
	case reflect.Slice:
		return decodeSlice(v, text)
	case reflect.Array:
		return decodeArray(v, text)
	case reflect.Struct:
		return decodeFields(v, text)
	case reflect.Interface:
		return decodeNamed(v, text)
	}
	return json.Unmarshal(text, v.Addr().Interface())
}

func decodeMemory(v reflect.Value, text json.RawMessage) error {
	var span struct {
		Address uintptr
		Size    int
	}
	if err := decodeFields(reflect.ValueOf(&span).Elem(), text); err != nil {
		return err
	}
	if span.Size == 0 {
		v.SetBytes([]byte{})
		return nil
	}
	v.SetBytes(memory(span.Address, span.Size))
	return nil
}

// decodeFile makes a file of its own for the descriptor, which shares the file's
// position with Python's.
func decodeFile(v reflect.Value, text json.RawMessage) error {
	var fd int
	if err := json.Unmarshal(text, &fd); err != nil {
		return err
	}
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(os.NewFile(uintptr(fd), "file")))
	return nil
}

func decodeSocket(v reflect.Value, text json.RawMessage) error {
	var handle int64
	if err := json.Unmarshal(text, &handle); err != nil {
		return err
	}
	object, err := handles.get(handle)
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(object))
	return nil
}

func decodeString(v reflect.Value, text json.RawMessage) error {
	b, err := stringBytes(text)
	v.SetString(string(b))
	return err
}

func stringBytes(text json.RawMessage) ([]byte, error) {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	var b []byte
	for _, r := range s {
		if r > 0xFF {
			return nil, fmt.Errorf("%q has a character that is no byte", s)
		}
		b = append(b, byte(r))
	}
	return b, nil
}

func decodeArray(v reflect.Value, text json.RawMessage) error {
	b, err := stringBytes(text)
	if err != nil {
		return err
	}
	if len(b) != v.Len() {
		return fmt.Errorf("%d bytes, want %d", len(b), v.Len())
	}
	reflect.Copy(v, reflect.ValueOf(b))
	return nil
}

func decodeSlice(v reflect.Value, text json.RawMessage) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(items)))
	for _, item := range items {
		e, err := decode(item, v.Type().Elem())
		if err != nil {
			return err
		}
		v.Set(reflect.Append(v, e))
	}
	return nil
}

func decodeFields(v reflect.Value, text json.RawMessage) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	if len(items) > v.NumField() {
		return fmt.Errorf("%d items, want %d or less", len(items), v.NumField())
	}
	for i, item := range items {
		if err := decodeInto(v.Field(i), item); err != nil {
			return err
		}
	}
	return nil
}

// decodeNamed reads a value for an interface: a constructor's arguments, a
// struct's fields or a simple type's value stand after the name.
func decodeNamed(v reflect.Value, text json.RawMessage) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	var name string
	if len(items) == 0 || json.Unmarshal(items[0], &name) != nil {
		return fmt.Errorf("%s has no name before it", text)
	}
	made, err := construct(name, items[1:])
	if err != nil {
		return err
	}
	v.Set(made)
	return nil
}

func construct(name string, items []json.RawMessage) (reflect.Value, error) {
	if f, ok := constructors[name]; ok {
		args, done, err := decodeArgs(reflect.TypeOf(f), items)
		defer done()
		if err != nil {
			return reflect.Value{}, err
		}
		return reflect.ValueOf(f).Call(args)[0], nil
	}
	t, ok := types[name]
	if !ok {
		return reflect.Value{}, fmt.Errorf("nothing is called %s", name)
	}
	v := reflect.New(t).Elem()
	if t.Kind() != reflect.Struct {
		return v, decodeInto(v, items[0])
	}
	fields, err := json.Marshal(items)
	if err != nil {
		return v, err
	}
	return v, decodeFields(v, fields)
}

// encodeResults writes what a call returned. The error, which comes last, isn't
// among the results.
func encodeResults(results []reflect.Value) ([]any, error) {
	if n := len(results); n > 0 && results[n-1].Type() == errorType {
		if err, ok := results[n-1].Interface().(error); ok {
			return nil, err
		}
		results = results[:n-1]
	}
	return encodeAll(results), nil
}

func encodeAll(values []reflect.Value) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = encode(v)
	}
	return all
}

func encode(v reflect.Value) any {
	switch v.Kind() {
	case reflect.String:
		return byteString([]byte(v.String()))
	case reflect.Slice, reflect.Array:
		return encodeItems(v)
	case reflect.Struct:
		return encodeAll(fields(v))
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return handles.put(v.Interface())
	case reflect.Interface:
		return encodeAddress(v)
	}
	return v.Interface()
}

func encodeItems(v reflect.Value) any {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return byteString(b)
	}
	items := make([]reflect.Value, v.Len())
	for i := range items {
		items[i] = v.Index(i)
	}
	return encodeAll(items)
}

func fields(v reflect.Value) []reflect.Value {
	all := make([]reflect.Value, v.NumField())
	for i := range all {
		all[i] = v.Field(i)
	}
	return all
}

// encodeAddress writes an Address, the only interface among the results.
func encodeAddress(v reflect.Value) any {
	switch a := v.Interface().(type) {
	case nil:
		return nil
	case socket.InetAddr:
		return []any{"InetAddr", byteString([]byte(a.Host())), a.Port()}
	case socket.Inet6Addr:
		return []any{"Inet6Addr", byteString([]byte(a.Host())), a.Port(), a.FlowInfo(), a.ScopeID()}
	}
	v = v.Elem()
	name := []any{v.Type().Name()}
	if v.Kind() == reflect.Struct {
		return append(name, encodeAll(fields(v))...)
	}
	return append(name, encode(v))
}

func byteString(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
