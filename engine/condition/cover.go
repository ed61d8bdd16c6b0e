package condition

import (
	"cmp"
	"math"
	"slices"
)

// Cover is a set of atoms. If a term holds, one of them does.
type Cover struct {
	Atoms []int
	Often float64 // a guess at how often one holds
}

// Triggers gives an indexed atom that holds whenever an atom does, and a guess at how often it holds; ok is false if
// there is none.
type Triggers func(atom int) (trigger int, often float64, ok bool)

// Covers finds the covers of a term's conjuncts, the rarest first.
func (t *Term) Covers(triggers Triggers) []Cover {
	var out []Cover
	switch t.Op {
	case Named:
		return t.Terms[0].Covers(triggers)
	case And:
		for _, inner := range t.Terms {
			out = append(out, inner.Covers(triggers)...)
		}
	default:
		if c, ok := t.cover(triggers); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, byOften)
	return out
}

// Needs is what a term needs beside its rarest cover: an atom of each of its other covers. Most candidates end here,
// and this costs less than asking the term itself, whose expressions are slow. It is made when it is first asked.
type Needs struct {
	term     *Term
	triggers Triggers
	decision lazyDecision
}

// mostNeeded bounds the atoms of a cover that is asked. With more, the term itself is as fast.
const mostNeeded = 64

// Needs gives what a term needs, given its triggers.
func (t *Term) Needs(triggers Triggers) *Needs { return &Needs{term: t, triggers: triggers} }

// Hold tells whether some atom of each cover holds. If not, the term does not hold.
func (n *Needs) Hold(atom func(int) bool) bool {
	d := n.decision.get(func() *decision { return neededBy(n.term.Covers(n.triggers)) })
	return d.holds(atom)
}

// neededBy asks the covers after the first, the rarest first.
func neededBy(covers []Cover) *decision {
	d := &decision{first: holds}
	for _, c := range slices.Backward(covers[min(1, len(covers)):]) {
		if len(c.Atoms) > mostNeeded {
			continue
		}
		yes, no := d.first, int32(fails)
		for _, atom := range slices.Backward(c.Atoms) {
			d.steps = append(d.steps, step{int32(atom), yes, no})
			no = int32(len(d.steps) - 1)
		}
		d.first = no
	}
	return d
}

func byOften(a, b Cover) int { return cmp.Compare(a.Often, b.Often) }

// cover finds the rarest cover of a term; ok is false if there is none. It is sound by
// induction: a conjunction needs all of its terms, so the cover of any term will do; a disjunction
// needs one of its terms, so it takes the union of all covers; k of n need one of any n-k+1 terms. A
// negation has no cover, since it holds if atoms do not.
func (t *Term) cover(triggers Triggers) (c Cover, ok bool) {
	switch t.Op {
	case Atom:
		trigger, often, ok := triggers(t.N)
		return Cover{Atoms: []int{trigger}, Often: often}, ok
	case Named:
		return t.Terms[0].cover(triggers)
	case False:
		return Cover{}, true
	case And:
		c.Often = math.Inf(1)
		for _, inner := range t.Terms {
			if found, has := inner.cover(triggers); has && found.Often < c.Often {
				c, ok = found, true
			}
		}
		return c, ok
	case Or:
		return t.coverOfAny(len(t.Terms), triggers)
	case AtLeast:
		return t.coverOfAny(len(t.Terms)-t.N+1, triggers)
	}
	return Cover{}, false
}

// coverOfAny joins the rarest covers of as many terms as are needed; ok is false if fewer have one.
func (t *Term) coverOfAny(needed int, triggers Triggers) (c Cover, ok bool) {
	var covers []Cover
	for _, inner := range t.Terms {
		if found, has := inner.cover(triggers); has {
			covers = append(covers, found)
		}
	}
	if len(covers) < needed {
		return Cover{}, false
	}
	slices.SortStableFunc(covers, byOften)
	for _, found := range covers[:needed] {
		c.Atoms = append(c.Atoms, found.Atoms...)
		c.Often += found.Often
	}
	return c, true
}
