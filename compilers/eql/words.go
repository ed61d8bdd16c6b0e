package eql

import (
	"fmt"
	"strings"

	"decree/compilers/logic"
	"decree/rules/ir"
)

// asciiLetter is the part of ir.Letters that a class of Lucene can name.
const asciiLetter = "0-9A-Za-z"

// words tests for whole words by expressions, each of as many words as Elasticsearch allows. Words that begin and end
// alike share one.
func words(f string, t *ir.Text) (logic.Pred, error) {
	var ways logic.Any
	for _, edges := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
		before, after := ".*", ".*"
		if edges[0] {
			before = "(.*[^" + asciiLetter + "])?"
		}
		if edges[1] {
			after = "([^" + asciiLetter + "].*)?"
		}
		size := maxRegex - len(before) - len(after) - len("()")
		var alternatives []string
		write := func() {
			if len(alternatives) > 0 {
				ways = append(ways, logic.Atom(f+" regex "+quote(before+oneOf(alternatives)+after)))
			}
			alternatives = nil
		}
		length := 0
		for _, v := range t.Values {
			if first, last := ir.WordEdges(v); edges != [2]bool{first, last} {
				continue
			}
			expr := literalRegex(v, t.Cased)
			if len(expr) > size {
				return nil, fmt.Errorf("the value %.40q needs an expression longer than Elasticsearch's %d characters", v, maxRegex)
			}
			if length+len(expr)+1 > size {
				write()
				length = 0
			}
			alternatives = append(alternatives, expr)
			length += len(expr) + 1
		}
		write()
	}
	return ways, nil
}

func oneOf(alternatives []string) string {
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	return "(" + strings.Join(alternatives, "|") + ")"
}
