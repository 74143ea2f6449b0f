//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"time"
	"unicode"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
	"golang.org/x/sys/unix"
)

// step prints a Python line and what came of its Go counterpart.
func step(python string, result any) {
	say("   %s%*s %v\n", python, max(0, 56-columns(python)), "", shown(result))
}

// say prints. Who reads may have seen enough (head -3); then the tour is over.
func say(format string, args ...any) {
	_, err := fmt.Printf(format, args...)
	switch {
	case errors.Is(err, unix.EPIPE):
		os.Exit(0)
	case err != nil:
		fail("%v", err)
	}
}

// columns is the width of a text on a terminal, where a Chinese character takes
// two columns.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// shown is a value as Python shows it, where Go would print it otherwise.
func shown(v any) any {
	switch v := v.(type) {
	case []byte:
		return program.Bytes(v)
	case bool:
		if v {
			return "True"
		}
		return "False"
	case time.Duration:
		if v == socket.NoTimeout {
			return "NoTimeout, which is None"
		}
	}
	return v
}

// done is a step that returns nothing and has to succeed.
func done(python string, err error) {
	if err != nil {
		fail("%s: %v", python, err)
	}
	step(python, "done")
}

// got is a step that has to succeed; it returns its result.
func got[T any](python string, result T, err error) T {
	if err != nil {
		fail("%s: %v", python, err)
	}
	step(python, result)
	return result
}

// want is a step that has to succeed, with this result.
func want[T any](python string, wanted any, result T, err error) {
	got(python, result, err)
	if w, r := fmt.Sprint(shown(wanted)), fmt.Sprint(shown(result)); w != r {
		fail("%s: got %s, want %s", python, r, w)
	}
}

// raises is a step that has to fail with an error that is each of the targets.
func raises(python string, err error, targets ...error) {
	if err == nil {
		fail("%s: no error, want %v", python, targets)
	}
	for _, target := range targets {
		if !errors.Is(err, target) {
			fail("%s: %v, want an error that is %v", python, err, target)
		}
	}
	step(python, err)
}

// fail ends the tour.
func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "tour: "+format+"\n", args...)
	os.Exit(1)
}
