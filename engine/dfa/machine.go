package dfa

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// Bounds of what states take, in bytes.
const (
	machineBytes = 1 << 18 // those of one machine, with its pairs
	poolBytes    = 1 << 25 // those of all machines of a pool
)

// A state costs about as much to make as regexp takes for perState letters. A machine begins with credit for some
// states, earns by what it reads, and leaves the rest to regexp when it has none left: so it is never much slower than
// regexp is.
const (
	perState     = 32
	beginsWith   = 2_000 * perState
	mostCredited = 1 << 24
)

// Where a transition leads. Everything from firstState is the offset of a state's row.
const (
	unknown uint32 = iota // nobody needed it yet
	matched
	never // no match can follow
	firstState
)

// Pool bounds what the machines of one worker take together.
type Pool struct{ bytes int }

// Machine asks a program of texts. A worker has its own.
type Machine struct {
	p      *Program
	pool   *Pool
	stride uint32
	next   []uint32 // row + class -> where it leads; the last cell of a row is what pairs keep there
	pairs  []uint32 // row of pairs + pair of letters -> row of pairs where they lead
	states []state  // by row
	rows   map[string]uint32
	begin  uint32
	bytes  int
	credit int // letters that may still be spent on states; below 0 regexp is asked

	set  sparse // while a state is made
	todo []uint32
	key  []byte
}

// state is where in the expression a reader may be: instructions that read a letter or assert something, and what kind
// of letter came before.
type state struct {
	at     []uint32 // ascending
	before kind
}

// NewMachine makes a machine without states.
func (p *Program) NewMachine(pool *Pool) *Machine {
	p.made.Do(p.make)
	if p.large {
		return &Machine{p: p, credit: -1}
	}
	m := &Machine{p: p, pool: pool, stride: uint32(p.classes.count()) + 1, credit: beginsWith}
	m.set.at = make([]uint32, len(p.insts))
	m.drop()
	return m
}

// drop forgets all states, and makes the one before any text.
func (m *Machine) drop() {
	m.pool.bytes -= m.bytes
	m.bytes = 0
	m.rows, m.states, m.pairs = map[string]uint32{}, m.states[:0], m.pairs[:0]
	m.next = append(m.next[:0], make([]uint32, m.firstRow())...)
	m.set.clear()
	if m.follow(m.p.start, 0) && !m.p.backwards {
		m.begin = matched
		return
	}
	m.begin = m.row(m.p.sees.first())
}

// Match tells whether the expression matches anywhere in a text.
func (m *Machine) Match(text string) bool {
	if !m.p.hasNeeds(text) {
		return false
	}
	if m.credit < 0 {
		return m.p.re.MatchString(text)
	}
	s, next, ascii := m.begin, m.next, &m.p.classes.ascii
	if s == matched {
		return true
	}
	learn, since := uint32(0), 0 // a row of pairs that does not tell yet where the letters at a place lead, or 0
	for at := 0; at < len(text); {
		if learn == 0 || at >= since+2 {
			row := m.pairsOf(s)
			if learn != 0 && row != 0 && at == since+2 {
				m.pairs[learn+m.p.columns.pair(text[since], text[since+1])] = row
			}
			learn = 0
			if row != 0 {
				row, at = m.readPairs(row, text, at)
				s, learn, since = m.single(row), row, at
				if at == len(text) {
					break
				}
			}
		}
		var class uint32
		if b := text[at]; b < utf8.RuneSelf {
			class = uint32(ascii[b])
			at++
		} else {
			r, width := utf8.DecodeRuneInString(text[at:]) // a byte that is not UTF-8 is U+FFFD, as in regexp
			class = uint32(m.p.classes.find(r))
			at += width
			learn = 0
		}
		to := next[s+class]
		if to < firstState {
			if to == unknown {
				if to = m.step(s, class); m.credit < 0 {
					return m.p.re.MatchString(text)
				}
				next, learn = m.next, 0
			}
			if to == matched || to == never {
				m.earn(at)
				return to == matched
			}
		}
		s = to
	}
	m.earn(len(text))
	end := m.p.classes.end()
	if to := next[s+end]; to != unknown {
		return to == matched
	}
	return m.step(s, end) == matched
}

func (m *Machine) earn(letters int) { m.credit = min(m.credit+letters, mostCredited) }

// step makes the transition of a state on a class of letters.
func (m *Machine) step(from, class uint32) uint32 {
	if m.bytes > machineBytes || m.pool.bytes > poolBytes {
		from = m.again(from)
	}
	s := m.states[m.index(from)]
	kind := m.p.classes.kinds[class]
	to := m.target(s, class, between(s.before, kind), kind)
	m.next[from+class] = to
	return to
}

// again drops all states but one, and gives its new row.
func (m *Machine) again(from uint32) uint32 {
	kept := m.states[m.index(from)]
	m.drop()
	m.set.clear()
	for _, pc := range kept.at {
		m.set.add(pc)
	}
	return m.row(kept.before)
}

// index is the place of a row's state.
func (m *Machine) index(row uint32) int { return int((row - m.firstRow()) / m.stride) }

func (m *Machine) firstRow() uint32 { return max(firstState, m.stride) }

// target finds where a state leads.
func (m *Machine) target(s state, class uint32, holds syntax.EmptyOp, kind kind) uint32 {
	m.set.clear()
	ended := uint32(0)
	for _, pc := range s.at { // what the assertions between the letters let through
		if m.follow(pc, holds) {
			if !m.p.backwards {
				return matched
			}
			ended = hit
		}
	}
	passed := slices.Clone(m.set.list)
	m.set.clear()
	for _, pc := range passed {
		if accepts := m.p.accepts[pc]; accepts != nil && accepts[class] && m.follow(m.p.insts[pc].Out, 0) && !m.p.backwards {
			return matched
		}
	}
	if !m.p.anchored && m.follow(m.p.start, 0) && !m.p.backwards { // a match may begin after each letter
		return matched
	}
	if len(m.set.list) == 0 {
		return never | ended
	}
	return m.row(kind) | ended
}

// follow adds what can be reached from an instruction without a letter, where some assertions hold, and tells whether
// the end of the expression is among it. An assertion that does not hold, or is not asked yet, stays itself.
func (m *Machine) follow(pc uint32, holds syntax.EmptyOp) (ends bool) {
	m.todo = append(m.todo[:0], pc)
	for len(m.todo) > 0 {
		pc := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		if !m.set.add(pc) {
			continue
		}
		switch in := &m.p.insts[pc]; in.Op {
		case syntax.InstMatch:
			if !m.p.backwards {
				return true
			}
			ends = true
		case syntax.InstAlt, syntax.InstAltMatch:
			m.todo = append(m.todo, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			m.todo = append(m.todo, in.Out)
		case syntax.InstEmptyWidth:
			if holds != 0 && syntax.EmptyOp(in.Arg)&^holds == 0 {
				m.todo = append(m.todo, in.Out)
			}
		}
	}
	return ends
}

// perRow is about what a state takes besides its row and its instructions.
const perRow = 128

// row gives the row of the state that the set stands for, after a letter of a kind, and makes it if it is new.
func (m *Machine) row(before kind) uint32 {
	at := m.set.list
	at = slices.DeleteFunc(at, func(pc uint32) bool {
		return m.p.accepts[pc] == nil && m.p.insts[pc].Op != syntax.InstEmptyWidth && (m.p.insts[pc].Op != syntax.InstMatch || !m.p.backwards)
	})
	slices.Sort(at)
	m.key = append(m.key[:0], byte(before))
	for _, pc := range at {
		m.key = binary.LittleEndian.AppendUint32(m.key, pc)
	}
	if row, ok := m.rows[string(m.key)]; ok {
		return row
	}
	row := uint32(len(m.next))
	m.rows[string(m.key)] = row
	m.states = append(m.states, state{slices.Clone(at), before})
	m.next = append(m.next, make([]uint32, m.stride)...)
	took := 4*int(m.stride) + 8*len(at) + perRow
	m.bytes += took
	m.pool.bytes += took
	m.credit -= perState
	return row
}

// sparse is a set of instructions that is cleared at once.
type sparse struct {
	list []uint32
	at   []uint32
}

func (s *sparse) clear() { s.list = s.list[:0] }

// add tells whether the instruction is new.
func (s *sparse) add(pc uint32) bool {
	if i := s.at[pc]; int(i) < len(s.list) && s.list[i] == pc {
		return false
	}
	s.at[pc] = uint32(len(s.list))
	s.list = append(s.list, pc)
	return true
}
