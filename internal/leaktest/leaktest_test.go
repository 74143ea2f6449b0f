//go:build linux

package leaktest

import (
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

func TestDescriptorIsFound(t *testing.T) {
	before := openFiles()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if list := extra(before, openFiles()); !strings.Contains(list, ": /dev/null\n") {
		t.Errorf("the list is %q, want /dev/null in it", list)
	}
}

func TestGoroutineIsFound(t *testing.T) {
	before := goroutines()
	quit := make(chan bool)
	started := make(chan bool)
	go stay(started, quit)
	<-started
	list := extra(before, goroutines())
	close(quit)
	if !strings.Contains(list, "TestGoroutineIsFound") {
		t.Errorf("the list is %q, want this test as a creator in it", list)
	}
}

func stay(started, quit chan bool) {
	started <- true
	<-quit
}

func TestNothingIsLeft(t *testing.T) {
	before := take()
	done := make(chan bool)
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	go func() { f.Close(); close(done) }()
	<-done
	if list := before.left(); list != "" {
		t.Errorf("left behind:\n%s", list)
	}
}
