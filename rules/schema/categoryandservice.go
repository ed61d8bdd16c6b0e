package schema

import (
	"slices"
	"strings"

	"decree/rules/ir"
)

// bothKey is what sources are asked for, in lower case.
type bothKey struct{ category, product, service string }

// both gives sources for a rule with a category and a service: the events that are in a source of the category and in a
// source of the service. Each is made once.
func (m *Model) both(category, product, service string) []*Source {
	key := bothKey{strings.ToLower(category), strings.ToLower(product), strings.ToLower(service)}
	return m.Derived(key, func() any { return m.makeBoth(category, product, service) }).([]*Source)
}

func (m *Model) makeBoth(category, product, service string) []*Source {
	var out []*Source
	for _, one := range m.Find(category, product, "") {
		if one.Service != "" {
			continue
		}
		for _, other := range m.Find("", product, service) {
			if other.Category != "" {
				continue
			}
			s, ok := one.within(other)
			if !ok {
				continue
			}
			if _, never := m.Never(s, &ir.Const{Value: true}); !never {
				out = append(out, s)
			}
		}
	}
	return out
}

// within narrows a source of a category to the events of a source of a service. ok is false if they are different
// tables.
func (s *Source) within(of *Source) (*Source, bool) {
	both := *s
	both.Service = of.Service
	switch {
	case s.Table == of.Table || isAny(of.Table):
	case isAny(s.Table):
		both.Table = of.Table
	default:
		return nil, false
	}
	both.Scope = slices.Clone(s.Scope)
	for _, t := range of.Scope {
		same := func(had ScopeTest) bool {
			return had.Column == t.Column && had.Type == t.Type && had.Key == t.Key && slices.Equal(had.Values, t.Values)
		}
		both.Scope = append(slices.DeleteFunc(both.Scope, same), t)
	}
	if both.Requires == "" {
		both.Requires = of.Requires
	}
	return &both, true
}

// isAny tells whether a table stands for all tables.
func isAny(table string) bool { return table == "" || table == "any" }
