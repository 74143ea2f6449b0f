// Package bench carries the sources of the peers that aren't written in Go.
// The command is cmd/compare.
package bench

import "embed"

// Sources holds the C program in c and the Python program in python.
//
//go:embed c python/work.py
var Sources embed.FS
