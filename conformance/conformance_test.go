//go:build unix

package conformance_test

import (
	"testing"
	"time"
)

// TestModule runs CPython's test_socket with a _socket that is the Go library,
// under CPython's own Lib/socket.py.
func TestModule(t *testing.T) {
	checkAll(t, "module", "test_socket", "module.txt")
}

// TestHighLevel runs it with what Lib/socket.py adds from the Go library too:
// makefile, sendfile, create_connection and the like.
func TestHighLevel(t *testing.T) {
	checkAll(t, "highlevel", "test_socket", "module.txt", "highlevel.txt")
}

// TestConsumers runs the tests of modules that use sockets, over the Go library
// and the files of its MakeFile. One Python will do.
func TestConsumers(t *testing.T) {
	b, p := needBridge(t), needPythons(t)[0]
	modules := []string{"test_timeout", "test_httplib", "test_poplib", "test_smtplib", "test_ftplib", "test_xmlrpc"}
	for _, module := range modules {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			checkModule(t, b, p, "highlevel", module, "consumers.txt")
		})
	}
}

func checkAll(t *testing.T, sockets, module string, lists ...string) {
	b := needBridge(t)
	for _, p := range needPythons(t) {
		t.Run(p.version, func(t *testing.T) { checkModule(t, b, p, sockets, module, lists...) })
	}
}

func checkModule(t *testing.T, b bridge, p python, sockets, module string, lists ...string) {
	p.needTests(t, module)
	job{p, b, sockets, module, readExpected(t, p.version, lists...)}.check(t)
}

// TestNames looks whether the module that stands in for _socket has all that
// CPython's has, and no constant has another value.
func TestNames(t *testing.T) {
	b := needBridge(t)
	for _, p := range needPythons(t) {
		t.Run(p.version, func(t *testing.T) {
			events, err := p.script(b, time.Minute, "names.py")
			if err != nil {
				t.Fatal(err)
			}
			if len(events) == 0 {
				t.Error("nothing was compared")
			}
			expected := readExpected(t, p.version, "names.txt")
			outcomes := map[string]outcome{}
			for _, e := range events {
				outcomes[e.Test] = outcome{e.Outcome, e.Detail}
			}
			job{expected: expected}.compare(t, outcomes)
			t.Logf("%d names compared", len(outcomes))
		})
	}
}
