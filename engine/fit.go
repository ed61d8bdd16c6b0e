package engine

import (
	"slices"

	"decree/engine/document"
	"decree/engine/event"
)

// generalColumns are columns that events of any product may have.
var generalColumns = []string{"id", "_id", "@timestamp", "timestamp", "Timestamp", "time", "_time"}

// findKnown lists the columns that tell the model's events from others: the columns that rules and log sources ask for,
// and the first columns of ids, hosts (not their names) and users.
func (p *plan) findKnown() {
	add := func(slot int, most int) {
		if slot <= document.Every {
			return
		}
		columns := p.layout.ColumnsOf(slot)
		for _, c := range columns[:min(len(columns), most)] {
			if !slices.Contains(p.known, c) && !slices.Contains(generalColumns, p.layout.ColumnName(c)) {
				p.known = append(p.known, c)
			}
		}
	}
	const all = 1 << 10
	for _, slot := range p.routes.Slots() {
		add(slot, all)
	}
	for _, a := range p.atoms.All() {
		add(a.Slot, all)
		add(a.Other, all)
	}
	for _, slot := range p.ids {
		add(slot, 1)
	}
	for _, s := range p.sources {
		for _, f := range s.facts {
			add(f.slots[len(f.slots)-1], 1)
		}
	}
}

// fits tells whether the current event has a column of the model. A rule's keywords are asked of any event of its log
// source.
func (m *matcher) fits() bool {
	if m.p.layout.Keywords() && len(m.route.Of) > 0 {
		return true
	}
	return slices.ContainsFunc(m.p.known, m.doc.Has)
}

// Fitted tells whether the events fit the model: whether any event of the last file that Run read, or any added since,
// has a column that rules or log sources ask for.
func (e *Engine) Fitted() bool {
	return slices.ContainsFunc(append(e.workers, e.main), func(m *matcher) bool { return m.fitted })
}

// beginFile forgets what events of the file before had.
func (e *Engine) beginFile() {
	for _, m := range append(e.workers, e.main) {
		m.fitted = false
		for i := range m.sighted {
			m.sighted[i].events = 0
		}
	}
}

// Fits tells whether one event fits the model. It does not run any rule on it.
func (e *Engine) Fits(content event.Content) bool {
	return e.main.load(event.Input{Content: content}) == nil && e.main.fits()
}
