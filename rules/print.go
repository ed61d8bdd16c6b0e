package rules

import (
	"fmt"
	"strings"
)

// precedence orders the connectives: or binds least, then and, then not and the names.
func precedence(e Expr) int {
	switch e.(type) {
	case OrExpr:
		return 0
	case AndExpr:
		return 1
	}
	return 2
}

// printed writes a term below a connective, in parentheses unless it binds tighter: a term of
// the same kind keeps its own.
func printed(term Expr, above int) string {
	if precedence(term) <= above {
		return "(" + term.String() + ")"
	}
	return term.String()
}

func joined(terms []Expr, word string, above int) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = printed(t, above)
	}
	return strings.Join(parts, word)
}

// String writes the expression so that it reads back as the same tree.
func (e AndExpr) String() string { return joined(e.Terms, " and ", precedence(e)) }

// String writes the expression so that it reads back as the same tree.
func (e OrExpr) String() string { return joined(e.Terms, " or ", precedence(e)) }

// String writes the expression so that it reads back as the same tree.
func (e NotExpr) String() string { return "not " + printed(e.Term, precedence(AndExpr{})) }

// String gives the name.
func (e NameExpr) String() string { return e.Name }

// String writes the quantifier and the pattern; `any of` is written `1 of`.
func (e OfExpr) String() string {
	if e.All {
		return "all of " + e.Pattern
	}
	return fmt.Sprintf("%d of %s", e.Count, e.Pattern)
}
