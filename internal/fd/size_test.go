//go:build unix && (amd64 || arm64 || riscv64 || s390x || ppc64 || ppc64le)

package fd

import (
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// A socket that waits costs what these take together, each in the smallest of the
// allocator's classes that it fits into. A field more can cost 16 bytes or 32 on
// every connection of a server: whoever adds one sees it here.
func TestMemoryOfASocketThatWaits(t *testing.T) {
	classes := []uintptr{16, 24, 32, 48, 64, 80, 96, 112, 128} // runtime's sizeclasses.go
	class := func(size uintptr) uintptr {
		for _, c := range classes {
			if size <= c {
				return c
			}
		}
		return size
	}
	got := map[string]uintptr{
		"FD":   class(unsafe.Sizeof(FD{})),
		"side": class(unsafe.Sizeof(side{})),
		"call": class(unsafe.Sizeof(call{})),
	}
	want := map[string]uintptr{"FD": 80, "side": 32, "call": 96}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bytes (-want +got):\n%s", diff)
	}
}
