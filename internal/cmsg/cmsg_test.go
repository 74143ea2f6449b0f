//go:build unix

package cmsg_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"example.com/socket/internal/cmsg"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"
)

// header is what an item begins with, written field by field.
func header(length uint64, level, typ int32) []byte {
	b := make([]byte, unix.CmsgLen(0))
	lengthSize := unix.SizeofCmsghdr - 8 // the level and the type are 32 bits each
	if lengthSize == 8 {
		binary.NativeEndian.PutUint64(b, length)
	} else {
		binary.NativeEndian.PutUint32(b, uint32(length))
	}
	binary.NativeEndian.PutUint32(b[lengthSize:], uint32(level))
	binary.NativeEndian.PutUint32(b[lengthSize+4:], uint32(typ))
	return b
}

// length is the length of an item with n bytes of data.
func length(n int) uint64 { return uint64(unix.CmsgLen(n)) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// padding are the zeros after n bytes of data.
func padding(n int) []byte { return make([]byte, unix.CmsgSpace(n)-unix.CmsgLen(n)) }

// walk returns all items of a control buffer.
func walk(b []byte) (items []cmsg.Item) {
	for item, rest, ok := cmsg.Next(b); ok; item, rest, ok = cmsg.Next(rest) {
		items = append(items, item)
	}
	return items
}

func TestAppend(t *testing.T) {
	tests := map[string]struct {
		items []cmsg.Item
		want  []byte
	}{
		"none":    {nil, nil},
		"no data": {[]cmsg.Item{{Level: 1, Type: 2}}, header(length(0), 1, 2)},
		"one byte": {
			[]cmsg.Item{{41, 52, []byte{7}}},
			join(header(length(1), 41, 52), []byte{7}, padding(1)),
		},
		"negative numbers": {
			[]cmsg.Item{{-1, -2, nil}},
			header(length(0), -1, -2),
		},
		"two": {
			[]cmsg.Item{{1, 1, []byte("abcd")}, {0, 8, []byte("123456789")}},
			join(header(length(4), 1, 1), []byte("abcd"), padding(4), header(length(9), 0, 8), []byte("123456789"), padding(9)),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []byte
			for _, item := range tt.items {
				got = cmsg.Append(got, item.Level, item.Type, item.Data)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("bytes differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAppendAsXSys compares with the one encoder that x/sys has.
func TestAppendAsXSys(t *testing.T) {
	for _, fds := range [][]int{{3}, {3, 4}, {0, 1, 2, 1 << 20}} {
		got := cmsg.Append(nil, unix.SOL_SOCKET, unix.SCM_RIGHTS, cmsg.PutFds(fds))
		if diff := cmp.Diff(unix.UnixRights(fds...), got); diff != "" {
			t.Errorf("%v (-x/sys +got):\n%s", fds, diff)
		}
		if diff := cmp.Diff(fds, cmsg.Descriptors(got)); diff != "" {
			t.Errorf("%v come back (-want +got):\n%s", fds, diff)
		}
	}
}

func TestNext(t *testing.T) {
	first := join(header(length(4), 1, 2), []byte("abcd"), padding(4))
	one := cmsg.Item{Level: 1, Type: 2, Data: []byte("abcd")}
	tests := map[string]struct {
		b    []byte
		want []cmsg.Item
	}{
		"nothing":                       {nil, nil},
		"less than a header":            {first[:unix.CmsgLen(0)-1], nil},
		"a header alone, cut":           {first[:unix.CmsgLen(0)], []cmsg.Item{{1, 2, []byte{}}}},
		"a header alone, whole":         {header(length(0), 3, 4), []cmsg.Item{{3, 4, []byte{}}}},
		"cut in its data":               {first[:unix.CmsgLen(3)], []cmsg.Item{{1, 2, []byte("abc")}}},
		"whole, without padding":        {first[:unix.CmsgLen(4)], []cmsg.Item{one}},
		"whole":                         {first, []cmsg.Item{one}},
		"two":                           {join(first, header(length(0), 3, 4)), []cmsg.Item{one, {3, 4, []byte{}}}},
		"the second less than a header": {join(first, header(length(0), 3, 4)[:unix.CmsgLen(0)-1]), []cmsg.Item{one}},
		"the second cut":                {join(first, header(length(9), 3, 4), []byte("xy")), []cmsg.Item{one, {3, 4, []byte("xy")}}},
		"length 0":                      {join(first, header(0, 3, 4), first), []cmsg.Item{one}},
		"length below a header's":       {join(first, header(length(0)-1, 3, 4), first), []cmsg.Item{one}},
		"the largest length":            {join(header(math.MaxUint64, 3, 4), []byte("xy")), []cmsg.Item{{3, 4, []byte("xy")}}},
		"a length that rounds to 0":     {join(header(math.MaxUint64-6, 3, 4), []byte("xy")), []cmsg.Item{{3, 4, []byte("xy")}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, walk(tt.b)); diff != "" {
				t.Errorf("items differ (-want +got):\n%s", diff)
			}
			// At an odd address too: a buffer needn't be aligned.
			if diff := cmp.Diff(tt.want, walk(join([]byte{0}, tt.b)[1:])); diff != "" {
				t.Errorf("items at an odd address differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDescriptors(t *testing.T) {
	rights := func(data []byte) []byte { return cmsg.Append(nil, unix.SOL_SOCKET, unix.SCM_RIGHTS, data) }
	other := cmsg.Append(nil, unix.SOL_SOCKET, 77, cmsg.PutFds([]int{9}))
	tests := map[string]struct {
		b    []byte
		want []int
	}{
		"none":                {nil, nil},
		"one":                 {rights(cmsg.PutFds([]int{3})), []int{3}},
		"a part of a second":  {rights(append(cmsg.PutFds([]int{3}), 1, 0)), []int{3}},
		"two items":           {join(rights(cmsg.PutFds([]int{3, 4})), other, rights(cmsg.PutFds([]int{5}))), []int{3, 4, 5}},
		"of another type":     {other, nil},
		"cut after the first": {rights(cmsg.PutFds([]int{3, 4}))[:unix.CmsgLen(6)], []int{3}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, cmsg.Descriptors(tt.b)); diff != "" {
				t.Errorf("descriptors differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithoutRights(t *testing.T) {
	rights := cmsg.Append(nil, unix.SOL_SOCKET, unix.SCM_RIGHTS, cmsg.PutFds([]int{3}))
	first, second := cmsg.Append(nil, 1, 77, []byte("a")), cmsg.Append(nil, 41, 1, []byte("bc"))
	if diff := cmp.Diff(join(first, second), cmsg.WithoutRights(join(first, rights, second, rights))); diff != "" {
		t.Errorf("what is kept differs (-want +got):\n%s", diff)
	}
}

func TestRanges(t *testing.T) {
	head, one := unix.CmsgLen(0), unix.CmsgSpace(1)
	tests := map[string]struct {
		n         int
		len, room bool
	}{
		"-1":                      {-1, false, false},
		"the lowest":              {math.MinInt, false, false},
		"0":                       {0, true, true},
		"the most with room":      {math.MaxInt32 - one, true, true},
		"one more":                {math.MaxInt32 - one + 1, true, false},
		"the longest":             {math.MaxInt32 - head, true, false},
		"longer by one":           {math.MaxInt32 - head + 1, false, false},
		"the highest of 32 bits":  {math.MaxInt32, false, false},
		"the highest that can be": {math.MaxInt, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			size, ok := cmsg.Len(tt.n)
			if ok != tt.len || ok && size != head+tt.n {
				t.Errorf("Len: got %d, %v", size, ok)
			}
			size, ok = cmsg.Space(tt.n)
			if ok != tt.room || ok && size != unix.CmsgSpace(tt.n) {
				t.Errorf("Space: got %d, %v", size, ok)
			}
		})
	}
}

// FuzzNext: whatever the bytes are, the walk ends, stays within them and finds
// again what Append writes.
func FuzzNext(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(header(0, 1, 1))
	f.Add(header(length(0), 1, 1))
	f.Add(header(math.MaxUint64, 1, 1))
	f.Add(join(header(length(5), 1, 2), []byte("abcde"), padding(5), header(length(4), 1, 1), []byte{3, 0, 0, 0}))
	f.Add(join(header(length(5), 1, 2), []byte("abcde"), padding(5), header(length(400), 1, 1), []byte{3, 0}))
	f.Fuzz(func(t *testing.T, b []byte) {
		items := walk(b)
		if most := len(b) / unix.CmsgLen(0); len(items) > most {
			t.Fatalf("%d items in %d bytes", len(items), len(b))
		}
		var again []byte
		for _, item := range items {
			if cap(item.Data) != len(item.Data) {
				t.Error("to append to the data would write into the next item")
			}
			again = cmsg.Append(again, item.Level, item.Type, item.Data)
		}
		if diff := cmp.Diff(items, walk(again)); diff != "" {
			t.Errorf("written and read again (-want +got):\n%s", diff)
		}
		var fds []int
		for _, item := range items {
			if item.Rights() {
				fds = cmsg.AppendFds(fds, item.Data)
			}
		}
		if diff := cmp.Diff(fds, cmsg.Descriptors(b)); diff != "" {
			t.Errorf("descriptors differ (-want +got):\n%s", diff)
		}
		others := slices.DeleteFunc(items, cmsg.Item.Rights)
		if diff := cmp.Diff(others, walk(cmsg.WithoutRights(b)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("what is left without descriptors (-want +got):\n%s", diff)
		}
	})
}
