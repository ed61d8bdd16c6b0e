package match

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

// chains is how many parts of a long value are read at once. A step depends on the one before
// it; steps of different parts do not depend on each other.
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
