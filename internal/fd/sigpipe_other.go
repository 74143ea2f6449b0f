//go:build aix || netbsd || openbsd || (solaris && !illumos) || (linux && socket_fallback)

package fd

// AIX has neither MSG_NOSIGNAL nor SO_NOSIGPIPE, and Go's runtime ignores the
// signal; the others have the flag.
func noSigpipe(int) error { return nil }
