package lint

import (
	"decree/rules/diag"
	"decree/rules/ir"
)

var meaningChecks = []Check{
	{Code: "matches-everything", Severity: diag.Warning, rule: func(s *subject) {
		if s.lowered != nil && onNothing(s.lowered.Condition) {
			s.report(s.Conditions[0].Range, "add a selection that the event must satisfy", "the rule matches events that have none of its fields")
		}
	}},
	{Code: "contradiction", Severity: diag.Warning, rule: contradiction},
}

// onNothing tells whether a tree holds for an event without any field.
func onNothing(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.And:
		for _, t := range n.Terms {
			if !onNothing(t) {
				return false
			}
		}
		return true
	case *ir.Or:
		for _, t := range n.Terms {
			if onNothing(t) {
				return true
			}
		}
	case *ir.AtLeast:
		count := 0
		for _, t := range n.Terms {
			if onNothing(t) {
				count++
			}
		}
		return count >= n.Count
	case *ir.Not:
		return !onNothing(n.Term)
	case *ir.Named:
		return onNothing(n.Body)
	case *ir.Const:
		return n.Value
	case *ir.Match:
		switch t := n.Test.(type) {
		case *ir.Null:
			return true
		case *ir.Exists:
			return !t.Value
		}
	}
	return false
}

// contradiction reports a conjunction with a term and its negation, which nothing satisfies.
func contradiction(s *subject) {
	if s.lowered == nil {
		return
	}
	ir.Inspect(s.lowered.Condition, func(n ir.Node) bool {
		and, ok := n.(*ir.And)
		if !ok {
			return true
		}
		seen := map[string]bool{}
		for _, t := range and.Terms {
			if _, negated := t.(*ir.Not); !negated {
				seen[meaning(t)] = true
			}
		}
		for _, t := range and.Terms {
			if not, negated := t.(*ir.Not); negated && seen[meaning(not.Term)] {
				s.report(t.Range(), "remove one of them", "this and its contrary must both hold, so that nothing matches")
			}
		}
		return true
	})
}
