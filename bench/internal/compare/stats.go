package compare

import (
	"math"
	"slices"
)

// median returns the middle value, NaN if there is none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// A sample is what was measured in one round. Rounds without one are missing.
type sample map[int]float64

// values returns the amounts in the order of the rounds.
func (s sample) values(rounds int) (values []float64) {
	for r := range rounds {
		if v, ok := s[r]; ok {
			values = append(values, v)
		}
	}
	return values
}

// ratio is the median of ours/theirs, each taken within one round, so that what
// slows the whole machine down for a while counts for neither. It is NaN if there
// is no round with both, or theirs is zero.
func ratio(ours, theirs sample) float64 {
	var ratios []float64
	for round, a := range ours {
		if b, ok := theirs[round]; ok && b != 0 {
			ratios = append(ratios, a/b)
		}
	}
	return median(ratios)
}

// met reports whether a ratio keeps to its target, in the two digits that are
// printed.
func met(ratio, target float64) bool { return math.Round(ratio*100) <= math.Round(target*100) }
