package engine

import (
	"cmp"
	"maps"
	"slices"

	"decree/engine/correlate"
)

// Uncountable is matches that a correlation, a join, first_seen or prevalence could not count, since they have nothing
// in a field that it needs.
type Uncountable struct {
	Kind    string `json:"kind"`           // correlation, join, first_seen or prevalence
	Rule    string `json:"rule"`           // the title of the correlation, or of the rule
	Name    string `json:"name,omitempty"` // of the join, first_seen or prevalence in the rule
	Field   string `json:"field"`
	Matches int    `json:"matches"`
}

// lackings counts the events that were asked for other events or a rarity, and of them those without the field to ask
// by.
type lackings struct {
	last   int // order of the event that was counted last
	asked  int
	fields map[string]int // field -> events without it
}

// note counts an event once. field is what it lacks; "" if nothing.
func (l *lackings) note(order int, field string) {
	if l.asked > 0 && l.last == order {
		return
	}
	l.last = order
	l.asked++
	if field != "" {
		if l.fields == nil {
			l.fields = map[string]int{}
		}
		l.fields[field]++
	}
}

// Uncountable lists these matches, after Finish. An event that has no value to be new or rare by is usual, so
// first_seen and prevalence are named only if no event had one.
func (e *Engine) Uncountable() (out []Uncountable) {
	for _, l := range e.lacking {
		out = append(out, Uncountable{Kind: "correlation", Rule: l.Of.IR.Source.Body.Title, Field: l.Field, Matches: l.Matches})
	}
	for n, j := range e.joins {
		if j.rule.copyOf != nil {
			continue
		}
		add := func(field string, matches int) {
			out = append(out, Uncountable{Kind: kindOf(j.node), Rule: j.rule.ir.Source.Title, Name: j.node.Name, Field: field, Matches: matches})
		}
		if asked := &e.main.askedOfJoins[n]; !j.node.First || asked.allLack() {
			for _, field := range slices.Sorted(maps.Keys(asked.fields)) {
				add(field, asked.fields[field])
			}
		}
		if j.index == nil || j.node.First {
			continue
		}
		for i, matches := range j.index.Lacks() {
			if matches > 0 {
				add(j.node.Theirs[i].Name, matches)
			}
		}
	}
	for n, p := range e.populations {
		if asked := &e.main.askedOfRarity[n]; p.rule.copyOf == nil && asked.allLack() {
			out = append(out, Uncountable{Kind: "prevalence", Rule: p.rule.ir.Source.Title, Name: p.Condition().Name, Field: p.Condition().Value().String(), Matches: asked.asked})
		}
	}
	return out
}

// allLack tells whether events were asked and each lacked a field.
func (l *lackings) allLack() bool {
	lack := 0
	for _, n := range l.fields {
		lack += n
	}
	return lack > 0 && lack == l.asked
}

// lackingOf leaves out correlations that are copies of others.
func (e *Engine) lackingOf(v *correlate.Evaluation) []correlate.Lacking {
	out := slices.DeleteFunc(slices.Clone(v.Lacking()), func(l correlate.Lacking) bool { return e.opt.inner[l.Of.IR] })
	slices.SortStableFunc(out, func(a, b correlate.Lacking) int {
		return cmp.Compare(a.Of.IR.Source.Body.Title, b.Of.IR.Source.Body.Title)
	})
	return out
}
