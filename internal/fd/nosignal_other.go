//go:build darwin || aix

package fd

const sendFlags = 0
