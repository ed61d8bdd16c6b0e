package match

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"unsafe"
)

// grams finds patterns that may stand anywhere in a text, by parts (grams) of a few bytes. Only every stride-th place
// of a text is looked up. So a pattern has as many grams as the stride, one after the other: wherever the pattern
// stands, one of them is at a place that is looked up. The bytes that they cover together are its window. Where a gram
// is known, the window around it is looked up, and only where that is known, patterns are compared. Which window of a
// pattern this is is free, and the one is taken whose grams few other patterns have. All is compared without the bit
// that tells capitals from small letters; the pattern itself is then compared exactly.
type grams struct {
	size, stride int
	mask         uint32          // of a gram's bytes
	filter       []uint8         // by upper bits of a gram's hash: a bit for each place in a window at which it may be
	shift        uint            // of a hash, to those bits
	pairs        *[1 << 16]uint8 // the same of grams of one byte or two, by two bytes of a text
	window       uint64          // mask of a window's bytes
	found        table           // by windows
}

// gramShape is the size of grams, in bytes, and the stride. It suits patterns of size+stride-1 bytes and more.
type gramShape struct{ size, stride int }

// gramShapes are the shapes in use, those for long patterns first: they look up least.
var gramShapes = []gramShape{{4, 4}, shortShape: {3, 2}, pairShape: {2, 2}, everyPair: {2, 1}, {1, 1}}

// Pairs of bytes are looked up fastest. Few short patterns are found by them, and many by rarer grams. Where each pair
// is looked up, as a pattern is one, those at every second place are not looked up besides.
const (
	shortShape = 1
	pairShape  = 2
	everyPair  = 3
	mostPairs  = 48 // patterns
)

// shapeOf gives the first shape that suits a pattern of a length.
func shapeOf(length int) int {
	for i, s := range gramShapes {
		if length >= s.size+s.stride-1 {
			return i
		}
	}
	panic("match: an empty pattern")
}

// mostCounted bounds the table in which grams are counted to find the rare ones, and mostOffsets the grams of a pattern
// that are weighed.
const (
	mostCounted = 1 << 22
	mostOffsets = 256
)

// caseBits has the bit of each byte that tells capitals from small letters.
const caseBits = 0x2020202020202020

// A filter of grams has perKey bytes for each of them, but no more than the second cache holds; for very many it has
// perGram for each.
const (
	cachedFilter = 19 // logarithm of bytes
	perGram      = 4
)

func newGrams(patterns []pattern, numbers []uint32, shape gramShape) *grams {
	g := &grams{size: shape.size, stride: shape.stride, mask: uint32(1<<(8*shape.size) - 1), window: 1<<(8*(shape.size+shape.stride-1)) - 1}
	rare := countGrams(patterns, numbers, shape)
	if g.size <= 2 {
		g.pairs = new([1 << 16]uint8)
	}
	all := len(numbers) * g.stride
	width := min(bits.Len(uint(perKey*all-1)), max(cachedFilter, bits.Len(uint(perGram*all-1))))
	width = max(leastFilter, min(width, mostFilter))
	g.filter, g.shift = make([]uint8, 1<<width), uint(64-width)
	keys := make([]key, len(numbers))
	for k, n := range numbers {
		text := patterns[n].text
		best := rare.window(text)
		word, mask := wordOf(text, best)
		keys[k] = key{spread(word & g.window), entry{word, mask, n, uint32(best)}}
		for i := range g.stride {
			gram := gramOf(text, g.size, best+i)
			g.filter[spread(uint64(gram))>>g.shift] |= 1 << i
			switch g.size {
			case 2:
				g.pairs[gram] |= 1 << i
			case 1:
				for next := range uint32(1 << 8) {
					g.pairs[gram|next<<8] |= 1 << i
				}
			}
		}
	}
	g.found = newTable(keys)
	return g
}

// gramCounts knows how many patterns have a gram, by upper bits of its hash.
type gramCounts struct {
	gramShape
	shift   uint
	counts  []uint32
	weights [mostOffsets + 3]float64 // of the grams of one pattern
}

// countGrams counts the grams of patterns.
func countGrams(patterns []pattern, numbers []uint32, shape gramShape) *gramCounts {
	width := uint(bits.Len(uint(min(mostCounted, 64*len(numbers)))))
	c := &gramCounts{gramShape: shape, shift: 64 - width, counts: make([]uint32, 1<<width)}
	for _, n := range numbers {
		text := patterns[n].text
		for at := range min(len(text)-c.size+1, mostOffsets) {
			c.counts[c.of(text, at)]++
		}
	}
	return c
}

// of gives the place of a gram's count.
func (c *gramCounts) of(text string, at int) uint64 {
	return spread(uint64(gramOf(text, c.size, at))) >> (c.shift & 63)
}

// window gives the place in a pattern whose grams are the rarest together.
func (c *gramCounts) window(text string) (best int) {
	places := min(len(text)-c.size-c.stride+2, mostOffsets)
	for at := range places + c.stride - 1 {
		c.weights[at] = float64(c.counts[c.of(text, at)]) * oftenInTexts(text[at:at+c.size])
	}
	least := math.Inf(1)
	for at := range places {
		often := 0.0
		for _, w := range c.weights[at : at+c.stride] {
			often += w
		}
		if often < least {
			best, least = at, often
		}
	}
	return best
}

// commonLetters are those that texts of logs have most, the commonest first.
const commonLetters = "etaoinsrlc. dmpuh\\-gfw"

// oftenLetters is a guess at how often each letter comes in texts.
var oftenLetters = func() (often [256]float64) {
	for b := range often {
		rank := strings.IndexByte(commonLetters, byte(b))
		if rank < 0 {
			rank = 2 * len(commonLetters)
		}
		often[b] = 1 / float64(12+rank)
	}
	return often
}()

// oftenInTexts guesses how often a text comes in texts, by its letters.
func oftenInTexts(text string) float64 {
	often := 1.0
	for i := range len(text) {
		often *= oftenLetters[text[i]]
	}
	return often
}

// gramOf reads a gram of some bytes at a place of a text.
func gramOf(text string, size, at int) uint32 {
	var w uint32
	for i := range size {
		w |= uint32(text[at+i]|caseBits&0xff) << (8 * i)
	}
	return w
}

// lookUp looks up the places of a text at each stride from one on, as long as they are not after the last, and up to
// seven more. It takes down how many of them may have a known gram, and says where to go on.
func (g *grams) lookUp(text unsafe.Pointer, at, last int, found *places) (n, end int) {
	switch {
	case g.stride == 4:
		return g.lookUp4(text, at, last, found)
	case g.pairs != nil && g.stride == 2:
		return g.lookUpPairs(text, at, last, found)
	case g.stride == 2:
		return g.lookUp2(text, at, last, found)
	}
	return g.lookUp1(text, at, last, found)
}

// eight reads eight bytes of a text, which must be there, without the bits of case.
func eight(text unsafe.Pointer, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(text, at))[:]) | caseBits
}

// known is not 0 if the filter may have a gram. The hash must have no more bits than number the filter's bytes.
func known(filter unsafe.Pointer, hash uint64) uint8 { return *(*uint8)(unsafe.Add(filter, hash)) }

// lookUp4 is lookUp for every fourth place.
func (g *grams) lookUp4(text unsafe.Pointer, at, last int, found *places) (n, end int) {
	filter, shift := unsafe.Pointer(unsafe.SliceData(g.filter)), g.shift&63
	for ; at <= last; at += 16 {
		w, v := eight(text, at), eight(text, at+8)
		k0, k1 := known(filter, spread(w&0xffffffff)>>shift), known(filter, spread(w>>32)>>shift)
		k2, k3 := known(filter, spread(v&0xffffffff)>>shift), known(filter, spread(v>>32)>>shift)
		if k0|k1|k2|k3 != 0 {
			n = found.take(n, at, 4, k0, k1, k2, k3)
		}
	}
	return n, at
}

// lookUp2 is lookUp for every second place, and grams of three bytes at most.
func (g *grams) lookUp2(text unsafe.Pointer, at, last int, found *places) (n, end int) {
	filter, shift, mask := unsafe.Pointer(unsafe.SliceData(g.filter)), g.shift&63, uint64(g.mask)
	for ; at <= last; at += 8 {
		w, v := eight(text, at), eight(text, at+1)
		k0, k1 := known(filter, spread(w&mask)>>shift), known(filter, spread(w>>16&mask)>>shift)
		k2, k3 := known(filter, spread(w>>32&mask)>>shift), known(filter, spread(v>>40&mask)>>shift)
		if k0|k1|k2|k3 != 0 {
			n = found.take(n, at, 2, k0, k1, k2, k3)
		}
	}
	return n, at
}

// lookUpPairs is lookUp2 for grams of two bytes.
func (g *grams) lookUpPairs(text unsafe.Pointer, at, last int, found *places) (n, end int) {
	pairs := g.pairs
	for ; at <= last; at += 8 {
		w := eight(text, at)
		k0, k1, k2, k3 := pairs[w&0xffff], pairs[w>>16&0xffff], pairs[w>>32&0xffff], pairs[w>>48]
		if k0|k1|k2|k3 != 0 {
			n = found.take(n, at, 2, k0, k1, k2, k3)
		}
	}
	return n, at
}

// lookUp1 is lookUp for each place, and grams of one byte or two.
func (g *grams) lookUp1(text unsafe.Pointer, at, last int, found *places) (n, end int) {
	pairs := g.pairs
	for ; at <= last; at += 8 {
		w, v := eight(text, at), eight(text, at+1)
		k0, k2, k4, k6 := pairs[w&0xffff], pairs[w>>16&0xffff], pairs[w>>32&0xffff], pairs[w>>48]
		k1, k3, k5, k7 := pairs[v&0xffff], pairs[v>>16&0xffff], pairs[v>>32&0xffff], pairs[v>>48]
		if k0|k1|k2|k3|k4|k5|k6|k7 != 0 {
			n = found.take(n, at, 2, k0, k2, k4, k6)
			n = found.take(n, at+1, 2, k1, k3, k5, k7)
		}
	}
	return n, at
}

// take takes down those of four places whose gram may be known, of which the filter has one of four bits or more.
func (p *places) take(n, at, stride int, k0, k1, k2, k3 uint8) int {
	p[n&255] = uint32(at)
	n += int((k0 + 15) >> 4)
	p[n&255] = uint32(at + stride)
	n += int((k1 + 15) >> 4)
	p[n&255] = uint32(at + 2*stride)
	n += int((k2 + 15) >> 4)
	p[n&255] = uint32(at + 3*stride)
	return n + int((k3+15)>>4)
}

// wordOf reads eight bytes at a place of a text, or as many as there are, without the bits of case. The mask has the
// bits that were read.
func wordOf(text string, at int) (word, mask uint64) {
	if at+8 <= len(text) {
		return eight(unsafe.Pointer(unsafe.StringData(text)), at), ^uint64(0)
	}
	for i := range max(0, len(text)-at) {
		word |= uint64(text[at+i]|caseBits&0xff) << (8 * i)
		mask |= 0xff << (8 * i)
	}
	return word, mask
}
