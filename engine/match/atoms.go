package match

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"decree/engine/document"
	"decree/engine/extract"
	"decree/rules/ir"
)

// Atom is one predicate on an event, shared by all rules that have it. It is decided at most once an event: by the
// index of its slot, or by its test when a program asks.
type Atom struct {
	Test     ir.Test
	Slot     int // document.Every for a keyword, None for an ancestor's field
	Other    int // slot of a FieldRef's other field, or None
	Ancestor bool
	Field    ir.Field // of the ancestor

	indexed bool
	pre     int        // an indexed atom that holds wherever this one does, or -1
	program *predicate // the test, made ready
}

// None is no slot.
const None = -1

// index finds the text and number atoms of a slot in one pass over a text.
type index struct {
	patterns []pattern // of the text atoms, until they are made ready
	literals *literals
	numbers  map[float64][]int32 // number -> atoms that ask for it
}

// Atoms numbers the predicates of all rules while they are compiled. It does not change after Finish and is then safe to share.
type Atoms struct {
	layout  *document.Layout
	list    []*Atom
	byText  map[string]int
	indexes []index // by slot
	fast    int     // atoms whose expression an automaton runs
	slow    int     // atoms whose expression backtracks
}

// NewAtoms makes an empty set of predicates on the slots of a layout.
func NewAtoms(l *document.Layout) *Atoms {
	l.SetTester(Tester)
	return &Atoms{layout: l, byText: map[string]int{}}
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
	key := fmt.Sprintf("%d %d %v %t %s", atom.Slot, atom.Other, atom.Field, atom.Ancestor, canonical(atom.Test))
	if i, ok := a.byText[key]; ok {
		return i
	}
	atom.pre = -1
	switch atom.program = prepare(atom.Test); {
	case atom.program.fast != nil:
		atom.program.number = a.fast
		a.fast++
	case atom.program.slow != nil:
		atom.program.number = a.slow
		a.slow++
	}
	i := len(a.list)
	a.byText[key] = i
	a.list = append(a.list, &atom)
	if atom.Slot == None {
		return i
	}
	if text, ok := atom.Test.(*ir.Text); ok && !text.Cased && text.Op != ir.Word && !slices.Contains(text.Values, "") && longest(text.Values) <= maxPattern {
		a.list[i].indexed = true
		s := a.index(atom.Slot)
		for _, v := range atom.program.values {
			s.patterns = append(s.patterns, pattern{v, int32(i), uint8(text.Op)})
		}
		return i
	}
	if n, ok := atom.Test.(*ir.Number); ok && n.Op == "eq" {
		a.list[i].indexed = true
		s := a.index(atom.Slot)
		if s.numbers == nil {
			s.numbers = map[float64][]int32{}
		}
		for _, v := range n.Values {
			s.numbers[v] = append(s.numbers[v], int32(i))
		}
		return i
	}
	if pre := necessaryText(atom.Test); pre != nil {
		p := a.OfSlot(atom.Slot, pre)
		a.list[i].pre = p
	}
	return i
}

// index gives the index of a slot.
func (a *Atoms) index(slot int) *index {
	for len(a.indexes) <= slot {
		a.indexes = append(a.indexes, index{})
	}
	return &a.indexes[slot]
}

// ErrTooMany says that there are more texts to look for than can be numbered. The text atoms of such a slot never hold.
var ErrTooMany = errors.New("more texts to look for than can be numbered")

// Finish makes the indexes, once all rules are compiled. It gives ErrTooMany for each slot that has too many texts.
func (a *Atoms) Finish() (tooMany []error) {
	a.index(a.layout.Slots() - 1)
	var made sync.WaitGroup
	for i := range a.indexes {
		s := &a.indexes[i]
		made.Go(func() {
			s.literals, s.patterns = newLiterals(s.patterns, maxCells), nil
		})
	}
	made.Wait()
	for i := range a.indexes {
		if s := &a.indexes[i]; s.literals == nil {
			s.literals = &literals{}
			tooMany = append(tooMany, ErrTooMany)
		}
	}
	return tooMany
}

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
