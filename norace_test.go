//go:build unix && !race

package socket_test

const raceEnabled = false
