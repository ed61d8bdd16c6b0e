package terms

import (
	"slices"

	"decree/rules/ir"
)

// Clause is something that a matching event must satisfy: it has one of Terms.
type Clause struct {
	Terms []Term
	// Asked says that the query asks the index already. Such a clause may have no terms.
	Asked bool
}

// ByColumn gives the terms of a clause by their columns, in the order in which the columns come first.
func (c Clause) ByColumn() [][]Term {
	var groups [][]Term
	for _, t := range c.Terms {
		i := slices.IndexFunc(groups, func(g []Term) bool { return g[0].Column == t.Column })
		if i < 0 {
			i, groups = len(groups), append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

const (
	maxClauses = 2  // that are added to one query
	maxTerms   = 12 // of one clause
)

// OfTest gives the clauses of a test: of the terms that all its values have the best two, or else one clause with a
// term of each value.
func (r Rules) OfTest(t ir.Test) []Clause {
	var alternatives [][]Clause
	for _, v := range values(t) {
		var alternative []Clause
		for _, t := range r.in(v) {
			alternative = append(alternative, Clause{Terms: []Term{t}})
		}
		alternatives = append(alternatives, alternative)
	}
	return anyOf(alternatives)
}

// anyOf gives the clauses that hold whichever of some alternatives does. Each alternative has clauses that all hold of
// it.
func anyOf(alternatives [][]Clause) []Clause {
	if len(alternatives) == 0 {
		return nil
	}
	for i := range alternatives {
		alternatives[i] = best(alternatives[i])
		if len(alternatives[i]) == 0 {
			return nil
		}
	}
	var shared []Clause
	for _, c := range alternatives[0] {
		if !slices.ContainsFunc(alternatives[1:], func(other []Clause) bool { return !slices.ContainsFunc(other, c.same) }) {
			shared = append(shared, c)
		}
	}
	if len(shared) > 0 {
		return shared[:min(len(shared), maxClauses)]
	}
	var any Clause
	for _, a := range alternatives {
		any.add(a[0].Terms)
	}
	if len(any.Terms) > maxTerms {
		return nil
	}
	return []Clause{any}
}

// best are the clauses that narrow a search, those that do most first.
func best(all []Clause) []Clause {
	var out []Clause
	for _, c := range all {
		if c.rank() > 0 && !slices.ContainsFunc(out, c.same) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Clause) int { return b.rank() - a.rank() })
	return out
}

// same tells whether two clauses have the same terms.
func (c Clause) same(other Clause) bool { return slices.EqualFunc(c.Terms, other.Terms, Term.same) }

// add adds terms that the clause does not have. A term that begins as another one does is found with that.
func (c *Clause) add(terms []Term) {
	for _, t := range terms {
		if slices.ContainsFunc(c.Terms, func(had Term) bool { return had.finds(t) }) {
			continue
		}
		c.Terms = append(slices.DeleteFunc(c.Terms, t.finds), t)
	}
}

// rank is how much a clause narrows a search: as much as its weakest term, and less with each alternative. It is 0 if
// it narrows nothing.
func (c Clause) rank() int {
	if len(c.Terms) == 0 {
		return 0
	}
	weakest := slices.MinFunc(c.Terms, func(a, b Term) int { return a.rank() - b.rank() }).rank()
	if weakest == 0 {
		return 0
	}
	return max(1, weakest-len(c.Terms)+1)
}

// Of gives the clauses that a condition implies. leaf gives those of a *Match or *Keyword. What is excluded, and what
// is asked of other events, implies nothing.
func Of(n ir.Node, leaf func(ir.Node) []Clause) []Clause {
	switch n := n.(type) {
	case *ir.And:
		var all []Clause
		for _, t := range n.Terms {
			all = append(all, Of(t, leaf)...)
		}
		return all
	case *ir.Or:
		return either(n.Terms, leaf)
	case *ir.AtLeast: // one holds at least
		return either(n.Terms, leaf)
	case *ir.Named:
		return Of(n.Body, leaf)
	case *ir.Match, *ir.Keyword:
		return leaf(n)
	case *ir.Not, *ir.Const, *ir.Prevalence, *ir.Join:
		return nil
	}
	panic("terms: unknown node")
}

// either gives the clauses of alternatives, if each of them has one.
func either(terms []ir.Node, leaf func(ir.Node) []Clause) []Clause {
	var alternatives [][]Clause
	asked := true
	for _, n := range terms {
		if c, ok := n.(*ir.Const); ok && !c.Value {
			continue
		}
		clauses := Of(n, leaf)
		asked = asked && slices.ContainsFunc(clauses, func(c Clause) bool { return c.Asked })
		alternatives = append(alternatives, clauses)
	}
	found := anyOf(alternatives)
	for i := range found {
		found[i].Asked = asked
	}
	if asked && len(found) == 0 {
		return []Clause{{Asked: true}}
	}
	return found
}

// Choose says what a query asks the index for: nothing more if it asks already or must not, and else the clauses that
// narrow it most. indexed tells whether it asks the index then.
func Choose(all []Clause, more bool) (added []Clause, indexed bool) {
	asked := slices.ContainsFunc(all, func(c Clause) bool { return c.Asked })
	if asked || !more {
		return nil, asked
	}
	added = best(all)
	added = added[:min(len(added), maxClauses)]
	return added, len(added) > 0
}
