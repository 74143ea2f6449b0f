//go:build socket_fallback

package machine

func linuxCalls() bool { return false }
