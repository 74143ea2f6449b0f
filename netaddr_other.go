//go:build unix && !linux

package socket

// abstractMark is empty: only Linux has abstract names.
const abstractMark = ""
