package diag

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// longest limits the names that are compared, in letters.
const longest = 64

// Closest gives the candidate most like name, or "" if none is close: at most a third of the name's letters may differ,
// but always one and never all. Letters in another order count as one difference. Case does not matter. If several are
// equally close, the first wins.
func Closest(name string, candidates []string) string {
	size := utf8.RuneCountInString(name)
	return closest(name, candidates, min(size-1, max(1, size/3)))
}

// Misspelt is Closest for a name that may well be another one than the candidates: of six letters and more two may
// differ, of four and five one.
func Misspelt(name string, candidates []string) string {
	return closest(name, candidates, min(2, utf8.RuneCountInString(name)/2-1))
}

// closest gives the first of the candidates that differ from a name in the fewest letters, and in so many at most.
func closest(name string, candidates []string, most int) string {
	if utf8.RuneCountInString(name) > longest {
		return ""
	}
	name = strings.ToLower(name)
	best, bestDistance := "", most+1
	for _, c := range candidates {
		if d := distance(name, strings.ToLower(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the letters to change. If the lengths alone differ by bound or more, it gives bound.
func distance(a, b string, bound int) int {
	if gap := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); max(gap, -gap) >= bound {
		return bound
	}
	d := levenshtein.ComputeDistance(a, b)
	if d > 1 && slices.Equal(letters(a), letters(b)) {
		return 1
	}
	return d
}

// letters sorts the letters of a name.
func letters(s string) []rune {
	r := []rune(s)
	slices.Sort(r)
	return r
}

// Similar gives up to most candidates, the most like name first: at most half of the name's letters may differ, and
// none of two. Case does not count.
func Similar(name string, candidates []string, most int) []string {
	differ := make(map[string]int, len(candidates))
	for _, c := range candidates {
		differ[c] = levenshtein.ComputeDistance(strings.ToLower(c), strings.ToLower(name))
	}
	allowed := len(name) / 2
	if len(name) < 3 {
		allowed = 0
	}
	near := slices.DeleteFunc(slices.Clone(candidates), func(c string) bool { return differ[c] > allowed })
	slices.SortStableFunc(near, func(a, b string) int { return differ[a] - differ[b] })
	return near[:min(most, len(near))]
}

// DidYouMean is a hint with the candidate closest to name. If none is close, it is the text in otherwise.
func DidYouMean(name string, candidates []string, otherwise string) string {
	return Suggest("did you mean `%s`?", name, candidates, otherwise)
}

// Suggest is a hint in another form, which has %s or %q where the candidate goes.
func Suggest(form, name string, candidates []string, otherwise string) string {
	if near := Closest(name, candidates); near != "" {
		return fmt.Sprintf(form, near)
	}
	return otherwise
}

// OneOf is a hint with the candidate closest to name, or with all candidates if none is close.
func OneOf(name string, candidates []string) string {
	if len(candidates) == 0 {
		return ""
	}
	return DidYouMean(name, candidates, "one of "+strings.Join(candidates, ", "))
}
