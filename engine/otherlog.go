package engine

import (
	"fmt"
	"slices"
	"strings"

	"decree/engine/fold"
	"decree/rules/schema"
)

// mostAlternatives bounds the log sources, and the values of a column, that are named.
const mostAlternatives = 3

// otherLog says of the rule's log sources why the event is not from them: which column has another value than theirs.
func (m *matcher) otherLog() (out []string) {
	var told []int
	for _, u := range m.p.units {
		if u.rare != nil || slices.Contains(told, u.source) || len(told) == mostAlternatives {
			continue
		}
		told = append(told, u.source)
		s := m.p.sources[u.source].Source
		scope := s.Scope
		if table := m.p.opt.Model.TableColumn; table != "" && s.Table != "" {
			scope = append(slices.Clone(scope), schema.ScopeTest{Column: table, Values: []string{s.Table}, Optional: true})
		}
		var differs []string
		for _, test := range scope {
			if text := m.differs(test); text != "" {
				differs = append(differs, text)
			}
		}
		if len(differs) > 0 {
			out = append(out, s.Name+": "+strings.Join(differs, "; "))
		}
	}
	return out
}

// differs says how the event fails a test of a log source; "" if it passes.
func (m *matcher) differs(test schema.ScopeTest) string {
	slot := m.doc.Slot(m.p.layout.Slot(test.Reads()))
	switch {
	case !slot.Present && test.Optional, slot.Present && len(test.Values) == 0:
		return ""
	case len(test.Values) == 0:
		return test.Column + " is missing"
	case slices.ContainsFunc(slot.Texts, func(text string) bool {
		return slices.ContainsFunc(test.Values, func(want string) bool { return fold.Text(want) == fold.Text(text) })
	}):
		return ""
	}
	if test.Type == schema.Pattern || slices.Contains(test.Values, "") {
		return test.Column + " has another form in this log, and is " + shown(slot)
	}
	values := test.Values
	if len(values) > mostAlternatives {
		values = append(slices.Clone(values[:mostAlternatives]), fmt.Sprintf("%d others", len(values)-mostAlternatives))
	}
	return test.Column + " must be " + strings.Join(values, " or ") + ", and is " + shown(slot)
}
