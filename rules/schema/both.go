package schema

import (
	"slices"
	"strings"

	"decree/rules/ir"
)

// both gives the sources of a category that are of a service, too: events of which both a source of the category and one of
// the service hold. Each is made once.
func (m *Model) both(category, product, service string) []*Source {
	key := strings.ToLower(strings.Join([]string{category, product, service}, "\x00"))
	if m.pairs == nil {
		return m.makeBoth(category, product, service)
	}
	made, ok := m.pairs.Load(key)
	if !ok {
		made, _ = m.pairs.LoadOrStore(key, m.makeBoth(category, product, service))
	}
	return made.([]*Source)
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

// within is a source of a category, narrowed to what a source of a service holds. ok is false where these are different tables.
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

// isAny tells whether a table is all that there is.
func isAny(table string) bool { return table == "" || table == "any" }
