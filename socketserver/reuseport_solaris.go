package socketserver

// soReusePort is 0 where package socket has no SO_REUSEPORT. Python leaves the
// option out there too. (The file is for illumos as well.)
const soReusePort = 0
