package backtrack

import (
	"math"
	"unicode"
	"unicode/utf8"

	"decree/rules/regex"
)

const (
	memoAfter = 2_000     // steps, after which what failed is remembered
	maxMemo   = 4_000_000 // places that are remembered: 16 MB
)

// Machine runs programs, in memory that it uses again. It is for one goroutine.
type Machine struct {
	insts     []inst
	choices   int
	text      string
	stack     []frame
	registers []int
	left      int // steps

	memo    []uint32 // choice and place -> the run in which it was tried
	lastRun uint32
	first   bool // memo is not in use yet
	from    int  // steps left when it comes into use
	usable  bool
}

type frameKind uint8

const (
	choice frameKind = iota // go on at pc and pos
	longer                  // of opRun: go on behind it at each place from pos down to low
	lazier                  // of opRun: take one more at pos, low more at most, and go on behind it
	undo                    // register pc was pos
)

type frame struct {
	kind     frameKind
	pc       int
	pos, low int
}

// Match tells whether a program is found in a text, and in how many steps. Where it would take more than most, known is
// false.
func (m *Machine) Match(p *Program, text string, most int) (found, known bool, steps int) {
	m.insts, m.choices, m.text, m.left, m.stack = p.insts, p.choices, text, most, m.stack[:0]
	m.usable = p.forgets && p.choices > 0 && p.choices*(len(text)+1) <= maxMemo
	m.first, m.from = true, most-memoAfter
	if cap(m.registers) < p.registers {
		m.registers = make([]int, p.registers)
	}
	m.registers = m.registers[:p.registers]
	if m.lastRun > math.MaxUint32/2 { // one match has far fewer
		clear(m.memo)
		m.lastRun = 0
	}
	m.lastRun++
	top := m.lastRun
	for at := 0; at <= len(text); {
		if p.first != nil {
			begin := at
			for at < len(text) && !p.first[text[at]] {
				at++
			}
			if m.left -= (at - begin) / 8; at == len(text) {
				break
			}
		}
		for i := range m.registers {
			m.registers[i] = -1
		}
		_, ok := m.run(0, at, top)
		if ok || m.left < 0 {
			return ok, m.left >= 0, most - m.left
		}
		if p.anchored || at == len(text) {
			break
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return false, true, most - m.left
}

// tried marks a choice at a place, and tells whether this run was there before. What failed once fails again.
func (m *Machine) tried(choice, pos int, run uint32) bool {
	if !m.usable || m.left > m.from {
		return false
	}
	if m.first {
		m.prepare()
	}
	at := &m.memo[choice*(len(m.text)+1)+pos]
	if *at == run {
		return true
	}
	*at = run
	return false
}

// prepare makes room for what failed. Runs are numbered through, so that what earlier ones left there says nothing.
func (m *Machine) prepare() {
	m.first = false
	if size := m.choices * (len(m.text) + 1); len(m.memo) < size {
		m.memo = make([]uint32, size)
	}
}

// run goes on from an instruction and a place until the end of the program or of its part. It leaves on the stack what
// takes back the registers.
func (m *Machine) run(pc, pos int, number uint32) (end int, ok bool) {
	base := len(m.stack)
	for {
		if m.left--; m.left < 0 {
			m.stack = m.stack[:base]
			return 0, false
		}
		holds := true
		switch i := &m.insts[pc]; i.op {
		case opChar:
			if r, size := m.at(pos); size > 0 && r == i.r {
				pos += size
			} else {
				holds = false
			}
			pc++
		case opSet:
			if r, size := m.at(pos); size > 0 && i.set.has(r) {
				pos += size
			} else {
				holds = false
			}
			pc++
		case opRun:
			pos, holds = m.repeat(pc, pos, number)
			pc++
		case opSplit:
			if m.tried(i.memo, pos, number) {
				holds = false
				break
			}
			m.stack = append(m.stack, frame{choice, i.y, pos, 0})
			pc = i.x
		case opJump:
			pc = i.x
		case opSave:
			m.set(i.x, pos)
			pc++
		case opClose:
			m.set(2*i.x, m.registers[i.y])
			m.set(2*i.x+1, pos)
			pc++
		case opAssert:
			holds = m.assert(i.kind, pos)
			pc++
		case opEmpty:
			if pc++; pos == m.registers[i.y] {
				pc = i.x
			}
		case opBack:
			pos, holds = m.back(pos, i.x)
			pc++
		case opBackref:
			pos, holds = m.again(i, pos)
			pc++
		case opLook, opAtomic:
			pos, holds = m.inner(i, pc, pos)
			pc = i.x
		case opIf:
			if pc++; m.found(i.groups) < 0 {
				pc = i.x
			}
		case opMatch:
			return pos, true
		default:
			panic("backtrack: unknown instruction")
		}
		if holds {
			continue
		}
		if pc, pos, holds = m.retry(base, number); !holds {
			return 0, false
		}
	}
}

// at decodes the character at a place; its size is 0 at the end.
func (m *Machine) at(pos int) (rune, int) {
	if pos < len(m.text) && m.text[pos] < utf8.RuneSelf {
		return rune(m.text[pos]), 1
	}
	return utf8.DecodeRuneInString(m.text[pos:])
}

func (m *Machine) set(register, pos int) {
	m.stack = append(m.stack, frame{undo, register, m.registers[register], 0})
	m.registers[register] = pos
}

// retry takes the last choice that is left.
func (m *Machine) retry(base int, number uint32) (pc, pos int, ok bool) {
	for len(m.stack) > base {
		last := len(m.stack) - 1
		f := &m.stack[last]
		switch f.kind {
		case undo:
			m.registers[f.pc] = f.pos
		case choice:
			pc, pos = f.pc, f.pos
			m.stack = m.stack[:last]
			return pc, pos, true
		case longer:
			pc, pos = f.pc+1, f.pos
			if pos > f.low {
				_, size := utf8.DecodeLastRuneInString(m.text[:pos])
				f.pos -= size
			} else {
				m.stack = m.stack[:last]
			}
			return pc, pos, true
		case lazier:
			i := &m.insts[f.pc]
			r, size := m.at(f.pos)
			if m.left--; f.low != 0 && size > 0 && i.set.has(r) && (i.max >= 0 || !m.tried(i.memo, f.pos+size, number)) {
				f.pos += size
				f.low--
				return f.pc + 1, f.pos, true
			}
		}
		m.stack = m.stack[:last]
	}
	return 0, 0, false
}

// repeat takes characters of a set. Where it has no bound, each place is one to go on from once.
func (m *Machine) repeat(pc, pos int, number uint32) (int, bool) {
	i := &m.insts[pc]
	for range i.min {
		r, size := m.at(pos)
		if m.left--; size == 0 || !i.set.has(r) || m.left < 0 {
			return pos, false
		}
		pos += size
	}
	if m.tried(i.memo, pos, number) {
		return pos, false
	}
	if i.lazy {
		if i.max != i.min {
			m.stack = append(m.stack, frame{lazier, pc, pos, i.max - i.min})
		}
		return pos, true
	}
	low, before := pos, pos
	for n := i.min; n != i.max; n++ {
		r, size := m.at(pos)
		if m.left--; size == 0 || !i.set.has(r) || m.left < 0 {
			break
		}
		before = pos
		pos += size
		if i.max < 0 && m.tried(i.memo, pos, number) {
			pos = before
			break
		}
	}
	if pos > low {
		_, size := utf8.DecodeLastRuneInString(m.text[:pos])
		m.stack = append(m.stack, frame{longer, pc, pos - size, low})
	}
	return pos, true
}

func (m *Machine) assert(kind regex.Kind, pos int) bool {
	end := len(m.text)
	switch kind {
	case regex.BeginText:
		return pos == 0
	case regex.BeginLine:
		return pos == 0 || pos < end && m.text[pos-1] == '\n'
	case regex.EndText:
		return pos == end
	case regex.End:
		return pos == end || pos == end-1 && m.text[pos] == '\n'
	case regex.EndLine:
		return pos == end || m.text[pos] == '\n'
	case regex.Word, regex.NotWord:
		before, after := pos > 0 && isWord(m.text[pos-1]), pos < end && isWord(m.text[pos])
		return (before != after) == (kind == regex.Word)
	}
	panic("backtrack: unknown assertion")
}

func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_'
}

func (m *Machine) back(pos, characters int) (int, bool) {
	for range characters {
		if pos == 0 {
			return 0, false
		}
		_, size := utf8.DecodeLastRuneInString(m.text[:pos])
		pos -= size
	}
	return pos, true
}

// inner matches a part by itself. What it may choose otherwise is forgotten; what its groups found is not.
func (m *Machine) inner(i *inst, pc, pos int) (int, bool) {
	base := len(m.stack)
	m.lastRun++
	end, ok := m.run(pc+1, pos, m.lastRun)
	if m.left < 0 {
		return pos, false
	}
	if i.negative {
		for last := len(m.stack) - 1; last >= base; last-- {
			if f := m.stack[last]; f.kind == undo {
				m.registers[f.pc] = f.pos
			}
		}
		m.stack = m.stack[:base]
		return pos, !ok
	}
	kept := base
	for _, f := range m.stack[base:] {
		if f.kind == undo {
			m.stack[kept] = f
			kept++
		}
	}
	m.stack = m.stack[:kept]
	if i.op == opLook {
		return pos, ok
	}
	return end, ok
}

// found gives the first of several groups that found anything, or -1.
func (m *Machine) found(groups []int) int {
	for _, g := range groups {
		if m.registers[2*g+1] >= 0 {
			return g
		}
	}
	return -1
}

// again takes what a group found.
func (m *Machine) again(i *inst, pos int) (int, bool) {
	g := m.found(i.groups)
	if g < 0 {
		return pos, false
	}
	for at, end := m.registers[2*g], m.registers[2*g+1]; at < end; {
		want, size := m.at(at)
		got, taken := m.at(pos)
		if m.left--; taken == 0 || want != got && !(i.fold && sameFold(want, got)) {
			return pos, false
		}
		at, pos = at+size, pos+taken
	}
	return pos, true
}

func sameFold(a, b rune) bool {
	for f := unicode.SimpleFold(a); f != a; f = unicode.SimpleFold(f) {
		if f == b {
			return true
		}
	}
	return false
}
