package engine

import (
	"crypto/sha256"
	"fmt"
	"io"
	"regexp"
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// atom is one predicate on an event, shared by every rule that has it. It is decided by its
// slot's automaton, or lazily by its test, at most once an event.
type atom struct {
	test    ir.Test
	slot    int // -1: every value of the event (a keyword), or an ancestor
	other   int // slot of a FieldRef's other field
	indexed bool
	pre     int // an indexed atom that holds wherever this one does, or -1
	deep    ir.Field
	isDeep  bool
	program *predicate // the test, made ready
}

// slot is where a Sigma field is: a column, or the first present of several, or a hash in a set, or a name's value.
type slot struct {
	columns      []int
	hash         string
	pair         *regexp.Regexp      // finds the value in a longer text
	plain        func(string) string // what the found text stands for
	emptyMissing bool                // an empty text counts as missing
	missing      string              // the product's word for a missing value; "" = none
	patterns     []pattern           // of the text atoms, until they are made ready
	literals     *literals
	numbers      map[float64][]int32 // number -> atoms that ask for it
}

// table collects atoms and slots while rules are compiled.
type table struct {
	model  *schema.Model
	layout *layout
	slots  []*slot
	bySlot map[string]int
	atoms  []*atom
	byText map[string]int
	slow   int // atoms whose expression backtracks
}

// everySlot is the slot of keywords: every text of the event.
const everySlot = 0

func newTable(m *schema.Model) *table {
	t := &table{model: m, layout: newLayout(), bySlot: map[string]int{}, byText: map[string]int{}}
	t.layout.bags = m.JSONTexts()
	t.layout.textless = !m.EmptyListIsMissing
	t.slots = []*slot{{}}
	return t
}

// slotOf numbers the slot of a column.
func (t *table) slotOf(c schema.Column) int {
	names := append([]string{c.Name}, c.Also...)
	if c.OrElse != "" {
		names = append(names, c.OrElse)
	}
	key := strings.Join(names, "\x00")
	hash := ""
	if c.Type == schema.HashSet {
		hash = c.Key
		key += "\x01" + strings.ToUpper(c.Key)
	}
	var pair *regexp.Regexp
	if within := c.Within(); within != "" {
		pair = regexp.MustCompile(within)
		key += "\x02" + within
	}
	if i, ok := t.bySlot[key]; ok {
		return i
	}
	s := &slot{hash: hash, pair: pair, plain: c.Plain, emptyMissing: t.model.EmptyIsMissing, missing: t.model.Missing}
	for _, n := range names {
		s.columns = append(s.columns, t.layout.column(n))
	}
	t.slots = append(t.slots, s)
	t.bySlot[key] = len(t.slots) - 1
	return len(t.slots) - 1
}

// atomOf numbers a predicate. Equal ones, of whichever rules, are one.
func (t *table) atomOf(a atom) int {
	key := fmt.Sprintf("%d %d %v %t %s", a.slot, a.other, a.deep, a.isDeep, canonical(a.test))
	if i, ok := t.byText[key]; ok {
		return i
	}
	a.pre = -1
	if a.program = prepare(a.test); a.program.slow != nil {
		a.program.number = t.slow
		t.slow++
	}
	i := len(t.atoms)
	t.byText[key] = i
	t.atoms = append(t.atoms, &a)
	if a.isDeep || a.slot < 0 {
		return i
	}
	s := t.slots[a.slot]
	if text, ok := a.test.(*ir.Text); ok && !text.Cased && !hasEmpty(text.Values) && longest(text.Values) <= maxPattern {
		t.atoms[i].indexed = true
		for _, v := range a.program.values {
			s.patterns = append(s.patterns, pattern{v, int32(i), uint8(text.Op)})
		}
		return i
	}
	if n, ok := a.test.(*ir.Number); ok && n.Op == "eq" {
		if s.numbers == nil {
			s.numbers = map[float64][]int32{}
		}
		t.atoms[i].indexed = true
		for _, v := range n.Values {
			s.numbers[v] = append(s.numbers[v], int32(i))
		}
		return i
	}
	if pre := necessaryText(a.test); pre != nil {
		p := t.atomOf(atom{slot: a.slot, other: -1, test: pre})
		t.atoms[i].pre = p
	}
	return i
}

// maxPattern bounds a pattern's bytes: of a longer one only a part is looked for, and the whole
// asked where that was found. Short patterns keep the automata small and long values quick to read.
const maxPattern = 80

func longest(values []string) int {
	n := 0
	for _, v := range values {
		n = max(n, len(fold(v)))
	}
	return n
}

func hasEmpty(values []string) bool {
	for _, v := range values {
		if v == "" {
			return true
		}
	}
	return false
}

// mostSpelledOut is how many values the name of a test spells out; of more it has a digest, which takes no memory to speak of.
const mostSpelledOut = 64

// canonical is a test's text, equal for equal tests. Describe would shorten long lists.
func canonical(t ir.Test) string {
	text, ok := t.(*ir.Text)
	if !ok {
		return ir.Describe(t)
	}
	if len(text.Values) <= mostSpelledOut {
		return fmt.Sprintf("%d %t %q", text.Op, text.Cased, text.Values)
	}
	sum := sha256.New()
	for _, v := range text.Values {
		fmt.Fprintf(sum, "%d:", len(v))
		io.WriteString(sum, v)
	}
	return fmt.Sprintf("%d %t %x", text.Op, text.Cased, sum.Sum(nil))
}
