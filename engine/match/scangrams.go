package match

import (
	"math/bits"
	"unsafe"
)

// scratch is what a worker needs while it searches one text.
type scratch struct {
	places  places
	windows windows
	rest    rest
	long    longTexts
}

// places are where in a part of a text grams may stand that are known. They are collected before patterns are compared,
// so that the loops that look up grams call nothing.
type places [256]uint32

// windows are where in a part of a text windows may stand that are known.
type windows [4 * 256]uint32

// How many bytes must be there, at least, where a look-up loop reads on, and how many of a text stand before its rest.
const (
	round  = 16
	margin = round + 8 // eight bytes at the last place of a round
	lead   = 4
)

// rest is the last bytes of a text, after lead bytes that are none of it, and followed by as many as a look-up loop may
// read.
type rest [lead + (lead + margin) + margin]byte

// restBase is where in a text of a length its rest begins.
func restBase(length int) int { return max(0, length-margin-lead) }

// set takes down the rest of a text.
func (r *rest) set(v string) {
	*r = rest{}
	copy(r[lead:], v[restBase(len(v)):])
}

// scanGrams searches a text for patterns that may stand anywhere in it, from a multiple of the strides on.
func (s *search) scanGrams(g *grams, v string, at int) {
	text := unsafe.Pointer(unsafe.StringData(v))
	for len(v)-at >= margin {
		n, end := g.lookUp(text, at, min(len(v)-margin, at+g.stride*(len(s.work.places)-4)), &s.work.places)
		if n > 0 {
			n = g.sift(text, s.work.places[:n], &s.work.windows)
			for _, from := range s.work.windows[:n] {
				s.compareAround(g, v, int(from))
			}
		}
		at = end
	}
	if at+g.size > len(v) {
		return
	}
	base := restBase(len(v)) - lead // what is at 0 of the rest
	n, _ := g.lookUp(unsafe.Pointer(&s.work.rest), at-base, len(v)-base-g.size, &s.work.places)
	if n > 0 {
		n = g.sift(unsafe.Pointer(&s.work.rest), s.work.places[:n], &s.work.windows)
		for _, from := range s.work.windows[:n] {
			s.compareAround(g, v, base+int(from))
		}
	}
}

// sift finds the windows that are known among those around some places of a text. At each, it looks up the windows in
// which the gram may be.
func (g *grams) sift(text unsafe.Pointer, places []uint32, found *windows) int {
	filter, shift := unsafe.Pointer(unsafe.SliceData(g.filter)), g.shift&63
	words, narrow := unsafe.Pointer(unsafe.SliceData(g.found.filter.words)), g.found.filter.shift&63
	n := 0
	for _, at := range places {
		which := uint32(known(filter, spread(eight(text, int(at))&uint64(g.mask))>>shift))
		if at < lead {
			which &= 2<<at - 1 // no window begins before the text
		}
		for ; which != 0; which &= which - 1 {
			from := at - uint32(bits.TrailingZeros32(which))
			h := spread(eight(text, int(from))&g.window) >> narrow
			found[n&(len(found)-1)] = from
			n += int(*(*uint32)(unsafe.Add(words, h/32*4)) >> (h % 32) & 1)
		}
	}
	return n
}

// compareAround finds the patterns that stand in a text with their window at a place, which may be before the text.
func (s *search) compareAround(g *grams, v string, from int) {
	if from < 0 {
		return
	}
	word, mask := wordOf(v, from)
	for _, e := range g.found.of(spread(word & g.window)) {
		if (word^e.word)&e.mask&mask != 0 || s.seen[e.pattern] == s.pass {
			continue
		}
		text := s.patterns[e.pattern].text
		begin := from - int(e.offset)
		if begin >= 0 && begin+len(text) <= len(v) && equalLower(v[begin:begin+len(text)], text) {
			s.found(e.pattern)
			if s.kept {
				s.long.found = append(s.long.found, ended{e.pattern, begin + len(text)})
			}
		}
	}
}
