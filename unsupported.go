//go:build !unix

package socket

// The name of what is missing is the compiler's error message elsewhere.
var _ = this_package_needs_a_unix_system
