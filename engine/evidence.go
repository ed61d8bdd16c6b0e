package engine

import (
	"fmt"
	"slices"
	"strings"

	"decree/engine/condition"
	"decree/engine/document"
	"decree/engine/match"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Evidence is a test of the rule that held on the event, with what it read.
type Evidence struct {
	Name   string   `json:"name,omitempty"`   // of the condition, that the test is part of
	Field  string   `json:"field,omitempty"`  // as the rule names it; none of keywords, prevalence and joins
	Level  int      `json:"level,omitempty"`  // of an ancestor: 1 is the parent
	Test   string   `json:"test"`             // of a list of values only those that held
	Values []string `json:"values,omitempty"` // of which it held, whole
	// of each value: the letter, from 0, at which what the test looks for begins
	At   []int  `json:"at,omitempty"`
	From string `json:"from,omitempty"` // where that was read, if not on the event itself
}

// evidence collects what held of a rule's condition. Of an alternative it takes only what held, and nothing below a
// negation.
type evidence struct {
	m     *matcher
	of    *source
	found []Evidence
	named []*ir.Named // that are done: the condition may use a name twice
}

// evidence lists the tests of a unit's condition that hold on the current event, in the rule's order.
func (m *matcher) evidence(u *unit) []Evidence {
	tree := u.tree
	if u.filter != nil {
		tree = tree.Terms[0]
	}
	m.atoms.Ask()
	e := &evidence{m: m, of: m.p.sources[u.source]}
	e.add("", u.rule.ir.Condition, tree)
	return e.found
}

// add collects from a node, by the term that was built of it.
func (e *evidence) add(name string, n ir.Node, t *condition.Term) {
	if !e.m.program.Truth(t) {
		return
	}
	switch n := n.(type) {
	case *ir.Not, *ir.Const:
		return
	case *ir.Named:
		if slices.Contains(e.named, n) {
			return
		}
		name, e.named = n.Name, append(e.named, n)
	case *ir.Prevalence:
		if f, ok := e.m.figure(e.m.p.populations[t.N]); ok {
			e.found = append(e.found, Evidence{Name: n.Name, Test: "prevalence", Values: []string{strings.TrimPrefix(f.Describe(), f.Name+": ")}})
		}
	case *ir.Join:
		e.found = append(e.found, Evidence{Name: n.Name, Test: kindOf(n), Values: []string{e.m.found(t.N, e.of).Describe()}})
	case *ir.Keyword:
		e.found = append(e.found, e.test(name, ir.Field{}, n.Test, t))
	case *ir.Match:
		e.found = append(e.found, e.test(name, n.Field, n.Test, t))
	}
	for i, child := range ir.Children(n) {
		e.add(name, child, t.Terms[i])
	}
}

// size is about how many bytes a result's evidence takes.
func size(all []Evidence) int {
	n := 0
	for _, e := range all {
		n += evidenceSize + len(e.Test)
		for _, v := range e.Values {
			n += len(v)
		}
	}
	return n
}

// test describes a test that holds.
func (e *evidence) test(name string, f ir.Field, test ir.Test, t *condition.Term) Evidence {
	out := Evidence{Name: name, Field: f.String(), Level: f.Level}
	if f.Level > 0 {
		out.Field = f.Name
		if !e.of.lineage.Carries(e.m.doc, f) {
			_, out.From, _ = e.m.above.Field(f)
		}
	}
	var wants []string
	for _, h := range e.holding(t) {
		out.Values, out.At = append(out.Values, h.Text), append(out.At, h.At)
		wants = append(wants, h.Wants...)
	}
	if text, ok := test.(*ir.Text); ok {
		out.Test = describeText(match.Narrowed(text, wants))
		if text.List != "" {
			out.Test += fmt.Sprintf(" of %%%s%%", text.List)
		}
	} else {
		out.Test = ir.Describe(test)
	}
	if _, ok := test.(*ir.FieldRef); ok && t.Op == condition.Atom {
		if other := e.m.p.atoms.All()[t.N].Other; other >= 0 {
			out.Test += ", " + shown(e.m.doc.Slot(other))
		}
	}
	return out
}

// shownValues bounds the values of a test that evidence names.
const shownValues = 20

// describeText puts a text test into words, with its values as they are.
func describeText(t *ir.Text) string {
	text := t.Op.String()
	for i, v := range t.Values[:min(len(t.Values), shownValues)] {
		if i > 0 {
			text += ","
		}
		text += ` "` + v + `"`
	}
	if more := len(t.Values) - shownValues; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if t.Cased {
		text += ", in this case"
	}
	return text
}

// holding gives the texts of a test's atoms. A data model may hold a field in several columns.
func (e *evidence) holding(t *condition.Term) []match.Holding {
	if !e.m.program.Truth(t) {
		return nil
	}
	if t.Op == condition.Atom {
		return e.m.atoms.Holding(t.N)
	}
	var all []match.Holding
	for _, inner := range t.Terms {
		all = append(all, e.holding(inner)...)
	}
	return all
}

// Log is where Windows wrote an event, as far as it tells.
type Log struct{ Channel, Code string }

// Field gives a field of the result's event: an extract of the rule, a Sigma field or an entity where the data model
// has a column for it, else the event's own column of that name. It is "" if the event has none.
func (r Result) Field(name string) string {
	if e := r.Rule.Own(ir.Field{Name: name}).Extract; e != nil {
		return r.extracted(e)
	}
	return r.fieldOf(name)
}

// fieldOf gives a field or an entity as the rule's tests read it. Further texts of a list are shown too.
func (r Result) fieldOf(name string) string {
	columns, front := r.model.Whole(r.source, name, 0)
	var texts []string
	for _, c := range columns {
		if texts = r.columns.Texts(r.Event, c); len(texts) > 0 {
			break
		}
	}
	if front != nil {
		before := first(r.columns.Texts(r.Event, *front))
		if whole := document.PutBefore(before, first(texts), columns[0].Under != ""); whole != first(texts) {
			texts = append([]string{whole}, texts[min(1, len(texts)):]...)
		}
	}
	if len(texts) == 0 {
		texts = r.columns.Texts(r.Event, schema.Column{Name: name})
	}
	return strings.Join(texts, ", ")
}

// first gives the first of some texts, or "".
func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
