package engine

import (
	"slices"

	"decree/engine/condition"
	"decree/engine/document"
	"decree/rules/ir"
)

// build resolves a rule's tree against a log source. It marks the unit as deferred if a part of the tree needs other
// events.
func (p *plan) build(n ir.Node, s *source, u *unit) *condition.Term {
	switch n := n.(type) {
	case *ir.And:
		return &condition.Term{Op: condition.And, Terms: p.buildAll(n.Terms, s, u)}
	case *ir.Or:
		return &condition.Term{Op: condition.Or, Terms: p.buildAll(n.Terms, s, u)}
	case *ir.Not:
		return &condition.Term{Op: condition.Not, Terms: []*condition.Term{p.build(n.Term, s, u)}}
	case *ir.AtLeast:
		return &condition.Term{Op: condition.AtLeast, N: n.Count, Terms: p.buildAll(n.Terms, s, u)}
	case *ir.Named:
		return &condition.Term{Op: condition.Named, Name: n.Name, Terms: []*condition.Term{p.build(n.Body, s, u)}}
	case *ir.Const:
		return condition.Constant(n.Value)
	case *ir.Keyword:
		p.layout.AskKeywords()
		return condition.OfAtom(p.atoms.OfSlot(document.Every, n.Test))
	case *ir.Prevalence:
		population := p.populationOf(n, u.rule)
		if u.absent[n] {
			return condition.Constant(false)
		}
		u.deferred = true
		return &condition.Term{Op: condition.Rare, N: population}
	case *ir.Join:
		if u.absent[n] {
			return condition.Constant(false)
		}
		return &condition.Term{Op: condition.Joined, N: p.joinOf(n, u.rule, s)}
	case *ir.Match:
		return p.match(n, s, u)
	}
	panic("engine: unknown node")
}

// match translates a test into the product's own terms. If the column cannot answer it, the answer is that of an event
// without the field.
func (p *plan) match(n *ir.Match, s *source, u *unit) *condition.Term {
	own, err := p.opt.Model.Translate(s.Source, n)
	if err != nil {
		return condition.Constant(ir.WhenMissing(n.Test))
	}
	return p.translated(own, s, u)
}

func (p *plan) translated(n ir.Node, s *source, u *unit) *condition.Term {
	t := &condition.Term{Op: condition.Or}
	switch n := n.(type) {
	case *ir.Match:
		return p.leaf(n, s, u)
	case *ir.And:
		t.Op = condition.And
	case *ir.Not:
		t.Op = condition.Not
	case *ir.Const:
		return condition.Constant(n.Value)
	case *ir.Or:
	default:
		panic("engine: unknown translation")
	}
	for _, one := range ir.Children(n) {
		t.Terms = append(t.Terms, p.translated(one, s, u))
	}
	return t
}

func (p *plan) buildAll(nodes []ir.Node, s *source, u *unit) []*condition.Term {
	terms := make([]*condition.Term, len(nodes))
	for i, n := range nodes {
		terms[i] = p.build(n, s, u)
	}
	return terms
}

// leaf makes an atom on the event or on an ancestor's event. If the model does not have the field, the leaf is
// constant: what the test says of a missing field.
func (p *plan) leaf(m *ir.Match, s *source, u *unit) *condition.Term {
	slot, test, native := p.native(m.Field, m.Test, s)
	ref, isRef := m.Test.(*ir.FieldRef)
	if native && m.Field.Level > 0 && s.lineage.Optional(m.Field) {
		return p.deepLeaf(m, s, u)
	}
	if native && isRef {
		var other int
		if other, _, native = p.native(ref.Other, nil, s); native {
			return condition.OfAtom(p.atoms.OfSlots(slot, other, test))
		}
	} else if native {
		if _, array := test.(*ir.Elements); array {
			p.layout.AskElements(slot)
		}
		return condition.OfAtom(p.atoms.OfSlot(slot, test))
	}
	deep := m.Field.Level > 0 || (isRef && ref.Other.Level > 0)
	if !deep || len(s.Keys[1]) == 0 {
		return condition.Constant(ir.WhenMissing(m.Test))
	}
	return p.deepLeaf(m, s, u)
}

// deepLeaf makes an atom on an ancestor's event.
func (p *plan) deepLeaf(m *ir.Match, s *source, u *unit) *condition.Term {
	u.deferred = true
	asked := []ir.Field{m.Field}
	if ref, ok := m.Test.(*ir.FieldRef); ok {
		asked = append(asked, ref.Other)
	}
	for _, f := range asked {
		slot, _, native := p.native(f, nil, s)
		if native {
			s.lineage.AddNative(f, slot)
		}
		if !native || s.lineage.Optional(f) {
			p.treeFields[f.Name] = true
		}
	}
	return condition.OfAtom(p.atoms.OfAncestor(m.Field, m.Test))
}

// native finds a field on the event itself. A column that holds only a file name answers tests of the file name, as
// tests of the whole column.
func (p *plan) native(f ir.Field, t ir.Test, s *source) (int, ir.Test, bool) {
	col, ok := p.opt.Model.ColumnOf(s.Source, f)
	if !ok || !s.Has(p.opt.Model, f) {
		return 0, nil, false
	}
	if col.Holds != "" {
		name, is := col.OfFilename(t)
		if !is {
			return 0, nil, false
		}
		t = name
	}
	_, ofName := t.(*ir.OfFilename)
	if text, ok := t.(*ir.Text); (ofName || ok && text.Op == ir.Filename) && col.Filename != "" {
		// an event may have the file name without the path; queries read it too
		col.Also = append(slices.Clone(col.Also), col.Filename)
	}
	return p.layout.Slot(col), t, true
}
