package lint

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

var conditionChecks = []Check{
	{Code: "unused-selection", Severity: diag.Warning, rule: unusedSelection},
	{Code: "them-of-one", Severity: diag.Info, rule: func(s *subject) {
		s.eachExpr(func(e rules.Expr, _ bool) {
			if of, ok := e.(rules.OfExpr); ok && of.Pattern == "them" && len(of.Names) == 1 {
				s.report(of.Range, "write the name `"+of.Names[0]+"`", "`them` covers a single selection")
			}
		})
	}},
	{Code: "all-of-them", Severity: diag.Info, rule: func(s *subject) {
		s.eachExpr(func(e rules.Expr, _ bool) {
			if of, ok := e.(rules.OfExpr); ok && of.Pattern == "them" && of.All && len(of.Names) > 1 {
				s.report(of.Range, "write `all of selection_*`, so that a filter can be added later", "`all of them` includes every selection that is added later")
			}
		})
	}},
	{Code: "of-without-wildcard", Severity: diag.Info, rule: func(s *subject) {
		s.eachExpr(func(e rules.Expr, _ bool) {
			if of, ok := e.(rules.OfExpr); ok && of.Pattern != "them" && !strings.Contains(of.Pattern, "*") {
				s.report(of.Range, "write the name `"+of.Pattern+"`, or a pattern such as `"+of.Pattern+"_*`", "the quantifier applies to a single selection")
			}
		})
	}},
	{Code: "all-of-list", Severity: diag.Warning, rule: allOfList},
	{Code: "filter-not-negated", Severity: diag.Warning, rule: filterNotNegated},
}

// eachExpr visits every part of the conditions. negated is true below an odd number of nots.
func (s *subject) eachExpr(visit func(e rules.Expr, negated bool)) {
	for _, c := range s.Conditions {
		eachPart(c.Expr, visit)
	}
}

// eachPart visits every part of a condition, and tells whether it is below an odd number of negations.
func eachPart(e rules.Expr, visit func(e rules.Expr, negated bool)) {
	visit(e, false)
	switch e := e.(type) {
	case rules.AndExpr:
		for _, t := range e.Terms {
			eachPart(t, visit)
		}
	case rules.OrExpr:
		for _, t := range e.Terms {
			eachPart(t, visit)
		}
	case rules.NotExpr:
		eachPart(e.Term, func(e rules.Expr, negated bool) { visit(e, !negated) })
	}
}

func namesOf(e rules.Expr) []string {
	switch e := e.(type) {
	case rules.NameExpr:
		return []string{e.Name}
	case rules.OfExpr:
		return e.Names
	}
	return nil
}

// allOfList reports `all of` a single list. Old tools joined the list's own values by it.
func allOfList(s *subject) {
	s.eachExpr(func(e rules.Expr, _ bool) {
		of, ok := e.(rules.OfExpr)
		if !ok || !of.All || len(of.Names) != 1 || of.Pattern != of.Names[0] {
			return
		}
		for _, search := range s.Searches {
			if search.Name == of.Names[0] && isList(search.Body) {
				s.report(of.Range, "if all of them must match, write keywords below `'|all':`, and give maps a name each; else write `1 of`, or the name alone", "the values of the list %q are alternatives: one of them is enough", search.Name)
			}
		}
	})
}

// isList tells whether a selection is of several alternatives.
func isList(in rules.Selection) bool {
	switch in := in.(type) {
	case rules.AnyOf:
		return len(in.Selections) > 1
	case rules.Keywords:
		isAll := func(m rules.Modifier) bool { return m.Name == "all" }
		return len(in.Item.Values) > 1 && !slices.ContainsFunc(in.Item.Modifiers, isAll)
	}
	return false
}

func unusedSelection(s *subject) {
	used := map[string]bool{}
	s.eachExpr(func(e rules.Expr, _ bool) {
		for _, n := range namesOf(e) {
			used[n] = true
		}
	})
	for _, p := range s.Prevalence {
		used[p.Among] = true
	}
	for _, f := range s.FirstSeen {
		used[f.Among] = true
	}
	unused := func(name string, at diag.Range) {
		if !used[name] {
			s.report(at, "use it in the condition, or remove it", "the condition does not use %q", name)
		}
	}
	for _, search := range s.Searches {
		unused(search.Name, search.Range)
	}
	for _, a := range s.Ancestry {
		unused(a.Name, a.Range)
	}
	for _, p := range s.Prevalence {
		unused(p.Name, p.Range)
	}
	for _, j := range s.Joins {
		unused(j.Name, j.Range)
	}
	for _, f := range s.FirstSeen {
		unused(f.Name, f.Range)
	}
	for _, search := range s.Searches {
		s.unusedInBlocks(search.Body)
	}
}

// unusedInBlocks reports selections of elements that the condition beside them does not use.
func (s *subject) unusedInBlocks(in rules.Selection) {
	switch in := in.(type) {
	case rules.AllOf:
		for _, e := range in.Elements {
			s.unusedInBlocks(e.Body)
		}
	case rules.AnyOf:
		for _, one := range in.Selections {
			s.unusedInBlocks(one)
		}
	case rules.Block:
		used := map[string]bool{}
		if in.Condition != nil {
			eachPart(in.Condition, func(e rules.Expr, _ bool) {
				for _, n := range namesOf(e) {
					used[n] = true
				}
			})
		}
		for _, search := range in.Searches {
			if !used[search.Name] && in.Condition != nil {
				s.report(search.Range, "use it in the condition beside it, or remove it", "the condition of the elements does not use %q", search.Name)
			}
			s.unusedInBlocks(search.Body)
		}
	}
}

// filterNotNegated reports names that begin with "filter" and are required instead of excluded.
func filterNotNegated(s *subject) {
	s.eachExpr(func(e rules.Expr, negated bool) {
		names := namesOf(e)
		if negated || len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, "filter") }) {
			return
		}
		s.report(e.ExprRange(), "add `not` before it, or rename it to a selection", "the filter is not negated, so the rule requires what the filter should exclude")
	})
}
