package match

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

// add adds a folded pattern.
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

// cells is the size of the automaton's table, including columns for the marks and for bytes that no pattern has.
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
