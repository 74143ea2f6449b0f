//go:build unix

package socket

// Strerror is strerror, for the comparison with Python's.
var Strerror = strerror
