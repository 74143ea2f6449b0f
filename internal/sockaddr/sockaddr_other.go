//go:build unix && (!linux || socket_fallback)

package sockaddr

import "golang.org/x/sys/unix"

// Outside Linux the system calls go through x/sys, which takes and returns its
// own Sockaddr values instead of bytes.

// Sockaddr returns r as x/sys's value, nil for no address.
func (r *Raw) Sockaddr() (unix.Sockaddr, error) {
	switch r.Family() {
	case unix.AF_UNSPEC:
		return nil, nil
	case unix.AF_INET:
		ip, port, _ := r.Inet4()
		return &unix.SockaddrInet4{Port: int(port), Addr: ip}, nil
	case unix.AF_INET6:
		ip, port, _, scope, _ := r.Inet6()
		return &unix.SockaddrInet6{Port: int(port), ZoneId: scope, Addr: ip}, nil
	case unix.AF_UNIX:
		return &unix.SockaddrUnix{Name: r.Unix()}, nil
	}
	return nil, unix.EAFNOSUPPORT
}

// SetSockaddr makes r the address that x/sys returned.
func (r *Raw) SetSockaddr(sa unix.Sockaddr) {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		r.SetInet4(sa.Addr, uint16(sa.Port))
	case *unix.SockaddrInet6:
		r.SetInet6(sa.Addr, uint16(sa.Port), 0, sa.ZoneId)
	case *unix.SockaddrUnix:
		r.SetUnix(ofXsys(sa.Name))
	default:
		*r = Raw{}
	}
}
