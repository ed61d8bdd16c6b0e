package match

import "math/bits"

// table finds patterns by a hash of some of their bytes.
type table struct {
	filter  []uint8  // by upper bits of a hash: 1 if there is a key with them
	shift   uint     // of a hash, to those bits
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

// A filter has so many bytes for a key: of as many texts that are not known, one is looked up further. The largest are for some hundred thousand keys.
const (
	perKey      = 32
	leastFilter = 8 // logarithms of bytes
	mostFilter  = 22
)

func newTable(keys []key) table {
	width := uint(max(leastFilter, min(bits.Len(uint(perKey*len(keys)-1)), mostFilter)))
	t := table{shift: 64 - width, narrow: 64 - uint(bits.Len(uint(len(keys))))}
	t.filter = make([]uint8, 1<<width)
	t.buckets = make([]uint32, 1<<(64-t.narrow)+1)
	for _, k := range keys {
		t.filter[k.hash>>t.shift] = 1
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
func (t *table) may(h uint64) bool { return t.filter[h>>(t.shift&63)] != 0 }

// spread spreads a number over the upper bits of a hash. The lower 32 bits differ for numbers whose lower 32 bits do.
func spread(w uint64) uint64 { return w * 0x9E3779B97F4A7C15 }
