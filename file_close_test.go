//go:build unix && !aix

package socket_test

import (
	"fmt"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The Close of the last owner ends a read and a write that wait; so does a
// deadline.
func TestFileCloseEndsWaiting(t *testing.T) {
	for _, last := range []string{"file", "socket", "deadline"} {
		t.Run(last, func(t *testing.T) {
			a, b := streamPair(t)
			f := makeFile(t, a, "rwb")
			var wait sync.WaitGroup
			var readErr, writeErr error
			wait.Go(func() { _, readErr = f.ReadLine() })
			wait.Go(func() {
				for writeErr == nil {
					_, writeErr = f.Write(make([]byte, 1<<20))
				}
			})
			// The write has begun when this has come.
			if _, err := b.Recv(1); err != nil {
				t.Fatal(err)
			}
			want := net.ErrClosed
			switch last {
			case "file":
				must(t, a.Close())
				must(t, f.Close())
			case "socket":
				other := makeFile(t, a, "r")
				f.Close()
				must(t, other.Close())
				must(t, a.Close())
			case "deadline":
				want = os.ErrDeadlineExceeded
				must(t, a.SetDeadline(time.Unix(1, 0)))
			}
			wait.Wait()
			wantError(t, readErr, want)
			wantError(t, writeErr, want)
		})
	}
}

// Lines written by many goroutines come whole, read by many.
func TestFileConcurrent(t *testing.T) {
	const writers, each = 8, 500
	a, b := streamPair(t)
	w, r := makeFile(t, a, "wb"), makeFile(t, b, "rb")
	var writing, reading sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			for j := range each {
				if _, err := fmt.Fprintf(w, "%d %d\n", i, j); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var mu sync.Mutex
	got := make(map[string]int)
	for range 4 {
		reading.Go(func() {
			for line, err := range r.Lines() {
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				got[string(line)]++
				mu.Unlock()
			}
		})
	}
	writing.Wait()
	must(t, a.Close())
	must(t, w.Close())
	reading.Wait()
	want := make(map[string]int)
	for i := range writers {
		for j := range each {
			want[fmt.Sprintf("%d %d\n", i, j)] = 1
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Closing while others write loses nothing that was taken before the closing.
func TestFileCloseWhileWriting(t *testing.T) {
	for range 50 {
		a, b := streamPair(t)
		w := makeFile(t, a, "wb")
		must(t, a.Close())
		if _, err := w.WriteString("first\n"); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() { w.WriteString("x") })
		}
		must(t, w.Close())
		line, err := makeFile(t, b, "rb").ReadLine()
		wait.Wait()
		if string(line) != "first\n" || err != nil {
			t.Fatalf("ReadLine = %q, %v", line, err)
		}
	}
}

// Lines can be left early and taken up again.
func TestFileLinesBreak(t *testing.T) {
	a, b := streamPair(t)
	must(t, a.SendAll([]byte("1\n2\n3\n")))
	must(t, a.Close())
	f := makeFile(t, b, "rb")
	var got []string
	for line, err := range f.Lines() {
		must(t, err)
		got = append(got, string(line))
		break
	}
	rest, err := f.ReadLines()
	must(t, err)
	for _, line := range rest {
		got = append(got, string(line))
	}
	if diff := cmp.Diff([]string{"1\n", "2\n", "3\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
