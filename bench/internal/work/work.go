// Package work holds what is measured. It runs in a process of its own, one for
// each measurement, so that no peer inherits another's heap, threads or poller.
// The C and the Python program take the same arguments and print the same result.
package work

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"example.com/socket/bench/internal/peer"
)

// A Spec says what is measured.
type Spec struct {
	Kind    string        // roundtrip, many, stream, datagram, connect, idle, recv, server, select
	N       int           // its size: bytes, connections or clients
	Mode    string        // its variant, "-" if there is only one
	Timeout time.Duration // for each call, 0 for none
	Time    time.Duration // how long it is measured
	File    string        // what a stream's file mode sends: N bytes; for a server the program of the clients
}

// Args returns the spec as a command line.
func (s Spec) Args() []string {
	return []string{
		s.Kind, strconv.Itoa(s.N), s.Mode,
		strconv.FormatInt(s.Timeout.Milliseconds(), 10),
		strconv.FormatInt(s.Time.Milliseconds(), 10),
		s.File,
	}
}

// parse reads what Args made.
func parse(args []string) (Spec, error) {
	if len(args) != 6 {
		return Spec{}, fmt.Errorf("6 arguments are needed, not %d", len(args))
	}
	s := Spec{Kind: args[0], Mode: args[2], File: args[5]}
	var ms [2]int
	for i, to := range []*int{&s.N, &ms[0], &ms[1]} {
		n, err := strconv.Atoi(args[[]int{1, 3, 4}[i]])
		if err != nil {
			return Spec{}, err
		}
		*to = n
	}
	s.Timeout = time.Duration(ms[0]) * time.Millisecond
	s.Time = time.Duration(ms[1]) * time.Millisecond
	return s, nil
}

// A Result maps what was measured to its amount for one operation: "ns" of time,
// "cpu" ns of processor time, "allocs", "bytes".
type Result map[string]float64

var kinds = map[string]func(peer.Peer, Spec) (Result, error){
	"roundtrip": roundTrip,
	"many":      many,
	"stream":    stream,
	"datagram":  datagram,
	"connect":   connect,
	"idle":      idle,
	"recv":      recv,
	"server":    server,
	"select":    selecting,
}

// The words that make the command a process of a measurement.
const (
	Measure = "measure" // measure PEER SPEC: prints a Result
	echoing = "echo"    // echo PEER PORT: the other end of a round trip
	holding = "hold"    // hold N PORT: the other end of idle connections
	calling = "call"    // call N PORT MS: the clients of a server
)

// Main runs such a process. Its second result is false if args don't ask for one.
func Main(args []string, in io.Reader, out io.Writer) (error, bool) {
	if len(args) < 3 {
		return nil, false
	}
	switch args[0] {
	case Measure:
		return measured(args[1], args[2:], out), true
	case echoing:
		return echoTo(args[1], args[2]), true
	case holding:
		return hold(args[1], args[2], in, out), true
	case calling:
		if len(args) != 4 {
			return fmt.Errorf("%s: 4 words are needed, not %d", calling, len(args)), true
		}
		return call(args[1], args[2], args[3], out), true
	}
	return nil, false
}

func measured(name string, args []string, out io.Writer) error {
	p, ok := peer.All()[name]
	if !ok {
		return fmt.Errorf("no peer %q", name)
	}
	spec, err := parse(args)
	if err != nil {
		return err
	}
	run, ok := kinds[spec.Kind]
	if !ok {
		return fmt.Errorf("no work %q", spec.Kind)
	}
	result, err := run(p, spec)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}
