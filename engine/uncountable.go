package engine

import (
	"cmp"
	"maps"
	"slices"

	"decree/engine/correlate"
)

// Uncountable says that a correlation, a join, first_seen or prevalence could count nothing, or that matches are
// suppressed for want of what tells them apart: all that it was asked of has nothing in a field that it needs. Some
// without the field are usual.
type Uncountable struct {
	Kind string // correlation, join, first_seen, prevalence or suppress
	Rule string // the title of the correlation, or of the rule
	Name string // of the join, first_seen or prevalence in the rule
	// what lacks the fields are the matches that the join looks for, or the events that prevalence counts
	Others bool
	Inputs []string // of a correlation, whose matches lack the fields; none if those of all do
	Fields []string
	Count  int // matches of a correlation or those that a join looks for, else events
}

// noteAsked counts the current event once, in whichever runs it is judged. field is what it lacks; "" if nothing.
func (m *matcher) noteAsked(by *correlate.Lack, field string) {
	if !slices.Contains(*m.asked, by) {
		*m.asked = append(*m.asked, by)
		by.Note(field)
	}
}

// Uncountable lists these, after Finish.
func (e *Engine) Uncountable() (out []Uncountable) {
	add := func(u Uncountable, of *correlate.Lack) {
		if u.Fields, u.Count = of.OfAll(), of.Asked; u.Fields != nil {
			out = append(out, u)
		}
	}
	for _, l := range e.lacking {
		add(Uncountable{Kind: "correlation", Rule: l.Of.IR.Source.Body.Title, Inputs: l.Inputs}, &l.Lack)
	}
	for n, j := range e.joins {
		asked := &e.main.askedOfJoins[n]
		if j.rule.copyOf != nil || asked.Asked == 0 {
			continue
		}
		u := Uncountable{Kind: kindOf(j.node), Rule: j.rule.ir.Source.Title, Name: j.node.Name}
		add(u, asked)
		if !j.node.First { // which looks among the events that it is asked of
			u.Others = true
			add(u, j.index.Lack())
		}
	}
	for n, p := range e.populations {
		if p.rule.copyOf == nil {
			u := Uncountable{Kind: "prevalence", Rule: p.rule.ir.Source.Title, Name: p.Condition().Name}
			add(u, &e.main.askedOfRarity[n])
			u.Others = true
			add(u, &p.counts)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(e.unlike)) {
		of, u := e.ruleAt(n), e.unlike[n]
		if lacks := u.lacks.of(of.ir.Source.Suppress.By); of.copyOf == nil && u.suppressed && lacks != nil {
			out = append(out, Uncountable{Kind: "suppress", Rule: of.ir.Source.Title, Fields: lacks, Count: u.matches})
		}
	}
	return out
}

// ruleAt is the rule of an order, or the one by which a correlation suppresses.
func (e *Engine) ruleAt(order int) *rule {
	if order < len(e.rules) {
		return e.rules[order]
	}
	return e.correlated[order-len(e.rules)].rule
}

// lackingOf leaves out correlations that are copies of others.
func (e *Engine) lackingOf(v *correlate.Evaluation) []correlate.Lacking {
	out := slices.DeleteFunc(slices.Clone(v.Lacking()), func(l correlate.Lacking) bool { return e.opt.inner[l.Of.IR] })
	slices.SortStableFunc(out, func(a, b correlate.Lacking) int {
		return cmp.Compare(a.Of.IR.Source.Body.Title, b.Of.IR.Source.Body.Title)
	})
	return out
}
