package compare

import "fmt"

// A unit writes an amount for people.
type unit func(float64) string

func duration(ns float64) string { return digits(ns/1e3) + " µs" }
func count(n float64) string     { return digits(n) }

func memory(n float64) string {
	if n >= 10<<10 {
		return digits(n/1024) + " KiB"
	}
	return fmt.Sprintf("%.0f B", n)
}

// digits writes three digits that count.
func digits(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}
