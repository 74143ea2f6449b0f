//go:build linux

package socket_test

import (
	"testing"

	"example.com/socket"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestStrerror(t *testing.T) {
	var minusTwo = -2
	tests := []struct {
		errno unix.Errno
		want  string
	}{
		{0, "Success"},
		{unix.ECONNREFUSED, "Connection refused"},
		{unix.EAGAIN, "Resource temporarily unavailable"},
		{unix.EWOULDBLOCK, "Resource temporarily unavailable"},
		{unix.EOPNOTSUPP, "Operation not supported"},
		{unix.EDEADLK, "Resource deadlock avoided"},
		{unix.EHWPOISON, "Memory page has hardware error"},
		{999, "Unknown error 999"},
		{unix.Errno(minusTwo), "Unknown error -2"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, socket.Strerror(tt.errno)); diff != "" {
				t.Errorf("strerror(%d) (-want +got):\n%s", int(tt.errno), diff)
			}
		})
	}
}

// pythonStrerror prints what os.strerror says for the numbers of errnoRange,
// or nothing where the texts aren't glibc's.
const pythonStrerror = `
import json, os, platform
glibc = platform.libc_ver()[0] == "glibc"
print(json.dumps([os.strerror(n) for n in [*range(141), 999, -2]] if glibc else None))
`

func TestStrerrorMatchesPython(t *testing.T) {
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			var want []string
			python.Eval(t, pythonStrerror, &want)
			if want == nil {
				t.Skip("python3 isn't built with glibc: try Debian's")
			}
			var got []string
			for n := range 141 {
				got = append(got, socket.Strerror(unix.Errno(n)))
			}
			for _, n := range []int{999, -2} {
				got = append(got, socket.Strerror(unix.Errno(n)))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("texts differ from Python's (-want +got):\n%s", diff)
			}
		})
	}
}
