package lint

import (
	"slices"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// absentField reports a field that no data model has in this log source. A source without a list of fields may have any field.
func absentField(s *subject) {
	if s.lowered == nil {
		return
	}
	if !s.filter {
		neverIn(s)
	}
	reported := map[string]bool{}
	check := func(name string, at diag.Range) {
		if name == "" || reported[name] || s.ExtractNamed(name) != nil {
			return
		}
		reported[name] = true
		near, asked := []string{}, false
		for m := range models() {
			closed := *m
			closed.Open = false // it refuses a field that its logs are not known to have
			for _, source := range closed.Asked(s.lowered) {
				asked = true
				f := ir.FieldNamed(name)
				if _, column := closed.Column(source, f.Name, f.Level); column && source.Has(&closed, f) {
					return
				}
				near = append(near, closed.Closest(source, name)...)
			}
		}
		if !asked {
			return
		}
		hint := diag.DidYouMean(name, near, "remove it, or use the log source that has this field")
		s.report(at, hint, "this log source has no field %q: the test never matches", name)
	}
	for _, search := range s.Searches {
		one := rules.Rule{Searches: []rules.Search{search}}
		one.EachItem(func(it rules.Item) { check(it.Field, it.Range) })
	}
	for _, e := range s.Extracts {
		for _, f := range e.Reads() {
			check(f.Name, f.Range)
		}
	}
}

// neverIn reports those of several log sources where the rule can never match in any data model, as each lacks a field that must hold there.
func neverIn(s *subject) {
	if len(s.OtherLogSources) == 0 {
		return
	}
	for _, ls := range s.LogSources() {
		asked, able := false, false
		for m := range models() {
			if len(m.Find(ls.Category, ls.Product, ls.Service)) == 0 {
				continue
			}
			closed := *m
			closed.Open = false
			asked = true
			able = able || !slices.Contains(closed.Unanswered(s.lowered), ls)
		}
		if asked && !able {
			s.report(ls.Range, "write a rule of its own for it, or make the fields that it lacks alternatives", "the rule never finds events of this log source: no data model has the fields there that it needs")
		}
	}
}
