//go:build aix || (linux && socket_fallback)

package fd

// AIX has no MSG_DONTWAIT: FD.holdMode stands in for it.
const dontWait = 0

// A shared descriptor goes through call.attempt, which calls it.
const sharedFirst = oddShared
