package diag

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Closest gives the candidate most like name, or "" when none is near: at most a third of
// the name's letters (one at the least) may differ. The first of equals wins.
func Closest(name string, candidates []string) string {
	best, bestDistance := "", 1+max(1, len(name)/3)
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}
