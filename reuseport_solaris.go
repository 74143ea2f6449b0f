package socket

// soReusePort is 0 where x/sys doesn't know SO_REUSEPORT.
const soReusePort = 0
