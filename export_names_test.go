//go:build unix

package socket

import (
	"path/filepath"
	"testing"
)

// MoveServiceFiles has the files of services, protocols and hosts be looked for
// in dir until the test ends. (net's resolver goes on to read the real hosts.)
func MoveServiceFiles(t testing.TB, dir string) {
	services, protocols, hosts := servicesFile, protocolsFile, hostsFile
	servicesFile, protocolsFile = filepath.Join(dir, "services"), filepath.Join(dir, "protocols")
	hostsFile = filepath.Join(dir, "hosts")
	t.Cleanup(func() { servicesFile, protocolsFile, hostsFile = services, protocols, hosts })
}

// HostsByName is hostsByName, with the addresses as texts.
func HostsByName(host string, family AddressFamily) (name string, aliases, addrs []string) {
	name, aliases, ips := hostsByName(host, family)
	for _, ip := range ips {
		addrs = append(addrs, ipText(ip))
	}
	return name, aliases, addrs
}
