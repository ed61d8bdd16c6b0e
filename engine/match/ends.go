package match

import (
	"encoding/binary"
	"unsafe"

	"decree/rules/ir"
)

// ends finds patterns that stand at the beginning or at the end of a text. It looks up some bytes at that end of the
// text: for each number of bytes by which some pattern is known. A pattern of less than eight bytes is known by all of
// them, a longer one by eight, sixteen or more.
type ends struct {
	atEnd bool
	known uint64 // a bit for each number of bytes by which some pattern is known
	found table
}

// mostKnown is the most bytes by which a pattern is known.
const mostKnown = 32

// knownBy is by how many bytes a pattern of a length is known.
func knownBy(length int) int {
	if length < 8 {
		return length
	}
	return min(length, mostKnown) &^ 7
}

func newEnds(patterns []pattern, numbers []uint32, atEnd bool) *ends {
	out := &ends{atEnd: atEnd}
	keys := make([]key, len(numbers))
	for i, n := range numbers {
		text := patterns[n].text
		by := knownBy(len(text))
		out.known |= 1 << by
		h := uint64(0)
		if by < 8 {
			h = shortHash(out.word(text, 0), by, atEnd)
		}
		for read := 0; read+8 <= by; read += 8 {
			h = longHash(h, out.word(text, read))
		}
		keys[i] = key{h, entry{word: h, mask: ^uint64(0), pattern: n}}
	}
	out.found = newTable(keys)
	return out
}

// word reads eight bytes of a text, or as many as it has, at so many from the end in question. Its first or last byte
// is that at the end of the text.
func (e *ends) word(text string, read int) uint64 {
	if len(text) >= read+8 {
		if e.atEnd {
			read = len(text) - read - 8
		}
		return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(text[read:]), 8)) | caseBits
	}
	var w uint64
	for i := range len(text) {
		w |= uint64(text[i]) << (8 * i)
	}
	if e.atEnd {
		w <<= 8 * (8 - len(text))
	}
	return w | caseBits
}

// shortHash is that of the first or last bytes of a word, less than eight.
func shortHash(w uint64, by int, atEnd bool) uint64 {
	if atEnd {
		w >>= 64 - 8*by
	} else {
		w &= 1<<(8*by) - 1
	}
	return longHash(uint64(by), w)
}

// longHash goes on with a hash by eight bytes.
func longHash(h, w uint64) uint64 {
	h = spread(h ^ w)
	return h ^ h>>32
}

// scanEnds searches an end of a text.
func (s *search) scanEnds(e *ends, v string) {
	w := e.word(v, 0)
	for by := 1; by < 8 && by <= len(v); by++ {
		if e.known>>by&1 != 0 {
			s.compareEnd(e, shortHash(w, by, e.atEnd), v)
		}
	}
	h := uint64(0)
	for by := 8; by <= mostKnown && by <= len(v) && e.known>>by != 0; by += 8 {
		h = longHash(h, e.word(v, by-8))
		if e.known>>by&1 != 0 {
			s.compareEnd(e, h, v)
		}
	}
}

// compareEnd finds the patterns that are known by a hash and stand at the end of a text in question.
func (s *search) compareEnd(e *ends, h uint64, v string) {
	t := &e.found
	if !t.may(h) {
		return
	}
	for _, entry := range t.of(h) {
		if entry.word != h || s.seen[entry.pattern] == s.pass {
			continue
		}
		p := &s.patterns[entry.pattern]
		if len(p.text) > len(v) {
			continue
		}
		at := 0
		if e.atEnd {
			at = len(v) - len(p.text)
		}
		if p.stands(v, at) && equalLower(v[at:at+len(p.text)], p.text) {
			s.found(entry.pattern)
		}
	}
}

// stands tells whether a pattern may stand at a place of a text, given that its letters do.
func (p *pattern) stands(v string, at int) bool {
	switch ir.TextOp(p.op) {
	case ir.Equals:
		return len(v) == len(p.text)
	case ir.Filename:
		return at == 0 || v[at-1] == '\\' || v[at-1] == '/'
	}
	return true
}
