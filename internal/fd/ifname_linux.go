package fd

import "golang.org/x/sys/unix"

// The names of network interfaces are asked of the descriptor itself, which
// knows them in its own network namespace: netdevice(7).

// InterfaceIndex returns the index of an interface, ENODEV if there is none of
// that name.
func (f *FD) InterfaceIndex(name string) (int, error) {
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return 0, unix.ENODEV // longer than any interface's name
	}
	err = f.control(func() error { return unix.IoctlIfreq(f.sysfd, unix.SIOCGIFINDEX, ifr) })
	if err != nil {
		return 0, err
	}
	return int(int32(ifr.Uint32())), nil
}

// InterfaceName returns the name of the interface with that index, ENODEV if
// there is none.
func (f *FD) InterfaceName(index int) (string, error) {
	ifr, err := unix.NewIfreq("")
	if err != nil {
		return "", err
	}
	ifr.SetUint32(uint32(index))
	err = f.control(func() error { return unix.IoctlIfreq(f.sysfd, unix.SIOCGIFNAME, ifr) })
	if err != nil {
		return "", err
	}
	return ifr.Name(), nil
}
