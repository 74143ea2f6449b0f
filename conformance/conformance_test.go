//go:build unix

package conformance_test

import "testing"

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

func checkAll(t *testing.T, sockets, module string, lists ...string) {
	b := needBridge(t)
	expected := readExpected(t, lists...)
	for _, p := range needPythons(t) {
		t.Run(p.version+"/"+module, func(t *testing.T) {
			p.needTests(t, module)
			job{p, b, sockets, module, expected}.check(t)
		})
	}
}
