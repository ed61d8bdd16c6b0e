package rules

import (
	"fmt"
	"strings"

	"decree/rules/diag"
)

// Condition is one parsed condition.
type Condition struct {
	Text  string
	Range diag.Range
	Expr  Expr
}

// Expr is a condition's syntax: AndExpr, OrExpr, NotExpr, NameExpr or OfExpr.
type Expr interface {
	ExprRange() diag.Range
	String() string // the condition's text, which reads back as the same tree
	expr()
}

// AndExpr is `a and b and ...` (two or more terms).
type AndExpr struct {
	Range diag.Range
	Terms []Expr
}

// OrExpr is `a or b or ...` (two or more terms).
type OrExpr struct {
	Range diag.Range
	Terms []Expr
}

// NotExpr is `not a`.
type NotExpr struct {
	Range diag.Range
	Term  Expr
}

// NameExpr is one name: a search identifier, an ancestry, a prevalence entry or a join.
type NameExpr struct {
	Range diag.Range
	Name  string
}

// OfExpr is `1 of x*`, `all of x*`, `N of them`. Names are those matched, in file order.
type OfExpr struct {
	Range   diag.Range
	All     bool
	Count   int    // when All is false
	Pattern string // "them" for all names not starting with an underscore
	Names   []string
}

// ExprRange gives the position of the expression in the rule file.
func (e AndExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the position of the expression in the rule file.
func (e OrExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the position of the expression in the rule file.
func (e NotExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the position of the expression in the rule file.
func (e NameExpr) ExprRange() diag.Range { return e.Range }

// ExprRange gives the position of the expression in the rule file.
func (e OfExpr) ExprRange() diag.Range { return e.Range }

func (AndExpr) expr()  {}
func (OrExpr) expr()   {}
func (NotExpr) expr()  {}
func (NameExpr) expr() {}
func (OfExpr) expr()   {}

// precedence orders the connectives: or binds loosest, then and, then not and names.
func precedence(e Expr) int {
	switch e.(type) {
	case OrExpr:
		return 0
	case AndExpr:
		return 1
	}
	return 2
}

// printed writes a term of a connective. It adds parentheses unless the term binds tighter, so a nested term of the
// same kind keeps its parentheses.
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

// String writes the expression. Parsing the result gives the same tree.
func (e AndExpr) String() string { return joined(e.Terms, " and ", precedence(e)) }

// String writes the expression. Parsing the result gives the same tree.
func (e OrExpr) String() string { return joined(e.Terms, " or ", precedence(e)) }

// String writes the expression. Parsing the result gives the same tree.
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
