package eql

import "decree/compilers"

// quoteList writes a list of literals: a lone one bare, several in parentheses.
func quoteList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "(" + compilers.Fill(quoted, "      ") + ")"
}

// quoteSet is quoteAll for `in`, which wants its parentheses always.
func quoteSet(values []string) string {
	if len(values) == 1 {
		return "(" + quote(values[0]) + ")"
	}
	return quoteList(values)
}
