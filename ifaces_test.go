//go:build linux

package socket_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestInterfacesMatchPython(t *testing.T) {
	names := []string{"lo", "nosuch0", "", "lo ", "LO", strings.Repeat("l", 15), strings.Repeat("l", 16), strings.Repeat("l", 300), "é", "lo\x00x", "1"}
	indexes := [][]any{{0}, {99999}, {-1}, {1<<31 - 1}}
	big := int64(math.MaxUint32)
	if strconv.IntSize == 64 {
		indexes = append(indexes, []any{int(big / 2)}, []any{int(big)})
	}
	samePython(t, "if_nameindex", [][]any{{}}, func([]any) (any, error) {
		all, err := socket.IfNameIndex()
		list := []any{}
		for _, ifi := range all {
			list = append(list, []any{ifi.Index, ifi.Name})
			names = append(names, ifi.Name)
			indexes = append(indexes, []any{ifi.Index})
		}
		return list, err
	})
	samePython(t, "if_nametoindex", callsWith(names), func(args []any) (any, error) {
		return socket.IfNameToIndex(args[0].(string))
	})
	samePython(t, "if_indextoname", indexes, func(args []any) (any, error) {
		return socket.IfIndexToName(args[0].(int))
	})
}

func TestUnknownInterface(t *testing.T) {
	machine.Needs(t, machine.Netlink)
	_, err := socket.IfNameToIndex("nosuch0")
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(`if_nametoindex "nosuch0": no interface with this name`, err.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if !errors.Is(err, unix.ENODEV) {
		t.Errorf("%v is not ENODEV", err)
	}
}
