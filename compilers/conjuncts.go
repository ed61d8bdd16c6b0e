package compilers

import (
	"slices"
	"time"

	"decree/rules"
	"decree/rules/ir"
)

// Conjuncts lists the conditions that must all hold for n. Named conditions are not split.
func Conjuncts(n ir.Node) []ir.Node {
	and, ok := n.(*ir.And)
	if !ok {
		return []ir.Node{n}
	}
	var out []ir.Node
	for _, t := range and.Terms {
		out = append(out, Conjuncts(t)...)
	}
	return out
}

// FlatConjuncts lists the conjuncts of nodes, including those inside named conditions.
func FlatConjuncts(nodes []ir.Node) []ir.Node {
	var out []ir.Node
	for _, n := range nodes {
		switch n := n.(type) {
		case *ir.Named:
			out = append(out, FlatConjuncts([]ir.Node{n.Body})...)
		case *ir.And:
			out = append(out, FlatConjuncts(n.Terms)...)
		default:
			out = append(out, n)
		}
	}
	return out
}

// IsConjunct tells whether n is one of conjuncts.
func IsConjunct(conjuncts []ir.Node, n ir.Node) bool {
	for _, c := range conjuncts {
		if c == n {
			return true
		}
		a, named := c.(*ir.Named)
		b, alsoNamed := n.(*ir.Named)
		if named && alsoNamed && a.Name == b.Name {
			return true
		}
	}
	return false
}

// CountsPopulation tells whether a prevalence condition counts a population: who saw a value, or which events have it.
func CountsPopulation(p *ir.Prevalence) bool {
	local := p.Spec.Local
	return p.Among != nil || (local != nil && (local.Rarest > 0 || len(local.Bounds) > 0))
}

// LongerPeriod is how far back a condition counts, if that is longer than the rule looks back; else 0.
func (p *Plan) LongerPeriod(n *ir.Prevalence) time.Duration {
	return n.Spec.Period(p.Rule.Source.Schedule.Lookback)
}

// NotePeriod notes that a condition counts only what the product searches, if the rule does not say how long that is.
func (p *Plan) NotePeriod(n *ir.Prevalence) {
	local := n.Spec.Local
	if local == nil || local.Over == 0 || p.Rule.Source.Schedule.Lookback > 0 {
		return
	}
	effect := "false-negatives"
	if rules.Within(local.Bounds, 0) || local.Rarest > 0 { // what is seen less is rarer
		effect = "false-positives"
	}
	p.NoteOf(n, "prevalence-period", effect, "events outside of the searched period are not counted: choose it at least "+Span(local.Over, "d", "h", "m")+" long")
}

// SplitAtPrevalence separates the conjuncts that may filter events before counting from those that may not: every event
// of the population counts, whether or not the rest of the rule holds for it. Reputation alone counts nothing. rare are
// the conditions whose populations are among the events so filtered.
func SplitAtPrevalence(conjuncts []ir.Node, rare []*ir.Prevalence) (early, late []ir.Node) {
	for _, n := range conjuncts {
		everywhere := !ir.AsksPrevalence(n)
		for _, p := range rare {
			everywhere = everywhere && (!CountsPopulation(p) || (p.Among != nil && IsConjunct(Conjuncts(p.Among), n)))
		}
		if everywhere {
			early = append(early, n)
			continue
		}
		late = append(late, n)
		if slices.ContainsFunc(rare, CountsPopulation) {
			continue
		}
		implied := ir.WithoutPrevalence(n)
		if _, nothing := implied.(*ir.Const); !nothing {
			early = append(early, implied) // so that reputation is asked only of values that it can decide
		}
	}
	return early, late
}

// SplitAtReputation separates the conjuncts with reputation alone from all others, which are evaluated first.
func SplitAtReputation(conjuncts []ir.Node) (before, after []ir.Node) {
	for _, n := range conjuncts {
		asks := false
		ir.Inspect(n, func(below ir.Node) bool {
			p, rare := below.(*ir.Prevalence)
			asks = asks || (rare && !CountsPopulation(p))
			return !asks
		})
		if asks {
			after = append(after, n)
		} else {
			before = append(before, n)
		}
	}
	return before, after
}

// MarkNegated adds to marks every node below a negation. A null of the target must not decide the result there.
func MarkNegated(n ir.Node, marks map[ir.Node]bool) { markNegated(n, false, marks) }

func markNegated(n ir.Node, negated bool, marks map[ir.Node]bool) {
	if negated {
		marks[n] = true
	}
	_, isNot := n.(*ir.Not)
	for _, c := range ir.Children(n) {
		markNegated(c, negated || isNot, marks)
	}
}
