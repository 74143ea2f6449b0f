//go:build darwin || aix || (linux && socket_fallback)

package fd

const sendFlags = 0
