package spl

import (
	"regexp"
	"strings"

	"decree/compilers"
)

// unit is what the search command reads as one: words, texts in quotes and macros without a space between them, or what stands in
// parentheses, which hold no others.
var unit = regexp.MustCompile("^(?:\\((?:[^()\"]|\"(?:[^\"\\\\]|\\\\.)*\")*\\)|(?:[^\\s()\"`]|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)+)(?:\\s+|$)")

var connectives = map[string]bool{"AND": true, "OR": true, "NOT": true}

// baseSearch is a model's own search as a predicate: all of its units, or where it joins them otherwise the whole of it in parentheses.
func baseSearch(table string) compilers.Pred {
	var all compilers.All
	for rest := strings.TrimSpace(table); rest != ""; {
		u := strings.TrimSpace(unit.FindString(rest))
		if u == "" || connectives[strings.ToUpper(u)] {
			return compilers.Atom("(" + table + ")")
		}
		all = append(all, compilers.Atom(u))
		rest = strings.TrimSpace(rest[len(u):])
	}
	return all
}
