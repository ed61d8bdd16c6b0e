package match

import "math/bits"

// table finds patterns by a hash of some of their bytes.
type table struct {
	filter  bitset
	buckets []uint32 // upper bits of a hash -> first of its entries; the next bucket's is the end
	narrow  uint     // of a hash, to the number of the bucket
	entries []entry
}

// key is a hash of some bytes of a pattern.
type key struct {
	hash uint64
	entry
}

// entry tells of a pattern. Those of one bucket are told apart by a word, as far as a mask says.
type entry struct {
	word, mask uint64
	pattern    uint32
	offset     uint32 // where in the pattern the bytes are that were hashed
}

// of gives the entries of a hash's bucket.
func (t *table) of(h uint64) []entry {
	return t.entries[t.buckets[h>>t.narrow]:t.buckets[h>>t.narrow+1]]
}

func newTable(keys []key) table {
	t := table{filter: newBitset(len(keys)), narrow: 64 - uint(bits.Len(uint(len(keys))))}
	t.buckets = make([]uint32, 1<<(64-t.narrow)+1)
	for _, k := range keys {
		t.filter.add(k.hash)
		t.buckets[k.hash>>t.narrow+1]++
	}
	for i := 1; i < len(t.buckets); i++ {
		t.buckets[i] += t.buckets[i-1]
	}
	t.entries = make([]entry, len(keys))
	next := append([]uint32(nil), t.buckets[:len(t.buckets)-1]...)
	for _, k := range keys {
		b := k.hash >> t.narrow
		t.entries[next[b]] = k.entry
		next[b]++
	}
	return t
}

// may tells whether some key may have a hash. If not, none has.
func (t *table) may(h uint64) bool {
	h >>= t.filter.shift & 63
	return t.filter.words[h/32]>>(h%32)&1 != 0
}

// bitset has a bit for each value of the upper bits of a hash: 1 if there is a key with them.
type bitset struct {
	words []uint32
	shift uint // of a hash, to those bits
}

// A filter has so many cells for a key: of as many texts that are not known, one is looked up further. The largest are
// for some hundred thousand keys.
const (
	perKey      = 32
	leastFilter = 8 // logarithms of cells
	mostFilter  = 22
)

// newBitset makes a filter for so many keys.
func newBitset(keys int) bitset {
	width := uint(max(leastFilter, min(bits.Len(uint(perKey*keys-1)), mostFilter)))
	return bitset{words: make([]uint32, 1<<width/32), shift: 64 - width}
}

func (b *bitset) add(h uint64) {
	h >>= b.shift
	b.words[h/32] |= 1 << (h % 32)
}

// spread spreads a number over the upper bits of a hash. The lower 32 bits differ for numbers whose lower 32 bits do.
func spread(w uint64) uint64 { return w * 0x9E3779B97F4A7C15 }
