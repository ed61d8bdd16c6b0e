package document

import (
	"slices"
	"strconv"

	"decree/engine/extract"
	"decree/engine/jsontext"
	"decree/rules/schema"
)

// slotOfExtract is how the value of a slot is made of others.
type slotOfExtract struct {
	name    string
	program *extract.Program
	from    []int // slots
}

// making is the memory in which a slot's value is made. It is used again for the next event.
type making struct {
	arena  extract.Arena
	from   [][]string
	joined []byte
}

// slotMade numbers the slot of an extract.
func (l *Layout) slotMade(c schema.Column) int {
	m := &slotOfExtract{name: c.Name}
	s := &slot{made: m, emptyMissing: l.emptyIsMissing}
	for _, from := range c.Made.From {
		at := l.Slot(from)
		m.from = append(m.from, at)
		for _, column := range l.slots[at].columns {
			if !slices.Contains(s.columns, column) {
				s.columns = append(s.columns, column)
			}
		}
	}
	key := "\x03" + c.Made.Extract.Describe()
	for _, at := range m.from {
		key += "\x03" + strconv.Itoa(at)
	}
	if i, ok := l.bySlot[key]; ok {
		return i
	}
	m.program = extract.Compile(c.Made.Extract, l.tester)
	l.slots = append(l.slots, s)
	l.bySlot[key] = len(l.slots) - 1
	return len(l.slots) - 1
}

// make makes the value of an extract, at most once an event.
func (d *Document) make(v *Value, s *slot, in *making) {
	v.gen, v.Version, v.Present, v.Texts = d.gen, 0, false, v.Texts[:0]
	in.arena.Reset()
	in.from = in.from[:0]
	for _, at := range s.made.from {
		in.from = append(in.from, d.Slot(at).Texts)
	}
	v.Texts = s.made.program.Values(v.Texts, &in.arena, in.from)
	if s.made.program.Wide {
		d.bits |= jsontext.High
	}
	if s.emptyMissing {
		v.Texts = slices.DeleteFunc(v.Texts, func(t string) bool { return t == "" })
	}
	v.Present = len(v.Texts) > 0
}
