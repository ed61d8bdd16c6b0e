package schema

import (
	"errors"
	"fmt"
	"slices"

	"decree/rules/ir"
)

// CannotAsk is a source whose events may have what a test of a rule looks for, but not in a form in which the source
// can be asked for it. Otherwise a source that does not answer a test lacks its field, and no event there fits.
type CannotAsk struct {
	Source *Source
	By     *ir.Match
	Why    string
	// Unsearched says that the source is not searched for the rule. Otherwise the test is false there, as that of a
	// missing field, and the rest of the rule is asked.
	Unsearched bool
	Negated    bool // an odd number of negations is above the test
	// Among is the prevalence condition that counts the events which pass the test; nil if the rule's must pass it.
	Among *ir.Prevalence
}

// neverPasses is the error of a test that no value of the product passes: nothing is lost where it is false.
type neverPasses string

func (e neverPasses) Error() string { return string(e) }

// CannotAsk gives the tests of a rule that some of its sources cannot be asked. A test is not among them if other
// conditions beside it rule out that it holds in the source, or if another source that is searched has the source's
// events and answers it there.
func (m *Model) CannotAsk(r *ir.Rule) []CannotAsk {
	var out []CannotAsk
	var answering []*Source
	for _, s := range m.Asked(r) {
		own := m.AskedOf(s, r)
		if !m.refusesTest(s, own.Condition) && (own.Filter == nil || !m.refusesTest(s, own.Filter)) {
			continue
		}
		if answering == nil {
			answering = m.Answering(r)
		}
		a := &asking{m: m, s: s, unsearched: !slices.Contains(answering, s)}
		a.wider = slices.DeleteFunc(slices.Clone(answering), func(w *Source) bool { return w == s || !s.Within(w) })
		open := &resolver{m: m, s: s, open: true}
		if open.rule(r); len(open.excluded) > 0 {
			continue // it is not searched in any case (LeftOut)
		}
		a.walk(own.Condition, nil, false)
		if own.Filter != nil {
			a.walk(own.Filter, []ir.Node{own.Condition}, false)
		}
		out = append(out, a.found...)
	}
	return out
}

// refusesTest tells whether a source cannot be asked some test of a condition.
func (m *Model) refusesTest(s *Source, condition ir.Node) (refuses bool) {
	var look func(n ir.Node) bool
	look = func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Match:
			refuses = refuses || m.whyNotAsked(s, n) != ""
		case *ir.Prevalence:
			if n.Among != nil {
				ir.Inspect(n.Among, look)
			}
		}
		return !refuses
	}
	ir.Inspect(condition, look)
	return refuses
}

// whyNotAsked says why a source cannot be asked a test of a field that its events have. It is "" if the source answers
// the test, if its events lack the field, or if no value there passes it.
func (m *Model) whyNotAsked(s *Source, n *ir.Match) string {
	if m.Answers(s, n) {
		return ""
	}
	own, err := m.Translate(s, n)
	switch {
	case errors.As(err, new(neverPasses)):
		return ""
	case err != nil:
		return err.Error()
	case s.HashesApart(n.Field):
		return "the product has a column for each algorithm, and none for Hashes: only whole hashes can be asked for"
	}
	why, lacks := "", false
	ir.Inspect(own, func(below ir.Node) bool {
		if test, ok := below.(*ir.Match); ok && !m.Reaches(s, test.Field, test.Test) {
			if column := m.nameAlone(s, test.Field); column != "" {
				why = fmt.Sprintf("column %s has only the file name, which is not enough for this test", column)
			} else {
				lacks = true
			}
		}
		return true
	})
	if lacks {
		return ""
	}
	return why
}

// nameAlone is the column that has the file name of a field's path and not the path, on the event or on that of an
// ancestor; "" if there is none.
func (m *Model) nameAlone(s *Source, f ir.Field) string {
	at := []ir.Field{f}
	if f.Level > 0 && len(s.Keys[1]) > 0 {
		at = append(at, ir.Field{Name: f.Name})
	}
	for _, f := range at {
		if col, ok := m.ColumnOf(s, f); ok && s.Has(m, f) && col.Holds != "" {
			return col.Name
		}
	}
	return ""
}

// asking finds the tests of a rule that a source cannot be asked.
type asking struct {
	m          *Model
	s          *Source
	wider      []*Source // that are searched and have the source's events
	unsearched bool
	found      []CannotAsk
	looked     int // how many conditions were looked at beside tests
}

// mostLooked bounds the conditions that are looked at beside a rule's tests. Beside further tests none is ruled out.
const mostLooked = 20_000

// walk looks at a condition. beside are conditions that hold wherever its value matters.
func (a *asking) walk(n ir.Node, beside []ir.Node, negated bool) {
	switch n := n.(type) {
	case *ir.Match:
		a.match(n, beside, negated)
	case *ir.Prevalence:
		if n.Among != nil {
			from := len(a.found)
			a.walk(n.Among, beside, negated)
			for i := range a.found[from:] {
				a.found[from+i].Among = n
			}
		}
	case *ir.Not:
		a.walk(n.Term, beside, !negated)
	case *ir.And:
		a.terms(n.Terms, beside, negated, !negated)
	case *ir.Or:
		a.terms(n.Terms, beside, negated, negated)
	default:
		for _, below := range ir.Children(n) {
			a.walk(below, beside, negated)
		}
	}
}

// terms looks at the terms of a connective. If all of them must hold, or fail, each matters only if the others do.
func (a *asking) terms(terms, beside []ir.Node, negated, all bool) {
	others := terms
	if negated {
		others = make([]ir.Node, len(terms))
		for i, t := range terms {
			others[i] = &ir.Not{Base: ir.Base{At: t.Range()}, Term: t}
		}
	}
	for i, t := range terms {
		if !a.m.refusesTest(a.s, t) {
			continue
		}
		with := beside
		if all && a.looked < mostLooked {
			with = slices.Concat(beside, others[:i], others[i+1:])
		}
		a.walk(t, with, negated)
	}
}

func (a *asking) match(n *ir.Match, beside []ir.Node, negated bool) {
	why := a.m.whyNotAsked(a.s, n)
	if why == "" || slices.ContainsFunc(a.wider, func(w *Source) bool { return a.m.Answers(w, n) }) {
		return
	}
	if a.looked >= mostLooked || a.canHold(beside) {
		a.found = append(a.found, CannotAsk{Source: a.s, By: n, Why: why, Unsearched: a.unsearched, Negated: negated})
	}
}

// canHold tells whether an event of a source could satisfy conditions, whatever the tests say that it cannot be asked.
func (a *asking) canHold(conditions []ir.Node) bool {
	own := &resolver{m: a.m, s: a.s, open: true}
	terms := make([]ir.Node, len(conditions))
	for i, n := range conditions {
		ir.Inspect(n, func(ir.Node) bool { a.looked++; return true })
		terms[i] = own.node(n, false)
	}
	_, never := a.m.Never(a.s, terms...)
	return !never
}
