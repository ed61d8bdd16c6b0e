package match

import (
	"slices"
	"sync"

	"decree/engine/document"
	"decree/engine/extract"
	"decree/rules/ir"
)

// Atom is one predicate on an event, shared by all rules that have it. It is decided at most once an event: by an
// index of its slot, or by its test when a program asks.
type Atom struct {
	Test     ir.Test
	Slot     int // document.Every for a keyword, None for an ancestor's field
	Other    int // slot of a FieldRef's other field, or None
	Ancestor bool
	Field    ir.Field // of the ancestor

	uses     int        // how many terms of rules ask it
	patterns []uint32   // of a long list, in its index: those that look for its values
	often    float64    // a guess at how often it holds, if an index may decide it
	literal  bool       // an index may decide it
	pre      int        // an atom of literals that holds wherever this one does, or -1
	program  *predicate // the test, made ready
}

// decision is what decides an atom.
type decision uint8

const (
	byTest  decision = iota // when a program asks
	byFirst                 // the index that is searched for each event of some rule
	byLater                 // the index that is searched when programs ask for many of its atoms
)

// None is no slot.
const None = -1

// index finds text and number atoms of a slot in one pass over a text.
type index struct {
	texts    literalSet // what the text atoms look for, until literals are made
	literals *literals
	numbers  map[float64][]int32 // number -> atoms that ask for it
}

// Atoms numbers the predicates of all rules while they are compiled. It does not change after Finish and is then safe
// to share.
type Atoms struct {
	layout *document.Layout
	list   []*Atom
	known  map[identity]int32 // until they are finished
	buffer []byte             // until then
	first  []index            // by slot: of atoms that make rules candidates
	later  []index            // by slot: of others with many values
	joined []joined           // by slot: of both, once they are searched together
	fast   int                // atoms whose expression an automaton runs
	slow   int                // atoms whose expression backtracks

	ways []way // atom -> how it is decided, once they are finished
}

// way is how an atom is decided. What asking it has to know stands in few bytes: of many atoms each is asked seldom,
// and nothing of them is in a cache.
type way struct {
	slot   int32 // of the atom
	pre    int32 // as the atom's
	values int32 // of a text test
	by     decision
	slow   bool // its expression backtracks
}

// NewAtoms makes an empty set of predicates on the slots of a layout.
func NewAtoms(l *document.Layout) *Atoms {
	l.SetTester(Tester)
	return &Atoms{layout: l, known: map[identity]int32{}}
}

// Tester makes a test ready that is asked of one text of an extract.
func Tester(t ir.Test) extract.Test {
	p := prepare(t)
	if p.re != nil {
		return extract.Test{Holds: p.re.MatchString}
	}
	return extract.Test{Holds: p.holds, Folds: p.folds}
}

// All gives the atoms by their numbers.
func (a *Atoms) All() []*Atom { return a.list }

// OfSlot numbers a test of a slot.
func (a *Atoms) OfSlot(slot int, t ir.Test) int {
	return a.number(Atom{Slot: slot, Other: None, Test: t})
}

// OfSlots numbers a comparison of two slots.
func (a *Atoms) OfSlots(slot, other int, t ir.Test) int {
	return a.number(Atom{Slot: slot, Other: other, Test: t})
}

// OfAncestor numbers a test of a field of an ancestor's event.
func (a *Atoms) OfAncestor(f ir.Field, t ir.Test) int {
	return a.number(Atom{Slot: None, Other: None, Test: t, Field: f, Ancestor: true})
}

// number numbers a predicate. Equal predicates have one number, whichever rules they are from.
func (a *Atoms) number(atom Atom) int {
	var id identity
	id, a.buffer = identify(&atom, a.buffer)
	if i, ok := a.known[id]; ok {
		a.list[i].uses++
		return int(i)
	}
	atom.pre, atom.uses = -1, 1
	switch atom.program = prepare(atom.Test); {
	case atom.program.fast != nil:
		atom.program.number = a.fast
		a.fast++
	case atom.program.slow != nil:
		atom.program.number = a.slow
		a.slow++
	}
	i := len(a.list)
	a.known[id] = int32(i)
	a.list = append(a.list, &atom)
	if atom.Slot == None {
		return i
	}
	if a.list[i].literal = isLiteral(atom.Test); a.list[i].literal {
		a.list[i].often = often(atom.Test)
		return i
	}
	if pre := necessaryText(atom.Test); pre != nil {
		p := a.OfSlot(atom.Slot, pre)
		a.list[i].pre = p
	}
	return i
}

// isLiteral tells whether an index may decide a test.
func isLiteral(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Text:
		return !t.Cased && t.Op != ir.Word && !slices.Contains(t.Values, "")
	case *ir.Number:
		return t.Op == "eq"
	}
	return false
}

// Finish makes the indexes, once all rules are compiled. It is told which atoms make rules candidates: they are
// searched for in each event that has their slot, and should be few. Other atoms are compared when a program asks, or
// searched for together if programs ask for many.
func (a *Atoms) Finish(candidates func(atom int) bool) {
	a.first, a.later = make([]index, a.layout.Slots()), make([]index, a.layout.Slots())
	a.joined = make([]joined, a.layout.Slots())
	a.ways = make([]way, len(a.list))
	for i, atom := range a.list {
		w := &a.ways[i]
		*w = way{slot: int32(atom.Slot), pre: int32(atom.pre), values: int32(len(atom.program.values)), slow: atom.program.slow != nil}
		switch {
		case !atom.literal || atom.Slot == None:
		case candidates(i):
			w.by = byFirst
			a.first[atom.Slot].add(int32(i), atom)
		case atom.mayBeMany():
			w.by = byLater
			a.later[atom.Slot].add(int32(i), atom)
		}
	}
	var made sync.WaitGroup
	for _, indexes := range [][]index{a.first, a.later} {
		for i := range indexes {
			made.Go(indexes[i].finish)
		}
	}
	made.Wait()
	a.known, a.buffer = nil, nil
}

// mostAtEnds is how many values are compared one by one that stand at an end of a text, or are numbers.
const mostAtEnds = 16

// mayBeMany tells whether so many values may be asked for in one event that it pays to search for them together.
func (a *Atom) mayBeMany() bool {
	switch t := a.Test.(type) {
	case *ir.Text:
		return t.Op == ir.Contains || len(t.Values) > mostAtEnds
	case *ir.Number:
		return len(t.Values) > mostAtEnds
	}
	return false
}

// add adds a literal atom.
func (s *index) add(i int32, atom *Atom) {
	switch t := atom.Test.(type) {
	case *ir.Text:
		for _, v := range atom.program.values {
			if n, added := s.texts.add(v, t.Op, i); added && len(atom.program.values) > mostAtEnds {
				atom.patterns = append(atom.patterns, n)
			}
		}
	case *ir.Number:
		if s.numbers == nil {
			s.numbers = map[float64][]int32{}
		}
		for _, v := range t.Values {
			s.numbers[v] = append(s.numbers[v], i)
		}
	}
}

func (s *index) finish() { s.literals, s.texts = newLiterals(s.texts.patterns), literalSet{} }

// Backtracks tells whether an atom is a backtracking expression, whose steps are counted.
func (a *Atoms) Backtracks(i int) bool { return a.list[i].program.slow != nil }

// Describe says what an atom asks.
func (a *Atoms) Describe(i int) string {
	switch atom := a.list[i]; {
	case atom.Ancestor:
		return atom.Field.String() + " " + ir.Describe(atom.Test)
	case atom.Slot == document.Every:
		return "any value " + ir.Describe(atom.Test)
	default:
		return "column " + a.layout.Describe(atom.Slot) + " " + ir.Describe(atom.Test)
	}
}
