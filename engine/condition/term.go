// Package condition decides conditions. In: a rule's tree, whose leaves are numbered questions: atoms, and whether a
// value is rare. Out: a program that decides the tree; sets of atoms of which one must hold for the tree to hold; and
// the truth of each part, for results that say why.
//
// Every tree has a program in expr's language. A tree of atoms alone, as most are, is decided without expr's machine
// (decision).
//
// What must stay true: a decision, an expr program and Truth agree on every tree. A decision asks the same atoms in the
// same order as the expr program. Nothing in a rule can be read as code, since programs are built as syntax trees.
// Running a program allocates nothing.
package condition

import "slices"

// Term is a node of a condition's tree.
type Term struct {
	Op    Op
	Terms []*Term
	N     int    // number of an Atom, a Rare or a Joined, or the count of an AtLeast
	Name  string // of a Named
}

// Op is what a term asks.
type Op int

const (
	And     Op = iota // of all terms
	Or                // of one of them
	Not               // of the one term
	AtLeast           // of N terms
	Atom              // of the question N
	Rare              // of the value of the population N
	Joined            // of the events that the join N looks for
	True
	False
	Named // of the one term, which has a name in the rule
)

// Constant is a term that always holds, or never.
func Constant(v bool) *Term {
	if v {
		return &Term{Op: True}
	}
	return &Term{Op: False}
}

// OfAtom asks an atom by its number.
func OfAtom(n int) *Term { return &Term{Op: Atom, N: n} }

// HasAtom tells whether some atom of the term is one of these.
func (t *Term) HasAtom(is func(int) bool) bool {
	return t.Op == Atom && is(t.N) || slices.ContainsFunc(t.Terms, func(inner *Term) bool { return inner.HasAtom(is) })
}

// Names finds the parts of a term under their names.
func (t *Term) Names() map[string]*Term {
	found := map[string]*Term{}
	var walk func(*Term)
	walk = func(t *Term) {
		if t.Op == Named {
			found[t.Name] = t
		}
		for _, inner := range t.Terms {
			walk(inner)
		}
	}
	walk(t)
	return found
}

// WithoutJoins is a term that holds wherever the term does, whatever its joins find.
func (t *Term) WithoutJoins() *Term { return t.withoutJoins(true) }

// withoutJoins takes each join for what lets most events pass. holds is false below a negation.
func (t *Term) withoutJoins(holds bool) *Term {
	if t.Op == Joined {
		return Constant(holds)
	}
	if t.Op == Not {
		holds = !holds
	}
	out := *t
	out.Terms = make([]*Term, len(t.Terms))
	for i, inner := range t.Terms {
		out.Terms[i] = inner.withoutJoins(holds)
	}
	return &out
}
