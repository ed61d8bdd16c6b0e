package schema

import (
	"reflect"
	"slices"

	"decree/rules/anycase"
	"decree/rules/ir"
)

// withoutCovered leaves out sources whose events another source of the list has too and reads alike: a whole log covers
// its categories. Asked of both, a table would give the same event twice.
func (m *Model) withoutCovered(sources []*Source, r *ir.Rule, place func(*Source) string) []*Source {
	whole := slices.DeleteFunc(slices.Clone(sources), func(s *Source) bool { return s.Category != "" || s.Log == "" })
	if len(whole) == 0 || len(whole) == len(sources) {
		return sources
	}
	return slices.DeleteFunc(sources, func(s *Source) bool {
		return s.Category != "" && slices.ContainsFunc(whole, func(w *Source) bool {
			return s.Log == w.Log && s.Within(w) && place(w) == place(s) && m.readsAlike(w, s, r)
		})
	})
}

// Within tells whether each event of the source is one of another source of the same table, too: each test of that
// one's scope is implied by one of its own.
func (s *Source) Within(wide *Source) bool {
	return s.Table == wide.Table && !slices.ContainsFunc(wide.Scope, func(w ScopeTest) bool {
		return !slices.ContainsFunc(s.Scope, func(n ScopeTest) bool {
			return n.Column == w.Column && n.Type == w.Type && n.Key == w.Key && (w.Optional || !n.Optional) && n.EngineOnly == w.EngineOnly && len(n.Values) > 0 &&
				!slices.ContainsFunc(n.Values, func(v string) bool { return !slices.Contains(w.Values, v) })
		})
	})
}

// Disjoint tells whether no event of the source is one of another source of the same table: both test one column, for
// different values.
func (s *Source) Disjoint(other *Source) bool {
	return slices.ContainsFunc(s.Scope, func(a ScopeTest) bool {
		return slices.ContainsFunc(other.Scope, func(b ScopeTest) bool {
			return a.Column == b.Column && a.Type == b.Type && a.Key == b.Key && !a.Optional && !b.Optional && !a.EngineOnly && !b.EngineOnly &&
				!slices.ContainsFunc(a.Values, func(v string) bool {
					return anycase.Contains(b.Values, v)
				})
		})
	})
}

// readsAlike tells whether the whole log answers each test that the category answers, in the same way.
func (m *Model) readsAlike(whole, category *Source, r *ir.Rule) bool {
	alike := len(r.SourceFilters) == 0 // which may be for one of them only
	each := func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Prevalence, *ir.Join, *ir.Keyword:
			alike = false
		case *ir.Match:
			own, answered := m.ask(category, n)
			if answered {
				other, also := m.ask(whole, n)
				alike = alike && also && n.Field.Level == 0 && reflect.DeepEqual(own, other) && m.sameColumns(whole, category, own)
			}
		}
		return alike
	}
	ir.Inspect(r.Condition, each)
	if r.Filter != nil {
		ir.Inspect(r.Filter, each)
	}
	return alike
}

// sameColumns tells whether the fields of translated tests are the same columns in both sources.
func (m *Model) sameColumns(a, b *Source, translated ir.Node) bool {
	same := true
	ir.Inspect(translated, func(n ir.Node) bool {
		if match, ok := n.(*ir.Match); ok {
			fields := []ir.Field{match.Field}
			if ref, ok := match.Test.(*ir.FieldRef); ok {
				fields = append(fields, ref.Other)
			}
			for _, f := range fields {
				one, _ := m.ColumnOf(a, f)
				two, _ := m.ColumnOf(b, f)
				same = same && f.Level == 0 && reflect.DeepEqual(one, two)
			}
		}
		return same
	})
	return same
}
