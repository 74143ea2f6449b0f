//go:build (linux && !socket_fallback) || freebsd || netbsd || openbsd || dragonfly

package socket

// msgCmsgCloexec is the flag with which the engine receives descriptors.
const msgCmsgCloexec = MSG_CMSG_CLOEXEC
