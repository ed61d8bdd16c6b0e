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

// Triggers gives an indexed atom that holds whenever an atom does, and a guess at how often it holds; ok is false if there is none.
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
