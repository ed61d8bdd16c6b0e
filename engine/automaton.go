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
}

// emits is the bit of a row that says that patterns end there. Rows stay far below it.
const emits = 1 << 31

// The marks, as symbols beyond the bytes.
const (
	beginMark = 256
	endMark   = 257
)

// trie collects patterns before the machine is made.
type trie struct {
	children []map[uint16]int32
	atoms    [][]int32
	wide     bool
}

func newTrie() *trie { return &trie{children: []map[uint16]int32{nil}, atoms: [][]int32{nil}} }

// add lays down a folded pattern.
func (t *trie) add(begin bool, text string, end bool, atom int32) {
	at := int32(0)
	step := func(symbol uint16) {
		if to, ok := t.children[at][symbol]; ok {
			at = to
			return
		}
		if t.children[at] == nil {
			t.children[at] = map[uint16]int32{}
		}
		to := int32(len(t.children))
		t.children[at][symbol] = to
		t.children = append(t.children, nil)
		t.atoms = append(t.atoms, nil)
		at = to
	}
	if begin {
		step(beginMark)
	}
	for i := range len(text) {
		t.wide = t.wide || text[i] >= 0x80
		step(uint16(text[i]))
	}
	if end {
		step(endMark)
	}
	t.atoms[at] = append(t.atoms[at], atom)
}

// machine makes the automaton. Its table is complete: a step is one look-up.
func (t *trie) machine() *automaton {
	a := &automaton{wide: t.wide, own: t.atoms}
	classes := map[uint16]uint32{}
	classOf := func(symbol uint16) uint32 {
		c, ok := classes[symbol]
		if !ok {
			c = uint32(len(classes)) + 1
			classes[symbol] = c
		}
		return c
	}
	for _, children := range t.children {
		for symbol := range children {
			classOf(symbol)
		}
	}
	a.begin, a.end = classOf(beginMark), classOf(endMark)
	a.width = uint32(len(classes)) + 1
	for symbol, c := range classes {
		if symbol < 256 {
			a.class[symbol] = uint16(c)
			if symbol >= 'a' && symbol <= 'z' {
				a.class[symbol-'a'+'A'] = uint16(c)
			}
		}
	}
	states := len(t.children)
	a.next = make([]uint32, uint32(states)*a.width)
	a.first, a.link = make([]int32, states), make([]int32, states)
	fail := make([]int32, states)
	queue := []int32{0}
	a.first[0], a.link[0] = -1, -1
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		row := a.next[uint32(s)*a.width : uint32(s+1)*a.width]
		if s != 0 {
			copy(row, a.next[uint32(fail[s])*a.width:uint32(fail[s]+1)*a.width])
			a.link[s] = a.first[fail[s]]
			a.first[s] = a.link[s]
			if len(t.atoms[s]) > 0 {
				a.first[s] = s
			}
		}
		for symbol, child := range t.children[s] {
			c := classes[symbol]
			if s != 0 {
				fail[child] = int32((row[c] &^ emits) / a.width)
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

// scan appends the atoms that a folded value satisfies; one may come several times.
func (a *automaton) scan(v string, hits []int32) []int32 {
	s := a.next[a.begin]
	if s&emits != 0 {
		hits = a.collect(s, hits)
	}
	for i := 0; i < len(v); i++ {
		s = a.next[s&^emits+uint32(a.class[v[i]])]
		if s&emits != 0 {
			hits = a.collect(s, hits)
		}
	}
	s = a.next[s&^emits+a.end]
	if s&emits != 0 {
		hits = a.collect(s, hits)
	}
	return hits
}

func (a *automaton) collect(row uint32, hits []int32) []int32 {
	for s := a.first[(row&^emits)/a.width]; s >= 0; s = a.link[s] {
		hits = append(hits, a.own[s]...)
	}
	return hits
}
