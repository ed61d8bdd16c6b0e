package engine

// automaton finds every text atom of one column in one pass over a value: an Aho-Corasick
// machine over folded bytes. A value is read as if it stood between a begin and an end mark, so
// that equals, startswith, endswith and filename are patterns too.
type automaton struct {
	class [256]uint16 // byte -> class; 0 is any byte that no pattern has
	begin uint32      // classes of the two marks
	end   uint32
	next  []uint32 // row of a state (its number times width) + class -> row of the next; emits marks a state where patterns end
	width uint32
	first []int32   // state -> the state itself or the longest suffix where patterns end, or -1
	link  []int32   // state -> the next shorter such suffix, or -1
	own   [][]int32 // state -> atoms whose pattern ends there
	wide  bool      // some pattern has letters beyond ASCII
	most  int       // symbols of the longest pattern
}

// emits is the bit of a row that says that patterns end there. Rows stay far below it.
const emits = 1 << 31

// The marks, as symbols beyond the bytes.
const (
	beginMark = 256
	endMark   = 257
)

// trie collects patterns before the machine is made. Children are linked lists, which are short.
type trie struct {
	nodes []trieNode
	atoms map[int32][]int32
	used  [endMark + 1]bool // symbols
	width int               // how many
	wide  bool
	most  int // symbols of the longest pattern
}

type trieNode struct {
	child, sibling int32 // 0 is none: the root is nobody's child
	symbol         uint16
}

func newTrie() *trie { return &trie{nodes: make([]trieNode, 1), atoms: map[int32][]int32{}} }

// add lays down a folded pattern.
func (t *trie) add(begin bool, text string, end bool, atom int32) {
	at, length := int32(0), len(text)
	if begin {
		at = t.step(at, beginMark)
		length++
	}
	for i := range len(text) {
		t.wide = t.wide || text[i] >= 0x80
		at = t.step(at, uint16(text[i]))
	}
	if end {
		at = t.step(at, endMark)
		length++
	}
	t.atoms[at] = append(t.atoms[at], atom)
	t.most = max(t.most, length)
}

func (t *trie) step(at int32, symbol uint16) int32 {
	for c := t.nodes[at].child; c != 0; c = t.nodes[c].sibling {
		if t.nodes[c].symbol == symbol {
			return c
		}
	}
	if !t.used[symbol] {
		t.used[symbol] = true
		t.width++
	}
	to := int32(len(t.nodes))
	t.nodes = append(t.nodes, trieNode{symbol: symbol, sibling: t.nodes[at].child})
	t.nodes[at].child = to
	return to
}

// cells is how large the automaton's table would be, the marks and the bytes that no pattern has among its columns.
func (t *trie) cells() int { return len(t.nodes) * (t.width + 3) }

// machine makes the automaton. Its table is complete: a step is one look-up.
func (t *trie) machine() *automaton {
	states := len(t.nodes)
	a := &automaton{wide: t.wide, most: t.most, own: make([][]int32, states)}
	for at, atoms := range t.atoms {
		a.own[at] = atoms
	}
	var classes [endMark + 1]uint32
	count := uint32(0)
	classOf := func(symbol uint16) uint32 {
		if classes[symbol] == 0 {
			count++
			classes[symbol] = count
		}
		return classes[symbol]
	}
	for _, n := range t.nodes[1:] {
		classOf(n.symbol)
	}
	a.begin, a.end = classOf(beginMark), classOf(endMark)
	a.width = count + 1
	for symbol, c := range classes[:256] {
		a.class[symbol] = uint16(c)
	}
	for lower := 'a'; lower <= 'z'; lower++ {
		a.class[lower-'a'+'A'] = a.class[lower]
	}
	a.next = make([]uint32, uint32(states)*a.width)
	a.first, a.link = make([]int32, states), make([]int32, states)
	fail := make([]int32, states)
	queue := make([]int32, 1, states)
	a.first[0], a.link[0] = -1, -1
	for head := 0; head < len(queue); head++ {
		s := queue[head]
		row := a.next[uint32(s)*a.width : uint32(s+1)*a.width]
		if s != 0 {
			copy(row, a.next[uint32(fail[s])*a.width:uint32(fail[s]+1)*a.width])
			a.link[s] = a.first[fail[s]]
			a.first[s] = a.link[s]
			if len(a.own[s]) > 0 {
				a.first[s] = s
			}
		}
		for child := t.nodes[s].child; child != 0; child = t.nodes[child].sibling {
			c := classes[t.nodes[child].symbol]
			if s != 0 {
				fail[child] = int32(row[c] / a.width)
			}
			row[c] = uint32(child) * a.width
			queue = append(queue, child)
		}
	}
	for i, to := range a.next {
		if a.first[(to&^emits)/a.width] >= 0 {
			a.next[i] = to | emits
		}
	}
	return a
}

// chains is how many parts of a long value are read at once. Each step waits for the one before
// it; steps of different parts do not wait for each other.
const chains = 4

// scan appends the atoms that a folded value satisfies; one may come several times.
func (a *automaton) scan(v string, hits []int32) []int32 {
	s := a.next[a.begin]
	if s&emits != 0 {
		hits = a.collect(s, hits)
	}
	// A part begins where the longest pattern that could end in it may have begun. The first is
	// longer than any pattern, so that one from the begin mark ends there.
	if part := len(v) / chains; part > 2*a.most {
		return a.scanParts(v, part, s, hits)
	}
	for i := 0; i < len(v); i++ {
		s = a.next[s&^emits+uint32(a.class[v[i]])]
		if s&emits != 0 {
			hits = a.collect(s, hits)
		}
	}
	return a.last(s, hits)
}

// last reads the end mark.
func (a *automaton) last(s uint32, hits []int32) []int32 {
	if s = a.next[s&^emits+a.end]; s&emits != 0 {
		hits = a.collect(s, hits)
	}
	return hits
}

// scanParts reads four parts of a value side by side; s0 is the state after the begin mark.
func (a *automaton) scanParts(v string, part int, s0 uint32, hits []int32) []int32 {
	var s1, s2, s3 uint32
	p1, p2, p3 := v[part-a.most:], v[2*part-a.most:], v[3*part-a.most:]
	steps := part + a.most
	p0 := v[:steps]
	p1, p2 = p1[:steps], p2[:steps]
	for i := range steps {
		s0 = a.next[s0&^emits+uint32(a.class[p0[i]])]
		s1 = a.next[s1&^emits+uint32(a.class[p1[i]])]
		s2 = a.next[s2&^emits+uint32(a.class[p2[i]])]
		s3 = a.next[s3&^emits+uint32(a.class[p3[i]])]
		if (s0|s1|s2|s3)&emits != 0 {
			for _, s := range [chains]uint32{s0, s1, s2, s3} {
				if s&emits != 0 {
					hits = a.collect(s, hits)
				}
			}
		}
	}
	for i := steps; i < len(p3); i++ {
		s3 = a.next[s3&^emits+uint32(a.class[p3[i]])]
		if s3&emits != 0 {
			hits = a.collect(s3, hits)
		}
	}
	return a.last(s3, hits)
}

func (a *automaton) collect(row uint32, hits []int32) []int32 {
	for s := a.first[(row&^emits)/a.width]; s >= 0; s = a.link[s] {
		hits = append(hits, a.own[s]...)
	}
	return hits
}
