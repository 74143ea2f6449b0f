//go:build unix

package selectors_test

import (
	"testing"

	"example.com/socket/internal/leaktest"
)

// No test may leave a descriptor or a goroutine behind.
func TestMain(m *testing.M) { leaktest.Main(m) }
