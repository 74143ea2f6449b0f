//go:build unix

package socket

import (
	"errors"
	"math"

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
	if index := indexIn(all, name); index != 0 {
		return index, nil
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
	if name := nameIn(all, index); name != "" {
		return name, nil
	}
	return "", failure(op, nil, unix.ENXIO)
}

// interfaces lists the interfaces for op.
func interfaces(op string) ([]Interface, error) {
	list, err := listInterfaces()
	if err != nil {
		return nil, failure(op, nil, err)
	}
	return list, nil
}

// interfaceIndex returns the index of the interface of that name, 0 if there is
// none or the kernel doesn't tell.
func interfaceIndex(name string) int {
	all, err := listInterfaces()
	if err != nil {
		return 0
	}
	return indexIn(all, name)
}

// indexIn returns the index of the interface of that name, 0 if there is none.
func indexIn(all []Interface, name string) int {
	for _, ifi := range all {
		if ifi.Name == name {
			return ifi.Index
		}
	}
	return 0
}

// nameIn returns the name of the interface with that index, "" if there is none.
func nameIn(all []Interface, index int) string {
	for _, ifi := range all {
		if ifi.Index == index {
			return ifi.Name
		}
	}
	return ""
}

// errnoIn takes the errno out of an error of the standard library.
func errnoIn(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}
