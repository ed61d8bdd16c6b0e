package compilers

import (
	"strings"
	"unicode"

	"decree/rules/regex"
)

// FoldsBeyondASCII tells whether a value has letters whose case Sigma ignores, but not a product that ignores case only
// for ASCII. Kusto's and Elasticsearch's operators do so.
// https://learn.microsoft.com/en-us/kusto/query/equals-operator
func FoldsBeyondASCII(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return len(regex.Cases(r)) > 1 && r > unicode.MaxASCII })
}
