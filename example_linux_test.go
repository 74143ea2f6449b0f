package socket_test

import (
	"fmt"
	"log"

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
