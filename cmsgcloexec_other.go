//go:build darwin || aix || solaris || (linux && socket_fallback)

package socket

// msgCmsgCloexec is none: the platform has no such flag.
const msgCmsgCloexec MsgFlag = 0
