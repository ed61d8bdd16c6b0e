package match

import "math/bits"

// gramIndex finds long patterns by one part (gram) of each: a few bytes that few other patterns have. Every part
// of a text is looked up; if it is known, its patterns are compared with the text.
// It takes about 50 bytes a pattern beside the pattern's text.
type gramIndex struct {
	size     int // bytes of a part, 4 or 8
	patterns []pattern
	filter   []uint64 // a bit for each hash of a known part
	shift    uint     // a hash's bits that number the filter's
	buckets  []uint32 // hash -> first of its entries; the next bucket's is the end
	narrow   uint     // a hash's bits that number the buckets
	entries  []gramEntry
}

// gramEntry is a pattern and where in it the known part begins.
type gramEntry struct {
	pattern uint32
	offset  uint32
}

// gramSizes are the sizes of parts, the longest first: a longer one is rarer.
var gramSizes = []int{8, 4}

// gramSize gives the size of the part by which a pattern is found; 0 if the pattern is too short.
func gramSize(text string) int {
	for _, size := range gramSizes {
		if len(text) >= size {
			return size
		}
	}
	return 0
}

// mostCounted bounds the table in which parts are counted to find the rare ones.
const mostCounted = 1 << 22

// mostOffsets bounds how many parts of a pattern are weighed.
const mostOffsets = 256

func newGramIndex(patterns []pattern, size int) *gramIndex {
	g := &gramIndex{size: size, patterns: patterns}
	counting := uint(bits.Len(uint(min(mostCounted, 64*len(patterns)))))
	counts := make([]uint32, 1<<counting)
	for i := range patterns {
		text := patterns[i].text
		for at := range min(len(text)-size+1, mostOffsets) {
			counts[hashGram(g.part(text, at))>>(64-counting)]++
		}
	}
	g.narrow = uint(64 - bits.Len(uint(len(patterns))))
	g.shift = g.narrow - 4
	g.filter = make([]uint64, (uint64(1)<<(64-g.shift))/64+1)
	g.buckets = make([]uint32, uint64(1)<<(64-g.narrow)+1)
	offsets := make([]uint32, len(patterns))
	for i := range patterns {
		text := patterns[i].text
		least := ^uint32(0)
		for at := range min(len(text)-size+1, mostOffsets) {
			if n := counts[hashGram(g.part(text, at))>>(64-counting)]; n < least {
				least, offsets[i] = n, uint32(at)
			}
		}
		h := hashGram(g.part(text, int(offsets[i])))
		g.filter[h>>g.shift/64] |= 1 << (h >> g.shift % 64)
		g.buckets[h>>g.narrow+1]++
	}
	for i := 1; i < len(g.buckets); i++ {
		g.buckets[i] += g.buckets[i-1]
	}
	g.entries = make([]gramEntry, len(patterns))
	next := append([]uint32(nil), g.buckets[:len(g.buckets)-1]...)
	for i := range patterns {
		b := hashGram(g.part(patterns[i].text, int(offsets[i]))) >> g.narrow
		g.entries[next[b]] = gramEntry{uint32(i), offsets[i]}
		next[b]++
	}
	return g
}

// scan appends the atoms that a text satisfies. Its letters of ASCII may be in any case; others are folded.
func (g *gramIndex) scan(v string, hits []int32) []int32 {
	for at := 0; at+g.size <= len(v); at++ {
		h := hashGram(lowerASCII(g.part(v, at)))
		if g.filter[h>>g.shift/64]>>(h>>g.shift%64)&1 == 0 {
			continue
		}
		b := h >> g.narrow
		for _, e := range g.entries[g.buckets[b]:g.buckets[b+1]] {
			p := &g.patterns[e.pattern]
			begin := at - int(e.offset)
			if begin >= 0 && begin+len(p.text) <= len(v) && p.stands(v, begin) && equalLower(v[begin:begin+len(p.text)], p.text) {
				hits = append(hits, p.atom)
			}
		}
	}
	return hits
}

// part reads the bytes of a part as a number.
func (g *gramIndex) part(v string, at int) uint64 {
	v = v[at : at+g.size]
	low := uint64(v[0]) | uint64(v[1])<<8 | uint64(v[2])<<16 | uint64(v[3])<<24
	if len(v) < 8 {
		return low
	}
	return low | uint64(v[4])<<32 | uint64(v[5])<<40 | uint64(v[6])<<48 | uint64(v[7])<<56
}

func hashGram(part uint64) uint64 {
	part *= 0x9E3779B97F4A7C15
	part ^= part >> 32
	return part * 0xD6E8FEB86659FD93
}

// lowerASCII puts the capitals among eight bytes in lower case; bytes beyond ASCII stay as they are.
func lowerASCII(w uint64) uint64 {
	const ones = 0x0101010101010101
	heptets := w & (0x7f * ones)
	aboveZ := heptets + (0x7f-'Z')*ones
	fromA := heptets + (0x80-'A')*ones
	capitals := ^w & (fromA ^ aboveZ) & (0x80 * ones)
	return w | capitals>>2
}

// equalLower compares a text whose letters of ASCII may be in any case with a folded one of the same length.
func equalLower(v, folded string) bool {
	for i := 0; i < len(folded); i++ {
		c := v[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != folded[i] {
			return false
		}
	}
	return true
}
