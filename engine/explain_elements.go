package engine

import (
	"fmt"

	"decree/engine/condition"
	"decree/engine/document"
	"decree/engine/match"
	"decree/rules/ir"
)

// examine explains a test of an array's elements: how many there are, and each part of the test on the element that
// decides or comes nearest.
func (m *matcher) examine(out *Step, f ir.Field, test *ir.Elements, t *condition.Term) {
	slot := m.p.atoms.All()[t.N].Slot
	all := m.doc.Elements(slot)
	found := match.Examine(test, all, m.p.layout.EmptyIsMissing(slot))
	if all == nil {
		out.Value = m.noArray(slot, f)
	}
	out.show(f.String(), test, found)
}

// noArray says what a column has in place of an array.
func (m *matcher) noArray(slot int, f ir.Field) string {
	if v := m.doc.Slot(slot); v.Present && len(v.Texts) > 0 {
		return shown(v) + ", not an array"
	}
	if columns := m.p.layout.Describe(slot); columns != f.Name {
		return "missing, or not an array: no " + columns
	}
	return "missing, or not an array"
}

// show puts what a test of elements found into a step. A value that is set says why there are no elements.
func (out *Step) show(field string, test *ir.Elements, found match.Examined) {
	out.Text = field + " " + test.Described()
	if out.Value == "" {
		out.Value = elementCount(found)
	}
	for _, p := range found.Parts {
		out.Steps = append(out.Steps, partStep(p))
	}
	if len(found.Parts) == 0 {
		out.Text = field + " " + ir.Describe(test)
	}
}

// elementCount says how many elements an array has, and which is shown.
func elementCount(found match.Examined) string {
	switch {
	case found.Count == 0:
		return "an array without elements"
	case found.Element < 0:
		return fmt.Sprintf("elements: %d", found.Count)
	}
	return fmt.Sprintf("elements: %d, shown: [%d]", found.Count, found.Element)
}

// partStep explains a part of what an element must satisfy.
func partStep(p match.Part) Step {
	out := Step{Holds: p.Holds}
	switch n := p.Node.(type) {
	case *ir.Match:
		if of, ok := n.Test.(*ir.Elements); ok {
			if p.Within.Count == 0 && !p.Present {
				out.Value = "missing"
			}
			out.show(n.Field.String(), of, *p.Within)
			return out
		}
		out.Text, out.Texts = n.Field.String()+" "+ir.Describe(n.Test), p.Texts
		out.Value = shown(&document.Value{Present: p.Present, Texts: p.Texts})
	default:
		out.Text = groupText(n)
	}
	for _, below := range p.Parts {
		out.Steps = append(out.Steps, partStep(below))
	}
	return out
}

// groupText names a node that joins others.
func groupText(n ir.Node) string {
	switch n := n.(type) {
	case *ir.And:
		return "all of"
	case *ir.Or:
		return "any of"
	case *ir.AtLeast:
		return fmt.Sprintf("at least %d of", n.Count)
	case *ir.Not:
		return "not"
	case *ir.Const:
		return fmt.Sprintf("always %t", n.Value)
	}
	panic("engine: unknown node")
}
