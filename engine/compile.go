package engine

import (
	"cmp"
	"math"
	"slices"

	"decree/engine/document"
	"decree/rules/ir"
)

// term is a node of a unit's tree.
type term struct {
	op    termOp
	terms []*term
	n     int    // atom, population, or the count of atLeast
	name  string // of a named part
}

type termOp int

const (
	opAnd termOp = iota
	opOr
	opNot
	opAtLeast
	opAtom
	opRare
	opTrue
	opFalse
	opNamed
)

// build resolves a tree against a source. deep is set when a leaf needs another event.
func (e *Engine) build(n ir.Node, s *source, u *unit) *term {
	switch n := n.(type) {
	case *ir.And:
		return &term{op: opAnd, terms: e.buildAll(n.Terms, s, u)}
	case *ir.Or:
		return &term{op: opOr, terms: e.buildAll(n.Terms, s, u)}
	case *ir.Not:
		return &term{op: opNot, terms: []*term{e.build(n.Term, s, u)}}
	case *ir.AtLeast:
		return &term{op: opAtLeast, n: n.Count, terms: e.buildAll(n.Terms, s, u)}
	case *ir.Named:
		return &term{op: opNamed, name: n.Name, terms: []*term{e.build(n.Body, s, u)}}
	case *ir.Const:
		return constant(n.Value)
	case *ir.Keyword:
		e.layout.AskKeywords()
		return &term{op: opAtom, n: e.atoms.OfSlot(document.Every, n.Test)}
	case *ir.Prevalence:
		u.deferred = true
		return &term{op: opRare, n: e.populationOf(n, u.rule)}
	case *ir.Match:
		return e.match(n, s, u)
	}
	panic("engine: unknown node")
}

// match asks a field in the product's own words. What its column cannot answer is answered as
// of an event without the field.
func (e *Engine) match(n *ir.Match, s *source, u *unit) *term {
	own, err := e.opt.Model.Translate(s.Source, n)
	if err != nil {
		return constant(ir.WhenMissing(n.Test))
	}
	return e.translated(own, s, u)
}

func (e *Engine) translated(n ir.Node, s *source, u *unit) *term {
	t := &term{op: opOr}
	switch n := n.(type) {
	case *ir.Match:
		return e.leaf(n, s, u)
	case *ir.And:
		t.op = opAnd
	case *ir.Or:
	default:
		panic("engine: unknown translation")
	}
	for _, one := range ir.Children(n) {
		t.terms = append(t.terms, e.translated(one, s, u))
	}
	return t
}

// backtracks tells whether a term has an expression that backtracks.
func (e *Engine) backtracks(t *term) bool {
	return t.op == opAtom && e.atoms.Backtracks(t.n) || slices.ContainsFunc(t.terms, e.backtracks)
}

func (e *Engine) buildAll(nodes []ir.Node, s *source, u *unit) []*term {
	terms := make([]*term, len(nodes))
	for i, n := range nodes {
		terms[i] = e.build(n, s, u)
	}
	return terms
}

func constant(v bool) *term {
	if v {
		return &term{op: opTrue}
	}
	return &term{op: opFalse}
}

// leaf is an atom on the event, an atom on an ancestor's event, or, for a field that the model
// does not have, what the test says of a missing one.
func (e *Engine) leaf(m *ir.Match, s *source, u *unit) *term {
	slot, test, native := e.native(m.Field, m.Test, s)
	ref, isRef := m.Test.(*ir.FieldRef)
	if native && m.Field.Level > 0 && s.lineage.Optional(m.Field) {
		return e.deepLeaf(m, s, u)
	}
	if native && isRef {
		var other int
		if other, _, native = e.native(ref.Other, nil, s); native {
			return &term{op: opAtom, n: e.atoms.OfSlots(slot, other, test)}
		}
	} else if native {
		return &term{op: opAtom, n: e.atoms.OfSlot(slot, test)}
	}
	deep := m.Field.Level > 0 || (isRef && ref.Other.Level > 0)
	if !deep || len(s.Keys[1]) == 0 {
		return constant(ir.WhenMissing(m.Test))
	}
	return e.deepLeaf(m, s, u)
}

// deepLeaf is an atom on an ancestor's event.
func (e *Engine) deepLeaf(m *ir.Match, s *source, u *unit) *term {
	u.deferred = true
	asked := []ir.Field{m.Field}
	if ref, ok := m.Test.(*ir.FieldRef); ok {
		asked = append(asked, ref.Other)
	}
	for _, f := range asked {
		slot, _, native := e.native(f, nil, s)
		if native {
			s.lineage.AddNative(f, slot)
		}
		if !native || s.lineage.Optional(f) {
			e.treeFields[f.Name] = true
		}
	}
	return &term{op: opAtom, n: e.atoms.OfAncestor(m.Field, m.Test)}
}

// native finds a field on the event itself. A column with only the file name answers tests
// on that, said as tests of the whole column.
func (e *Engine) native(f ir.Field, t ir.Test, s *source) (int, ir.Test, bool) {
	col, ok := e.opt.Model.Column(s.Source, f.Name, f.Level)
	if !ok || !s.Has(e.opt.Model, f) {
		return 0, nil, false
	}
	if col.Holds == "filename" {
		name, is := ir.FilenameTest(t)
		if !is {
			return 0, nil, false
		}
		t = &ir.Text{Op: ir.Equals, Values: name.Values, Cased: name.Cased}
	}
	if text, ok := t.(*ir.Text); ok && text.Op == ir.Filename && col.Filename != "" {
		// queries ask the column of names, which an event may have without the path
		col.Also = append(slices.Clone(col.Also), col.Filename)
	}
	return e.layout.Slot(col), t, true
}

// cover is a set of indexed atoms of which one holds on every event that satisfies a term.
type cover struct {
	atoms []int
	cost  float64 // a guess at how often one holds
}

// necessary finds the cheapest cover of a term; ok is false when there is none. It is sound by
// induction: a conjunction needs each of its terms, so any term's cover will do; a disjunction
// needs one of its terms, so the union of all covers; k of n needs one of any n-k+1 terms. Below a
// negation nothing is sought: what does not hold leaves no trace.
func (e *Engine) necessary(t *term) (c cover, ok bool) {
	switch t.op {
	case opAtom:
		return e.coverOf(t.n)
	case opNamed:
		return e.necessary(t.terms[0])
	case opFalse:
		return cover{}, true
	case opAnd:
		c.cost = math.Inf(1)
		for _, inner := range t.terms {
			if found, has := e.necessary(inner); has && found.cost < c.cost {
				c, ok = found, true
			}
		}
		return c, ok
	case opOr:
		return e.union(t.terms)
	case opAtLeast:
		return e.atLeastCover(t)
	}
	return cover{}, false
}

// covers finds the covers of a term's conjuncts, the cheapest first.
func (e *Engine) covers(t *term) []cover {
	var out []cover
	switch {
	case t.op == opNamed:
		return e.covers(t.terms[0])
	case t.op == opAnd:
		for _, inner := range t.terms {
			out = append(out, e.covers(inner)...)
		}
	default:
		if c, ok := e.necessary(t); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b cover) int { return cmp.Compare(a.cost, b.cost) })
	return out
}

func (e *Engine) union(terms []*term) (c cover, ok bool) {
	for _, inner := range terms {
		found, has := e.necessary(inner)
		if !has {
			return cover{}, false
		}
		c.atoms = append(c.atoms, found.atoms...)
		c.cost += found.cost
	}
	return c, true
}

func (e *Engine) atLeastCover(t *term) (c cover, ok bool) {
	var covers []cover
	for _, inner := range t.terms {
		if found, has := e.necessary(inner); has {
			covers = append(covers, found)
		}
	}
	need := len(t.terms) - t.n + 1
	if len(covers) < need {
		return cover{}, false
	}
	slices.SortStableFunc(covers, func(a, b cover) int { return cmp.Compare(a.cost, b.cost) })
	for _, found := range covers[:need] {
		c.atoms = append(c.atoms, found.atoms...)
		c.cost += found.cost
	}
	return c, true
}

func (e *Engine) coverOf(i int) (cover, bool) {
	atom, often, ok := e.atoms.Trigger(i)
	if !ok {
		return cover{}, false
	}
	return cover{atoms: []int{atom}, cost: often}, true
}
