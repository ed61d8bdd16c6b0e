package compilers

import (
	"slices"
	"strings"
	"unicode"
)

// FoldsBeyondASCII tells whether a value has letters whose case is ignored by Sigma's comparisons, but not by those of a product that ignores the
// case of ASCII's letters alone: Kusto's operators and Elasticsearch's.
// https://learn.microsoft.com/en-us/kusto/query/equals-operator
func FoldsBeyondASCII(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return len(Cases(r)) > 1 && r > unicode.MaxASCII })
}

// Cases lists the letters that Sigma's comparisons take for r, itself first: those of Unicode's simple folding, but never one of ASCII for one beyond.
func Cases(r rune) []rune {
	all := []rune{r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if (f <= unicode.MaxASCII) == (r <= unicode.MaxASCII) {
			all = append(all, f)
		}
	}
	return all
}

// AnyCase writes a text for an expression that ignores case by Unicode's folding, (?i), of which s also finds ſ, and k the sign of Kelvin. quote
// escapes a text.
func AnyCase(s string, quote func(string) string) string {
	var b strings.Builder
	from := 0
	for i, r := range s {
		cases := Cases(r)
		if unicode.SimpleFold(r) == r || folding(r) == len(cases) {
			continue
		}
		b.WriteString(quote(s[from:i]))
		if from = i + len(string(r)); len(cases) > 1 {
			slices.Sort(cases)
			b.WriteString("(?-i:[" + string(cases) + "])")
		} else {
			b.WriteString("(?-i:" + string(r) + ")")
		}
	}
	return b.String() + quote(s[from:])
}

// folding counts the letters that Unicode's folding takes for r.
func folding(r rune) int {
	n := 1
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		n++
	}
	return n
}
