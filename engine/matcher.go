package engine

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/expr-lang/expr/vm"

	"decree/engine/backtrack"
	"decree/rules/ir"
)

// matcher evaluates events one at a time. Each worker has its own; nothing in it is shared. It
// marks with the event's number what is known of it, so that nothing is cleared in between.
type matcher struct {
	routing
	e       *Engine
	doc     document
	gen     uint32
	hit     []uint32     // atom -> event on which it is known to hold
	asked   []uint32     // atom -> event on which it was asked
	scanned []uint32     // slot -> event on which its text atoms were found
	last    []lastHits   // slot -> atoms of the value it had last
	recent  []recent     // slot -> atoms of the texts it had
	resumed []resumed    // slot -> how its last long text was read
	folds   []foldedSlot // slot -> its texts folded, where some test asks for that
	derived []value      // slot -> its value, where that is not simply a column's
	chosen  []uint32     // unit -> event for which it is a candidate
	list    []int        // candidates
	listing bool         // candidates are being listed
	hits    []int32
	machine vm.VM
	env     any
	late    *late // the tree and the figures, once the input has ended

	backtracker backtrack.Machine
	took        []taken // backtracking atom -> what its expression took
	effort      effort
	spent       map[*rule]int // in a batch: steps beyond what is free

	costs   *costs
	order   int // of the current event
	guess   guess
	undated bool // the current event has no time, and a rule asked for it
}

// late is what only the end of the input tells, and the event it is asked about.
type late struct {
	tree *tree
	self *process // the event as a child in the tree
}

func (e *Engine) newMatcher() *matcher {
	m := &matcher{
		e: e, doc: document{layout: e.table.layout},
		hit: make([]uint32, len(e.table.atoms)), asked: make([]uint32, len(e.table.atoms)), scanned: make([]uint32, len(e.table.slots)),
		last: make([]lastHits, len(e.table.slots)), recent: make([]recent, len(e.table.slots)), resumed: make([]resumed, len(e.table.slots)), derived: make([]value, len(e.table.slots)), folds: make([]foldedSlot, len(e.table.slots)), chosen: make([]uint32, len(e.units)), routing: e.newRouting(),
	}
	m.took = make([]taken, e.table.slow)
	m.costs = e.newCosts()
	m.env = env{Atom: m.atom, Rare: m.rare, AtLeast: m.atLeast}
	return m
}

// load reads an event and finds the sources it is of.
func (m *matcher) load(data []byte, order int) error {
	m.order = order
	if err := m.doc.load(data); err != nil {
		return err
	}
	m.gen++
	m.route()
	return nil
}

// atom answers a program.
func (m *matcher) atom(i int) bool {
	a := m.e.table.atoms[i]
	if a.indexed {
		m.scan(a.slot)
		return m.hit[i] == m.gen
	}
	if a.program.slow != nil {
		return m.backtracking(i, a)
	}
	if m.asked[i] != m.gen {
		m.asked[i] = m.gen
		if (a.pre < 0 || m.atom(a.pre)) && m.holds(a) {
			m.hit[i] = m.gen
		}
	}
	return m.hit[i] == m.gen
}

func (m *matcher) holds(a *atom) bool {
	if a.isDeep {
		return m.deep(a)
	}
	texts, present := m.doc.every, true
	if a.slot != everySlot {
		v := m.slot(a.slot)
		texts, present = v.texts, v.present
	}
	switch t := a.test.(type) {
	case *ir.Null:
		return !present
	case *ir.Exists:
		return present == t.Value
	case *ir.FieldRef:
		return compareFields(t, texts, m.slot(a.other).texts)
	case *ir.Text:
		if !present && t.Op == ir.Equals && a.slot != everySlot && m.e.table.slots[a.slot].emptyMissing && hasEmpty(t.Values) {
			return true
		}
	}
	if a.program.folds {
		texts = m.foldedTexts(a.slot, texts)
	}
	return m.any(a.program, texts)
}

// foldedTexts gives a slot's texts folded, which is done at most once an event.
func (m *matcher) foldedTexts(slot int, texts []string) []string {
	f := &m.folds[slot]
	if f.gen == m.gen {
		return f.texts
	}
	f.gen, f.texts, f.arena = m.gen, f.texts[:0], f.arena[:0]
	for _, t := range texts {
		if m.doc.ascii() {
			t = f.lower(t)
		} else {
			t = fold(t)
		}
		f.texts = append(f.texts, t)
	}
	return f.texts
}

// foldedSlot is a slot's texts folded, in memory that is used again for the next event.
type foldedSlot struct {
	gen   uint32
	texts []string
	arena []byte
}

// lower folds an ASCII text, eight bytes at once: added to a letter's byte, what is missing from 'A', or
// from the one after 'Z', to 0x80 sets its highest bit or does not.
func (f *foldedSlot) lower(t string) string {
	start := len(f.arena)
	f.arena = append(f.arena, t...)
	b := f.arena[start:]
	at := 0
	for ; at+8 <= len(b); at += 8 {
		w := binary.LittleEndian.Uint64(b[at:])
		upper := (w + (0x80-'A')*ones) &^ (w + (0x80-'Z'-1)*ones) & high
		binary.LittleEndian.PutUint64(b[at:], w|upper>>2)
	}
	for ; at < len(b); at++ {
		if c := b[at]; c >= 'A' && c <= 'Z' {
			b[at] += 'a' - 'A'
		}
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// any asks a test of each of several texts.
func (m *matcher) any(p *predicate, texts []string) bool {
	if p.slow != nil {
		return m.backtracks(p, texts)
	}
	for _, t := range texts {
		if p.holds(t) {
			return true
		}
	}
	return false
}

func compareFields(ref *ir.FieldRef, values, others []string) bool {
	for _, v := range values {
		for _, o := range others {
			if compareText(ref.Op, folded(v, ref.Cased), folded(o, ref.Cased)) {
				return true
			}
		}
	}
	return false
}

// deep asks a test of an ancestor's field, which the tree knows or does not.
func (m *matcher) deep(a *atom) bool {
	texts, present := m.lineage(a.deep)
	switch t := a.test.(type) {
	case *ir.Null:
		return !present
	case *ir.Exists:
		return present == t.Value
	case *ir.FieldRef:
		others, _ := m.lineage(t.Other)
		return compareFields(t, texts, others)
	}
	if a.program.folds {
		texts = slices.Clone(texts)
		for i, t := range texts {
			texts[i] = fold(t)
		}
	}
	return m.any(a.program, texts)
}

// lineage reads a field of the event's own process or of one above it.
func (m *matcher) lineage(f ir.Field) ([]string, bool) {
	for _, si := range m.of {
		if slot, ok := m.e.sources[si].refs[f]; ok {
			if v := m.slot(slot); v.present || f.Level == 0 || !m.e.optional(f, m.e.sources[si]) {
				return v.texts, v.present
			}
		}
	}
	if m.late == nil || m.late.self == nil {
		return nil, false
	}
	v, _, ok := m.late.tree.attribute(m.late.self, f)
	if !ok {
		return nil, false
	}
	return []string{v}, true
}

// atLeast answers a program's counted group.
func (m *matcher) atLeast(i int) bool {
	t := m.e.groups[i]
	count := 0
	for left, inner := range t.terms {
		if m.truth(inner) {
			count++
		}
		if count >= t.n || count+len(t.terms)-left-1 < t.n {
			break
		}
	}
	return count >= t.n
}

// truth evaluates a term without its program: for counted groups and for the names of a result.
func (m *matcher) truth(t *term) bool {
	switch t.op {
	case opAnd:
		for _, inner := range t.terms {
			if !m.truth(inner) {
				return false
			}
		}
		return true
	case opOr:
		return slices.ContainsFunc(t.terms, m.truth)
	case opNot:
		return !m.truth(t.terms[0])
	case opNamed:
		return m.truth(t.terms[0])
	case opAtLeast:
		count := 0
		for _, inner := range t.terms {
			if m.truth(inner) {
				count++
			}
		}
		return count >= t.n
	case opAtom:
		return m.atom(t.n)
	case opRare:
		return m.rare(t.n)
	}
	return t.op == opTrue
}

// may tells whether what must hold for a unit does: most candidates end here, at less than a program costs.
func (m *matcher) may(u *unit) bool {
	for _, atoms := range u.needs {
		if !slices.ContainsFunc(atoms, m.atom) {
			return false
		}
	}
	return true
}

// run asks a unit's program. What its expressions left unknown is no match, whichever way it stands.
func (m *matcher) run(u *unit) (bool, error) {
	m.effort = effort{asking: m.effort.asking + 1}
	out, err := m.machine.Run(u.program, m.env)
	if err != nil {
		return false, fmt.Errorf("rule %q: %w", u.rule.ir.Source.Title, err)
	}
	matched, ok := out.(bool)
	return ok && matched && !m.effort.spent, nil
}

// time is the event's own; ok is false when it has none that can be read.
func (m *matcher) time() (time.Time, bool) {
	for _, slot := range m.e.times {
		for _, t := range m.slot(slot).texts {
			if at, guessed, ok := readTime(t); ok {
				if guessed {
					m.guess.take(m.order, t, at)
				}
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// inWindow tells whether the event is in the rule's lookback, or in what correlations read of it. Without a known time it is not.
func (m *matcher) inWindow(u *unit) bool {
	r := u.rule
	if m.e.opt.Now.IsZero() {
		return true
	}
	if r.silent {
		return r.reach == unbounded || m.within(r.reach)
	}
	return m.inLookback(r) || u.rare == nil && r.watching && (r.reach == unbounded || m.within(r.reach))
}

// inLookback tells whether the event is in the rule's own lookback.
func (m *matcher) inLookback(r *rule) bool {
	lookback := r.ir.Source.Schedule.Lookback
	return m.e.opt.Now.IsZero() || lookback == 0 || m.within(lookback)
}

// within tells whether the event lies in a time that ends now.
func (m *matcher) within(lookback time.Duration) bool {
	at, ok := m.time()
	m.undated = m.undated || !ok
	return ok && !at.Before(m.e.opt.Now.Add(-lookback)) && !at.After(m.e.opt.Now)
}
