package regex

import (
	"slices"
	"strings"
	"unicode"
)

// Folds lists the letters that are equal to r in an expression that ignores case, with r first: those of Unicode's
// simple folding. There, s is also ſ.
func Folds(r rune) []rune {
	all := []rune{r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		all = append(all, f)
	}
	return all
}

// Cases lists the letters that are equal to r in Sigma, with r first: those of Folds, but an ASCII letter never equals
// another one.
func Cases(r rune) []rune {
	return slices.DeleteFunc(Folds(r), func(f rune) bool { return (f <= unicode.MaxASCII) != (r <= unicode.MaxASCII) })
}

// AnyCase writes a text for an expression with (?i), which uses Unicode's folding: there, s also matches ſ, and k the
// Kelvin sign. quote escapes a text.
func AnyCase(s string, quote func(string) string) string {
	var b strings.Builder
	from := 0
	for i, r := range s {
		cases := Cases(r)
		if unicode.SimpleFold(r) == r || len(Folds(r)) == len(cases) {
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
