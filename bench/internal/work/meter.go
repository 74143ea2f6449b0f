package work

import (
	"time"

	"golang.org/x/sys/unix"
)

// A batch does some operations and returns how many. The clock is read between
// batches, so that reading it costs next to nothing.
type batch func() (float64, error)

// batchSize is how many short operations make a batch.
const batchSize = 64

// times makes a batch of one operation.
func times(n int, op func() error) batch {
	return func() (float64, error) {
		for range n {
			if err := op(); err != nil {
				return 0, err
			}
		}
		return float64(n), nil
	}
}

// measure runs b for d, after warming up, and returns the cost of an operation.
func measure(d time.Duration, b batch) (Result, error) { return measureUpTo(0, d, b) }

// measureUpTo is measure that ends early after limit operations, if limit isn't 0.
func measureUpTo(limit float64, d time.Duration, b batch) (Result, error) {
	if _, err := repeat(limit/8, d/8, b); err != nil {
		return nil, err
	}
	w := open()
	ops, err := repeat(limit, d, b)
	if err != nil {
		return nil, err
	}
	return w.close(ops), nil
}

func repeat(limit float64, d time.Duration, b batch) (ops float64, err error) {
	for end := time.Now().Add(d); ; {
		n, err := b()
		if err != nil {
			return 0, err
		}
		ops += n
		if limit != 0 && ops >= limit || time.Now().After(end) {
			return ops, nil
		}
	}
}

// A window is a span of time that is measured.
type window struct {
	start time.Time
	cpu   time.Duration
}

func open() window { return window{time.Now(), processorTime()} }

// close returns the cost of an operation if ops were done in the window.
func (w window) close(ops float64) Result {
	return Result{
		"ns":  float64(time.Since(w.start)) / ops,
		"cpu": float64(processorTime()-w.cpu) / ops,
	}
}

// processorTime is the user and system time of this process until now.
func processorTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it has no way to fail
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
