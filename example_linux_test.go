package socket_test

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"

	"example.com/socket"
)

// The text is Python's, after the operation and the address.
func ExampleError_Error() {
	s, err := socket.New(socket.AF_UNIX, socket.SOCK_STREAM)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.Connect(socket.UnixAddr("/no/such/path")))
	s.Close()
	fmt.Println(s.Listen(5))
	// Output:
	// connect /no/such/path: [Errno 2] No such file or directory
	// listen: [Errno 9] Bad file descriptor
}

// Python: struct.unpack("3i", s.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)). It is the
// process at the other end of an AF_UNIX connection, here this one.
func ExampleSocket_GetSockOptBytes() {
	a, b, err := socket.SocketPair()
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	cred, err := a.GetSockOptBytes(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
	if err != nil || len(cred) != 12 {
		log.Fatal(cred, err)
	}
	pid := int(binary.NativeEndian.Uint32(cred))
	uid := int(binary.NativeEndian.Uint32(cred[4:]))
	gid := int(binary.NativeEndian.Uint32(cred[8:]))
	fmt.Println(pid == os.Getpid(), uid == os.Geteuid(), gid == os.Getegid())
	// Output: true true true
}
