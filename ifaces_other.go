//go:build unix && !linux

package socket

import (
	"net"
	"net/netip"
)

// listInterfaces returns the machine's interfaces.
func listInterfaces() ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, errnoIn(err)
	}
	list := make([]Interface, len(all))
	for i, ifi := range all {
		list[i] = Interface{ifi.Index, ifi.Name}
	}
	return list, nil
}

// localIPs returns the addresses of all interfaces.
func localIPs() ([]netip.Addr, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var ips []netip.Addr
	for _, addr := range addrs {
		if prefix, err := netip.ParsePrefix(addr.String()); err == nil {
			ips = append(ips, prefix.Addr())
		}
	}
	return ips, nil
}
