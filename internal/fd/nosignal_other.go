//go:build darwin || aix || (linux && socket_fallback)

package fd

const noSignal = 0

func refusesNoSignal(family int) bool { return false }
