//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"

	"example.com/socket/examples/internal/program"
)

// step prints a Python line and what came of its Go counterpart.
func step(python string, result any) {
	fmt.Printf("   %-56s %v\n", python, shown(result))
}

// shown is a value as Python shows it, where Go would print it otherwise.
func shown(v any) any {
	if b, ok := v.([]byte); ok {
		return program.Bytes(b)
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
