package regex

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Pairs of first and last characters.
var (
	digit      = []rune{'0', '9'}
	word       = []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	space      = []rune{'\t', '\r', ' ', ' '}
	horizontal = []rune{'\t', '\t', ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000}
	vertical   = []rune{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}
)

var escapedClasses = map[byte][]rune{
	'd': digit, 'D': negated(digit), 'w': word, 'W': negated(word), 's': space, 'S': negated(space),
	'h': horizontal, 'H': negated(horizontal), 'v': vertical, 'V': negated(vertical),
}

var posixClasses = map[string][]rune{
	"alpha": {'A', 'Z', 'a', 'z'}, "lower": {'a', 'z'}, "upper": {'A', 'Z'}, "alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "ascii": {0, 0x7f},
	"blank": {'\t', '\t', ' ', ' '}, "cntrl": {0, 0x1f, 0x7f, 0x7f}, "digit": digit, "graph": {'!', '~'}, "print": {' ', '~'},
	"punct": {'!', '/', ':', '@', '[', '`', '{', '~'}, "space": space, "word": word, "xdigit": {'0', '9', 'A', 'F', 'a', 'f'},
}

// property gives the characters of \p{name}, whose case is told apart always.
func property(name string) ([]rune, bool) {
	switch {
	case name == "Any":
		return []rune{0, unicode.MaxRune}, true
	case name == "L&":
		return ordered(slices.Concat(pairs(unicode.Lu), pairs(unicode.Ll), pairs(unicode.Lt))), true
	}
	if table := unicode.Categories[name]; table != nil && len(name) <= 2 && name != "LC" {
		return pairs(table), true
	}
	if table := unicode.Scripts[name]; table != nil {
		return pairs(table), true
	}
	return nil, false
}

func pairs(table *unicode.RangeTable) []rune {
	var out []rune
	add := func(low, high, stride rune) {
		if stride == 1 {
			out = append(out, low, high)
			return
		}
		for r := low; r <= high; r += stride {
			out = append(out, r, r)
		}
	}
	for _, r := range table.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range table.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return ordered(out)
}

// ordered sorts pairs and joins those that touch.
func ordered(ranges []rune) []rune {
	type pair struct{ low, high rune }
	all := make([]pair, 0, len(ranges)/2)
	for i := 0; i < len(ranges); i += 2 {
		all = append(all, pair{ranges[i], ranges[i+1]})
	}
	slices.SortFunc(all, func(a, b pair) int { return cmp.Compare(a.low, b.low) })
	var out []rune
	for _, one := range all {
		if last := len(out) - 1; last > 0 && one.low <= out[last]+1 {
			out[last] = max(out[last], one.high)
		} else {
			out = append(out, one.low, one.high)
		}
	}
	return out
}

// negated gives all other characters.
func negated(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > next {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// folds lists the characters that differ from others in case alone.
var folds = sync.OnceValue(func() (all []rune) {
	for r := rune(0); r < 0x1ff00; r++ {
		if unicode.SimpleFold(r) != r {
			all = append(all, r)
		}
	}
	return all
})

// anyCase adds the other cases of all characters.
func anyCase(ranges []rune) []rune {
	out := slices.Clone(ranges)
	for i := 0; i < len(ranges); i += 2 {
		at, _ := slices.BinarySearch(folds(), ranges[i])
		for _, r := range folds()[at:] {
			if r > ranges[i+1] {
				break
			}
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				out = append(out, f, f)
			}
		}
	}
	return ordered(out)
}

// wordEdge reads [[:<:]] and [[:>:]], which find the beginning and the end of a word.
func (p *parser) wordEdge() (Node, bool) {
	for text, behind := range map[string]bool{"[[:<:]]": false, "[[:>:]]": true} {
		if p.take(text) {
			look := &Look{Behind: behind, Body: &Set{Text: `\w`, Ranges: word}}
			if behind {
				look.Lengths = []int{1}
			}
			return &Concat{[]Node{&Assert{Word, `\b`}, look}}, true
		}
	}
	return nil, false
}

// set reads [...].
func (p *parser) set() Node {
	begin := p.at
	if name, ok := posix(p.rest()); ok {
		p.fail(begin, "write [[:"+name+":]]", "[:%s:] stands inside of a set only", name)
	}
	s := &Set{Bracket: true, Fold: p.flags.fold}
	p.at++
	s.Negated = p.take("^")
	quoting := false
	for first := true; ; first = false {
		if p.at == len(p.src) {
			p.fail(begin, "close it with `]`, or write `\\[` for the character", "a set is not closed")
		}
		switch {
		case quoting && p.take(`\E`):
			quoting = false
			continue
		case !quoting && p.take(`\Q`):
			quoting = true
			continue
		case !quoting && p.take(`\E`), !quoting && p.flags.spacedSets && (p.take(" ") || p.take("\t")):
			continue
		case !quoting && !first && p.src[p.at] == ']':
			p.at++
			s.Text, s.Ranges = p.src[begin:p.at], s.ofMembers()
			return s
		}
		m := p.member(quoting)
		if !m.ByName && !quoting {
			p.rangeTo(&m)
		}
		s.Members = append(s.Members, m)
	}
}

// ofMembers are the ranges of what the set takes.
func (s *Set) ofMembers() []rune {
	var ranges []rune
	for _, m := range s.Members {
		switch {
		case m.ByName:
			ranges = append(ranges, m.Class...)
		case s.Fold:
			ranges = append(ranges, anyCase([]rune{m.Low.Rune, m.High.Rune})...)
		default:
			ranges = append(ranges, m.Low.Rune, m.High.Rune)
		}
	}
	if ranges = ordered(ranges); s.Negated {
		return negated(ranges)
	}
	return ranges
}

// member reads a character or a class of a set.
func (p *parser) member(quoting bool) Member {
	if !quoting {
		if name, ok := posix(p.rest()); ok {
			return p.posixMember(name)
		}
		if p.src[p.at] == '\\' {
			if text, r, ok := p.escapedChar(true); ok {
				c := *p.char(text, r)
				return Member{Low: c, High: c}
			}
			if text, ranges, ok := p.escapedClass(); ok {
				return Member{Text: text, Class: ranges, ByName: true}
			}
			if strings.IndexByte("BRXN", p.src[p.at+1]) >= 0 {
				p.fail(p.at, "write it outside of the set", `\%c cannot stand inside of a set`, p.src[p.at+1])
			}
			p.unknownEscape(p.at)
		}
	}
	r, size := utf8.DecodeRuneInString(p.rest())
	p.at += size
	c := *p.char(p.src[p.at-size:p.at], r)
	return Member{Low: c, High: c}
}

// rangeTo reads the end of a range. A dash beside a class stands for itself, as in Perl; PCRE refuses it.
func (p *parser) rangeTo(m *Member) {
	if !strings.HasPrefix(p.rest(), "-") || strings.HasPrefix(p.rest(), "-]") || p.at+1 == len(p.src) || strings.HasPrefix(p.rest(), `-\E`) {
		return
	}
	begin := p.at
	p.at++
	high := p.member(false)
	if high.ByName {
		p.at = begin
		return
	}
	if high.Low.Rune < m.Low.Rune {
		p.fail(begin, "swap them", "the range %s-%s is out of order", m.Low.Text, high.Low.Text)
	}
	m.High = high.Low
}

func (p *parser) posixMember(name string) Member {
	begin := p.at
	text := "[:" + name + ":]"
	p.at += len(text)
	bare := strings.TrimPrefix(name, "^")
	ranges, known := posixClasses[bare]
	switch {
	case !known:
		p.fail(begin, "write one of them, such as [:alpha:]", "unknown class [:%s:]", name)
	case p.flags.fold && (bare == "lower" || bare == "upper"):
		ranges = posixClasses["alpha"]
	}
	if bare != name {
		ranges = negated(ranges)
	}
	return Member{Text: text, Class: ranges, ByName: true}
}

// posix finds the name of a class as POSIX writes it.
func posix(s string) (name string, ok bool) {
	if !strings.HasPrefix(s, "[:") {
		return "", false
	}
	name, _, ok = strings.Cut(s[2:], ":]")
	return name, ok && strings.Trim(name, "^abcdefghijklmnopqrstuvwxyz") == ""
}
