package terms

import (
	"strings"
	"unicode"
)

// Rules say how a product cuts a text into terms. A term consists of ASCII letters and digits.
type Rules struct {
	// Shortest is the number of characters that a term has at least to be in the index.
	Shortest int
	// Whole says that terms are whole: none is asked whose end is not certain.
	Whole bool
	// Before and After tell whether a term surely begins behind a character, and ends before one, in every form in
	// which the product may store the value. At the begin and the end of a value it always does.
	Before, After func(rune) bool
}

// Term is a term that a value must have. With Prefix, the value has one that begins with Text, and may be longer. Where
// an index has whole values, Text is the value.
type Term struct {
	Column string // that has the value; "" = the whole event
	Text   string
	Prefix bool
}

// common are terms that nearly every event of Windows has: to ask an index for them saves nothing.
var common = map[string]bool{"exe": true, "dll": true, "com": true, "windows": true, "system32": true, "program": true, "files": true, "users": true, "microsoft": true, "software": true}

// rank is how much a term narrows a search: the longer, the more. It is 0 for a term that nearly every event has.
func (t Term) rank() int {
	switch n := len(t.Text); {
	case common[strings.ToLower(t.Text)]:
		return 0
	case t.Prefix:
		return n - 1
	default:
		return n
	}
}

// same tells whether two terms are the same for an index, which ignores case.
func (t Term) same(other Term) bool {
	return t.Column == other.Column && t.Prefix == other.Prefix && strings.EqualFold(t.Text, other.Text)
}

// finds tells whether an event with another term has this one.
func (t Term) finds(other Term) bool {
	begun := t.Prefix && t.Column == other.Column && len(other.Text) >= len(t.Text)
	return t.same(other) || begun && strings.EqualFold(other.Text[:len(t.Text)], t.Text)
}

// in finds the terms of a value whose begin is certain, in their order.
func (r Rules) in(v value) []Term {
	var found []Term
	for from := 0; from < len(v); from++ {
		if _, ok := v[from].letter(); !ok {
			continue
		}
		begun := from > 0 && splits(v[from-1], r.Before)
		var b strings.Builder
		to := from
		for ; to < len(v); to++ {
			c, ok := v[to].letter()
			if !ok {
				break
			}
			b.WriteRune(c)
		}
		whole := to < len(v) && splits(v[to], r.After)
		from = to
		t := Term{Text: b.String(), Prefix: !whole}
		if begun && len(t.Text) >= r.Shortest && (whole || !r.Whole && len(t.Text) > r.Shortest) {
			found = append(found, t)
		}
	}
	return found
}

// splits tells whether every character of a place separates terms.
func splits(p place, separates func(rune) bool) bool {
	if p.gap || !p.edge && len(p.chars) == 0 {
		return false
	}
	for i := 0; i < len(p.chars); i += 2 {
		if p.chars[i+1] > unicode.MaxLatin1 && p.chars[i] != p.chars[i+1] {
			return false // a set of letters of some script
		}
		for c := p.chars[i]; c <= p.chars[i+1]; c++ {
			if !separates(c) {
				return false
			}
		}
	}
	return true
}

// letter is the letter or digit of a place that has no other, in whatever case.
func (p place) letter() (rune, bool) {
	if p.gap || p.edge || len(p.chars) == 0 {
		return 0, false
	}
	first := p.chars[0]
	for i, c := range p.chars {
		if !plain(c) || c|0x20 != first|0x20 || i%2 == 0 && c != p.chars[i+1] {
			return 0, false
		}
	}
	return first, true
}

// plain tells whether a character is an ASCII letter or digit.
func plain(c rune) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
