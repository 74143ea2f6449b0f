//go:build unix

package socket

import (
	"strconv"
	"strings"
)

//go:generate go run ./internal/gen

// An AddressFamily is one of the AF constants. It mirrors Python's enum
// socket.AddressFamily.
type AddressFamily int

// A SocketKind is one of the SOCK constants, to which Linux and the BSDs let
// SOCK_NONBLOCK and SOCK_CLOEXEC be or-ed. It mirrors Python's enum
// socket.SocketKind.
type SocketKind int

// A MsgFlag is a set of MSG constants, the flags of the send and receive
// methods. It mirrors Python's enum socket.MsgFlag.
type MsgFlag int

// An AddressInfo is a set of AI constants, the flags of GetAddrInfo. It mirrors
// Python's enum socket.AddressInfo.
type AddressInfo int

// A Proto is a protocol number or an option level: one of the IPPROTO and SOL
// constants, or any other number, as in Proto(CAN_RAW). Python has plain
// integers here.
type Proto int

// String returns the name of f as Python spells it, or its number in decimal
// if it has none. Where two names share a number it is the one that Python
// gives: AF_ROUTE is AF_NETLINK on Linux.
func (f AddressFamily) String() string {
	return nameOrNumber(familyNames, f)
}

// String returns the name of k as Python spells it, followed by the flags that
// are or-ed to it: SOCK_STREAM|SOCK_NONBLOCK. A kind without a name is its
// number in decimal.
func (k SocketKind) String() string {
	flags, kind := splitFlags(kindFlagNames, k)
	if len(flags) == 0 {
		return nameOrNumber(kindNames, k)
	}
	if kind == 0 {
		return strings.Join(flags, "|")
	}
	name, ok := nameOf(kindNames, kind)
	if !ok {
		return strconv.Itoa(int(k))
	}
	return name + "|" + strings.Join(flags, "|")
}

// String returns the names of the flags in f as Python spells them:
// MSG_PEEK|MSG_DONTWAIT. Bits without a name follow as one number.
// No flags are "0".
func (f MsgFlag) String() string {
	return flagString(msgFlagNames, f)
}

// String returns the names of the flags in f as Python spells them:
// AI_PASSIVE|AI_CANONNAME. Bits without a name follow as one decimal
// number. No flags are "0".
func (f AddressInfo) String() string {
	return flagString(addressInfoNames, f)
}

// String returns the IPPROTO name of p, else its SOL name, else its number in
// decimal. One number can be a protocol and an option level: SOL_TCP is
// IPPROTO_TCP, and 0 is IPPROTO_IP.
func (p Proto) String() string {
	return nameOrNumber(protoNames, p)
}

// named is an entry of a table of names.
type named[T any] struct {
	value T
	name  string
}

// nameOf returns the first name of v in table. The tables are slices, not
// maps, because two constants can be equal on one architecture alone, and
// because they cost nothing at start-up.
func nameOf[T comparable](table []named[T], v T) (string, bool) {
	for _, n := range table {
		if n.value == v {
			return n.name, true
		}
	}
	return "", false
}

// nameOrNumber returns the name of v, or v in decimal.
func nameOrNumber[T ~int](table []named[T], v T) string {
	if name, ok := nameOf(table, v); ok {
		return name
	}
	return strconv.Itoa(int(v))
}

// splitFlags takes the flags that table has out of v. It returns their names
// and the rest of v.
func splitFlags[T ~int](table []named[T], v T) (names []string, rest T) {
	for _, n := range table {
		if n.value != 0 && v&n.value == n.value {
			names = append(names, n.name)
			v &^= n.value
		}
	}
	return names, v
}

// flagString joins the names of the flags in v. A negative number is no set of
// flags and stays a number.
func flagString[T ~int](table []named[T], v T) string {
	if v <= 0 {
		return strconv.Itoa(int(v))
	}
	names, rest := splitFlags(table, v)
	if rest != 0 {
		names = append(names, strconv.Itoa(int(rest)))
	}
	return strings.Join(names, "|")
}
