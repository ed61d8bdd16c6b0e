package condition

import (
	"slices"
	"sync/atomic"
)

// decision decides a term of atoms joined by and, or and not. It asks one atom after the other, and each answer says
// which is next. It asks the same atoms in the same order as the term's expr program, without a machine in between.
// BenchmarkProgram compares them.
type decision struct {
	steps []step
	first int32
}

// step asks an atom and goes on with another step, or with an answer.
type step struct{ atom, yes, no int32 }

// answers of a decision, in place of a step.
const (
	holds = -1
	fails = -2
)

// onlyAtoms tells whether a term is made of atoms alone.
func onlyAtoms(t *Term) bool {
	switch t.Op {
	case AtLeast, Rare, Joined:
		return false
	}
	return !slices.ContainsFunc(t.Terms, func(inner *Term) bool { return !onlyAtoms(inner) })
}

// decide makes the decision of a term of atoms.
func (c *Compiler) decide(t *Term) *decision {
	d := &decision{}
	d.first = d.add(c, t, holds, fails)
	d.steps = slices.Clip(d.steps)
	return d
}

// add adds the steps of a term, the last first, and gives the one to begin with. yes and no are where to go on.
func (d *decision) add(c *Compiler, t *Term, yes, no int32) int32 {
	switch t.Op {
	case And:
		for _, inner := range slices.Backward(c.cheapestFirst(t.Terms)) {
			yes = d.add(c, inner, yes, no)
		}
		return yes
	case Or:
		for _, inner := range slices.Backward(c.cheapestFirst(t.Terms)) {
			no = d.add(c, inner, yes, no)
		}
		return no
	case Not:
		return d.add(c, t.Terms[0], no, yes)
	case Named:
		return d.add(c, t.Terms[0], yes, no)
	case True:
		return yes
	case False:
		return no
	case Atom:
		d.steps = append(d.steps, step{int32(t.N), yes, no})
		return int32(len(d.steps) - 1)
	}
	panic("condition: a decision is of atoms")
}

// holds asks the atoms.
func (d *decision) holds(atom func(int) bool) bool {
	at := d.first
	for at >= 0 {
		if s := &d.steps[at]; atom(int(s.atom)) {
			at = s.yes
		} else {
			at = s.no
		}
	}
	return at == holds
}

// lazyDecision is a decision that is made when it is first asked: most rules are never asked of any event.
type lazyDecision struct{ made atomic.Pointer[decision] }

// get gives the decision, and makes it if there is none yet.
func (l *lazyDecision) get(decide func() *decision) *decision {
	if d := l.made.Load(); d != nil {
		return d
	}
	return l.decide(decide)
}

func (l *lazyDecision) decide(decide func() *decision) *decision {
	d := decide()
	l.made.Store(d) // of two workers that make it at the same time, either's will do
	return d
}
