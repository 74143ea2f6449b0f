//go:build unix

package socket

import (
	"errors"
	"math"
	"net"

	"golang.org/x/sys/unix"
)

// HasIPv6 says that the library knows IPv6: Python's socket.has_ipv6. It is true
// on every platform, also where the kernel has none.
const HasIPv6 = true

// An Interface is a network interface: Python's (index, name).
type Interface struct {
	Index int
	Name  string
}

// IfNameIndex returns the machine's network interfaces: Python's
// socket.if_nameindex() and if_nameindex(3).
func IfNameIndex() ([]Interface, error) {
	return interfaces("if_nameindex")
}

// IfNameToIndex returns the index of the interface of that name: Python's
// socket.if_nametoindex(name) and if_nametoindex(3). The error for an unknown name
// has Python's text, and is ENODEV for errors.Is, as in Python since 3.14.
func IfNameToIndex(name string) (int, error) {
	const op = "if_nametoindex"
	if err := checkText(op, "name", name); err != nil {
		return 0, err
	}
	all, err := interfaces(op)
	if err != nil {
		return 0, err
	}
	for _, ifi := range all {
		if ifi.Name == name {
			return ifi.Index, nil
		}
	}
	return 0, unknownInterface(op, name)
}

// IfIndexToName returns the name of the interface with that index: Python's
// socket.if_indextoname(index) and if_indextoname(3). An index that no interface
// has is ENXIO, one outside 0 to 4294967295 an *ArgumentError.
func IfIndexToName(index int) (string, error) {
	const op = "if_indextoname"
	if index < 0 || uint64(index) > math.MaxUint32 {
		return "", &ArgumentError{op, "index", index, "0 to 4294967295"}
	}
	all, err := interfaces(op)
	if err != nil {
		return "", err
	}
	for _, ifi := range all {
		if ifi.Index == index {
			return ifi.Name, nil
		}
	}
	return "", failure(op, nil, unix.ENXIO)
}

// interfaces lists the interfaces for op.
func interfaces(op string) ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, failure(op, nil, errnoIn(err))
	}
	list := make([]Interface, len(all))
	for i, ifi := range all {
		list[i] = Interface{ifi.Index, ifi.Name}
	}
	return list, nil
}

// errnoIn takes the errno out of an error of the standard library.
func errnoIn(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}
