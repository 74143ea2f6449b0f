//go:build unix

package socket

import (
	"strings"

	"example.com/socket/internal/fd"
)

// An Arg is an argument of New, SocketPair, FromFd or GetAddrInfo: an
// AddressFamily, a SocketKind, a Proto, a Fileno or an AddressInfo. They may
// stand in any order, each at most once.
type Arg interface {
	setArg(*arguments) error
}

// A Fileno is a descriptor's number as an argument of New: Python's fileno=fd.
type Fileno int

// arguments collects what a list of Args says; given has a bit for each kind.
type arguments struct {
	op     string
	family AddressFamily
	kind   SocketKind
	proto  Proto
	fileno Fileno
	flags  AddressInfo
	given  argKind
}

type argKind uint8

const (
	argFamily argKind = 1 << iota
	argKindOf
	argProto
	argFileno
	argFlags
)

var argNames = map[argKind]string{
	argFamily: "address family",
	argKindOf: "socket kind",
	argProto:  "protocol",
	argFileno: "Fileno",
	argFlags:  "AddressInfo flags",
}

// parseArgs reads args for the call op, which takes only the kinds in allowed.
func parseArgs(op string, allowed argKind, args []Arg) (arguments, error) {
	if len(args) == 0 {
		return arguments{op: op}, nil
	}
	a := arguments{op: op} // in memory of its own, since setArg is an interface's method
	for _, arg := range args {
		if arg == nil {
			return a, &ArgumentError{op, "argument", nil, allowed.want()}
		}
		if err := arg.setArg(&a); err != nil {
			return a, err
		}
		if a.given&^allowed != 0 {
			return a, &ArgumentError{op, "argument", arg, allowed.want()}
		}
	}
	return a, a.check()
}

// check refuses numbers that are no C int. A Fileno has checkFileno.
func (a *arguments) check() error {
	for _, arg := range []struct {
		kind  argKind
		value int
	}{{argFamily, int(a.family)}, {argKindOf, int(a.kind)}, {argProto, int(a.proto)}, {argFlags, int(a.flags)}} {
		if arg.value != int(int32(arg.value)) {
			return &ArgumentError{a.op, argNames[arg.kind], arg.value, "a C int"}
		}
	}
	return nil
}

// want names the Go types of the arguments that a call takes.
func (allowed argKind) want() string {
	types := []string{"an AddressFamily", "a SocketKind", "a Proto"}
	if allowed&argFileno != 0 {
		types = append(types, "a Fileno")
	}
	if allowed&argFlags != 0 {
		types = append(types, "AddressInfo flags")
	}
	last := len(types) - 1
	return strings.Join(types[:last], ", ") + " or " + types[last]
}

// add notes that an argument of this kind was given; twice is an error.
func (a *arguments) add(kind argKind, value any) error {
	if a.given&kind != 0 {
		return &ArgumentError{a.op, argNames[kind], value, "it given once, not twice"}
	}
	a.given |= kind
	return nil
}

func (a *arguments) has(kind argKind) bool { return a.given&kind != 0 }

func (f AddressFamily) setArg(a *arguments) error {
	a.family = f
	return a.add(argFamily, f)
}

func (k SocketKind) setArg(a *arguments) error {
	a.kind = k
	return a.add(argKindOf, k)
}

func (p Proto) setArg(a *arguments) error {
	a.proto = p
	return a.add(argProto, int(p))
}

func (n Fileno) setArg(a *arguments) error {
	a.fileno = n
	return a.add(argFileno, int(n))
}

func (i AddressInfo) setArg(a *arguments) error {
	a.flags = i
	return a.add(argFlags, i)
}

// defaults fills in what the arguments left out.
func (a *arguments) defaults(family AddressFamily, kind SocketKind) {
	if !a.has(argFamily) {
		a.family = family
	}
	if !a.has(argKindOf) {
		a.kind = kind
	}
}

// detect fills in from the descriptor what the arguments left out.
func (a *arguments) detect() error {
	family, kind, proto, err := fd.Describe(int(a.fileno))
	if err != nil {
		return failure(a.op, nil, err)
	}
	if !a.has(argFamily) {
		a.family = AddressFamily(family)
	}
	if !a.has(argKindOf) {
		a.kind = SocketKind(kind)
	}
	if !a.has(argProto) {
		a.proto = Proto(proto)
	}
	return nil
}
