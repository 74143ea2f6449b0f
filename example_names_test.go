//go:build linux

package socket_test

import (
	"fmt"

	"example.com/socket"
)

// Python: socket.getaddrinfo("127.1", 8080, type=socket.SOCK_STREAM)
func ExampleGetAddrInfo() {
	infos, err := socket.GetAddrInfo("127.1", 8080, socket.SOCK_STREAM)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range infos {
		fmt.Println(i.Family, i.Kind, i.Proto, i.Addr)
	}

	_, err = socket.GetAddrInfo("::1", 8080, socket.AF_INET)
	fmt.Println(err)
	// Output:
	// AF_INET SOCK_STREAM IPPROTO_TCP 127.0.0.1:8080
	// getaddrinfo ::1: [Errno -9] Address family for hostname not supported
}

// Python: socket.getnameinfo(("127.0.0.1", 8080), NI_NUMERICHOST | NI_NUMERICSERV)
func ExampleGetNameInfo() {
	host, service, err := socket.GetNameInfo(socket.Addr("127.0.0.1", 8080), socket.NI_NUMERICHOST|socket.NI_NUMERICSERV)
	fmt.Println(host, service, err)
	// Output: 127.0.0.1 8080 <nil>
}

// Python: socket.inet_ntop(AF_INET6, socket.inet_pton(AF_INET6, "2001:DB8:0::1"))
func ExampleInetPton() {
	b, err := socket.InetPton(socket.AF_INET6, "2001:DB8:0::1")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := socket.InetNtop(socket.AF_INET6, b)
	fmt.Println(text, err)
	// Output: 2001:db8::1 <nil>
}
