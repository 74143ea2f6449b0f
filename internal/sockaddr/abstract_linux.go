package sockaddr

// abstract returns a name that begins with NUL. On Linux every byte of it
// counts, later NULs too: unix(7), "Abstract sockets".
func abstract(name []byte) string { return string(name) }
