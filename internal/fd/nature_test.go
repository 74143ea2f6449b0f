//go:build unix

package fd

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// What the ways to the kernel are chosen by: without prompt, say, every call on a
// socket tells the scheduler, and only a benchmark shows it.
func TestNature(t *testing.T) {
	type socket struct{ family, kind, proto int }
	got := map[socket]nature{}
	want := map[socket]nature{
		{unix.AF_INET, unix.SOCK_STREAM, 0}:                 prompt | stream | tcp | told,
		{unix.AF_INET6, unix.SOCK_STREAM, unix.IPPROTO_TCP}: prompt | stream | tcp | told,
		{unix.AF_INET, unix.SOCK_STREAM, 132}:               prompt | stream, // SCTP
		{unix.AF_INET, unix.SOCK_DGRAM, 0}:                  prompt,
		{unix.AF_UNIX, unix.SOCK_STREAM, 0}:                 prompt | stream | told,
		{unix.AF_UNIX, unix.SOCK_DGRAM, 0}:                  prompt,
		{1000, unix.SOCK_RAW, 0}:                            0,
	}
	for s := range want {
		got[s] = natureOf(s.family, s.kind, s.proto)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("natureOf (-want +got):\n%s", diff)
	}
}
