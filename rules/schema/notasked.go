package schema

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/anycase"
)

// NotAsked gives the sources of the shipped models of events whose log this model does not ask for a log source, though
// it has others of Windows' logs for it: Security's process creations beside Sysmon's. A model of a product's own
// sensors, which are in no log of Windows, asks all that it has.
func (m *Model) NotAsked(ls rules.LogSource) (out []*Source) {
	own := m.Find(ls.Category, ls.Product, ls.Service)
	if len(own) == 0 || slices.ContainsFunc(own, func(s *Source) bool { return s.Log == "" }) {
		return nil
	}
	for _, name := range Preferred("") {
		events, err := Shipped(name)
		if err != nil {
			panic(err) // tests load each of them
		}
		for _, s := range events.Find(ls.Category, ls.Product, ls.Service) {
			if s.Log != "" && !slices.ContainsFunc(own, func(o *Source) bool { return o.asks(s) }) {
				out = append(out, s)
			}
		}
	}
	return out
}

// asks tells whether a source searches the log of Windows that another is of, whose table is the name of its channel.
func (s *Source) asks(of *Source) bool {
	return s.Log == of.Log || strings.Contains(s.Table, of.Table) || slices.ContainsFunc(s.Scope, func(t ScopeTest) bool {
		return anycase.Contains(t.Values, of.Table)
	})
}
