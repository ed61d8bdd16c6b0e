package eql

import (
	"fmt"
	"slices"

	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

func (w *writer) reputationTests(n *ir.Prevalence) logic.All {
	rep, spec := w.plan.Source.Reputation, n.Spec
	var tests logic.All
	for _, b := range spec.Global {
		col := w.reputationColumn(n, rep.Global, "global prevalence")
		col.Type = schema.Int
		known := b.Holds(spec.GlobalElse)
		p, err := number(columnName(col.Name), col, b.Op, []float64{b.Value}, !known)
		p = w.reportError(p, err, b.Range)
		if known {
			p = logic.Any{logic.Atom(columnName(col.Name) + " == null"), p}
		}
		tests = append(tests, p)
	}
	for _, t := range spec.Reputation {
		col := w.reputationColumn(n, rep.Column(t.Part), t.Part)
		switch {
		case t.Is != nil:
			tests = append(tests, w.membership(col, t.Is))
		case t.Flag != nil:
			tests = append(tests, logic.Atom(fmt.Sprintf("%s == %t", columnName(col.Name), *t.Flag)))
		default:
			w.found.Errorf("prevalence-age", t.Range, "use kql or spl, or ask for `global`", "eql: a time on the event cannot be held against the time of the event")
		}
	}
	return tests
}

// membership tests a text of the reputation. One that is missing is empty.
func (w *writer) membership(col schema.Column, m *rules.Membership) logic.Pred {
	p, err := text(col, &ir.Text{Op: ir.Equals, Values: m.Values})
	p = w.reportError(p, err, m.Range)
	if slices.Contains(m.Values, "") {
		p = logic.Any{logic.Atom(columnName(col.Name) + " == null"), p}
	}
	if m.Not {
		p = logic.Not{Term: p}
	}
	return p
}

func (w *writer) reputationColumn(n *ir.Prevalence, name, what string) schema.Column {
	if name == "" {
		w.found.Errorf("no-reputation", n.Range(), "add it to the model's reputation block", "data model %s has no field for %s", w.plan.Model.Name, what)
	}
	return schema.Column{Name: w.plan.Source.Reputation.Prefix + name}
}
