package compilers

import "unicode"

// FoldsBeyondASCII tells whether a value has letters whose case is ignored by Sigma's comparisons, but not by those of a product that ignores the
// case of ASCII's letters alone: Kusto's operators and Elasticsearch's.
func FoldsBeyondASCII(s string) bool {
	for _, r := range s {
		if r >= unicode.MaxASCII && unicode.SimpleFold(r) != r {
			return true
		}
	}
	return false
}
