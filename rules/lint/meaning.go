package lint

import (
	"slices"

	"decree/rules/diag"
	"decree/rules/ir"
)

var meaningChecks = []Check{
	{Code: "matches-everything", Severity: diag.Warning, rule: func(s *subject) {
		if s.lowered != nil && onNothing(s.lowered.Condition) {
			s.report(s.Conditions[0].Range, "add a selection that the event must match", "the rule matches events that have none of its fields")
		}
	}},
	{Code: "contradiction", Severity: diag.Warning, rule: contradiction},
}

// onNothing tells whether a tree matches an event without fields.
func onNothing(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.And:
		return !slices.ContainsFunc(n.Terms, func(t ir.Node) bool { return !onNothing(t) })
	case *ir.Or:
		return slices.ContainsFunc(n.Terms, onNothing)
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
		case *ir.Elements:
			return t.OfNone()
		}
	}
	return false
}

// contradiction reports a conjunction that no event satisfies: everything it requires is excluded again, or
// one field must have two values.
func contradiction(s *subject) {
	if s.lowered == nil {
		return
	}
	reported := map[diag.Range]bool{}
	report := func(at diag.Range, hint, message string) {
		if !reported[at] {
			s.report(at, hint, "%s", message)
		}
		reported[at] = true
	}
	ir.Inspect(s.lowered.Condition, func(n ir.Node) bool {
		if and, ok := n.(*ir.And); ok {
			wanted, unwanted := required(and)
			for _, not := range unwanted {
				if implies(&ir.And{Terms: wanted}, not.Term) {
					report(not.Range(), "narrow this exclusion, or widen the rest", "this excludes everything that the rest of the condition selects, so nothing matches")
				}
			}
			for _, m := range exclusive(wanted) {
				report(m.Range(), "join them by `or`, unless the field holds a list", "no value of "+m.Field.String()+" can satisfy both this and another test of the field")
			}
		}
		return true
	})
}

// required parts the terms of a conjunction into those that must hold and those that must not.
func required(and *ir.And) (wanted []ir.Node, unwanted []*ir.Not) {
	for _, t := range conjuncts(and) {
		if not, ok := t.(*ir.Not); ok {
			unwanted = append(unwanted, not)
		} else {
			wanted = append(wanted, t)
		}
	}
	return wanted, unwanted
}

// exclusive gives the tests that exclude one before them of the same field. It compares at most mostPairs.
func exclusive(terms []ir.Node) (out []*ir.Match) {
	asked, pairs := map[string][]*ir.Match{}, 0
	for _, t := range terms {
		a, ok := t.(*ir.Match)
		if !ok {
			continue
		}
		field := a.Field.String()
		for _, b := range asked[field] {
			if pairs++; pairs > mostPairs {
				return out
			}
			if exclude(a.Test, b.Test) {
				out = append(out, a)
				break
			}
		}
		asked[field] = append(asked[field], a)
	}
	return out
}

// conjuncts are the terms of a conjunction, with nested conjunctions flattened.
func conjuncts(n ir.Node) []ir.Node {
	switch n := n.(type) {
	case *ir.Named:
		return conjuncts(n.Body)
	case *ir.And:
		var out []ir.Node
		for _, t := range n.Terms {
			out = append(out, conjuncts(t)...)
		}
		return out
	}
	return []ir.Node{n}
}
