package engine

import (
	"slices"

	"decree/engine/document"
	"decree/engine/event"
)

// generalColumns are those that any product's events may have.
var generalColumns = []string{"id", "_id", "@timestamp", "timestamp", "Timestamp", "time", "_time"}

// findKnown lists the columns that tell the model's events from others: those that rules and log sources ask for, and those of
// its ids, hosts and users under their first names.
func (e *Engine) findKnown() {
	add := func(slot int, most int) {
		if slot <= document.Every {
			return
		}
		columns := e.layout.ColumnsOf(slot)
		for _, c := range columns[:min(len(columns), most)] {
			if !slices.Contains(e.known, c) && !slices.Contains(generalColumns, e.layout.ColumnName(c)) {
				e.known = append(e.known, c)
			}
		}
	}
	const all = 1 << 10
	for _, slot := range e.scopes.slots {
		add(slot, all)
	}
	for _, a := range e.atoms.All() {
		add(a.Slot, all)
		add(a.Other, all)
	}
	for _, slot := range e.ids {
		add(slot, 1)
	}
	for _, s := range e.sources {
		for _, f := range s.facts {
			add(f.slot, 1)
		}
	}
}

// fits tells whether the current event has a column of the model. A rule's keywords are asked of any event of its log source.
func (m *matcher) fits() bool {
	if m.e.layout.Keywords() && len(m.of) > 0 {
		return true
	}
	return slices.ContainsFunc(m.e.known, m.doc.Has)
}

// Fitted tells whether an event of the file that Run read last has a column of the model that rules or log sources ask for.
func (e *Engine) Fitted() bool { return e.fit.Load() }

// Fits tells the same of one event, which is not given to the rules.
func (e *Engine) Fits(data []byte) bool {
	return e.main.load(event.Input{Data: data}) == nil && e.main.fits()
}
