package eql

import (
	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

func (w *writer) reputationTests(n *ir.Prevalence) compilers.All {
	rep, spec := w.plan.Source.Reputation, n.Spec
	var tests compilers.All
	for _, b := range spec.Global {
		col := w.reputationColumn(n, rep.Global, "global prevalence")
		col.Type = schema.Int
		known := b.Holds(spec.GlobalElse)
		p, err := number(columnName(col.Name), col, b.Op, []float64{b.Value}, !known)
		p = w.reportError(p, err, b.Range)
		if known {
			p = compilers.Any{compilers.Atom(columnName(col.Name) + " == null"), p}
		}
		tests = append(tests, p)
	}
	for _, t := range spec.ReputationTests() {
		p, err := text(w.reputationColumn(n, rep.Column(t.Part), t.Part), &ir.Text{Op: ir.Equals, Values: t.Is.Values})
		p = w.reportError(p, err, t.Is.Range)
		if t.Is.Not {
			p = compilers.Not{Term: p}
		}
		tests = append(tests, p)
	}
	return tests
}

func (w *writer) reputationColumn(n *ir.Prevalence, name, what string) schema.Column {
	if name == "" {
		w.found.Errorf("no-reputation", n.Range(), "add it to the model's reputation block", "data model %s has no field for %s", w.plan.Model.Name, what)
	}
	return schema.Column{Name: w.plan.Source.Reputation.Prefix + name}
}
