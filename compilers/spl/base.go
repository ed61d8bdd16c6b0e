package spl

import (
	"strings"

	"decree/compilers"
)

var connectives = map[string]bool{"AND": true, "OR": true, "NOT": true}

// baseSearch is a model's own search as a predicate: all of its terms, or where it joins them otherwise the whole of it in parentheses.
func baseSearch(table string) compilers.Pred {
	var all compilers.All
	terms, ok := searchTerms(table)
	for _, t := range terms {
		ok = ok && !connectives[strings.ToUpper(t)]
		all = append(all, compilers.Atom(t))
	}
	if !ok {
		return compilers.Atom("(" + table + ")")
	}
	return all
}

// searchTerms cuts a search at the spaces outside of quotes, macros and parentheses. It is not ok where a parenthesis stands
// inside a word, or has no other.
func searchTerms(text string) (terms []string, ok bool) {
	depth, quote, from := 0, byte(0), 0
	ok = true
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || (text[i] == ' ' && depth == 0 && quote == 0):
			if i > from {
				terms = append(terms, text[from:i])
			}
			from = i + 1
		case quote != 0 && text[i] == '\\':
			i++
		case quote != 0:
			if text[i] == quote {
				quote = 0
			}
		case text[i] == '"' || text[i] == '`':
			quote = text[i]
		case text[i] == '(':
			ok = ok && (depth > 0 || i == from)
			depth++
		case text[i] == ')':
			depth--
			ok = ok && depth >= 0 && (depth > 0 || i+1 == len(text) || text[i+1] == ' ')
		}
	}
	return terms, ok && depth == 0 && quote == 0
}
