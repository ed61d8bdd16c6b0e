package regex

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var controls = map[byte]rune{'a': '\a', 'e': 0x1b, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what begins with a backslash outside of a set.
func (p *parser) escape() (n Node, repeatable bool) {
	begin := p.at
	if text, r, ok := p.escapedChar(false); ok {
		return p.char(text, r), true
	}
	if text, ranges, ok := p.escapedClass(); ok {
		return &Set{Text: text, Ranges: ranges, Fold: p.flags.fold}, true
	}
	c := p.src[p.at+1]
	text := p.src[p.at : p.at+2]
	p.at += 2
	switch c {
	case 'A', 'G':
		return &Assert{BeginText, text}, false
	case 'z':
		return &Assert{EndText, text}, false
	case 'Z':
		return &Assert{End, text}, false
	case 'b':
		return &Assert{Word, text}, false
	case 'B':
		return &Assert{NotWord, text}, false
	case 'K': // moves where the match begins, which changes nothing of whether there is one
		if p.looking > 0 {
			p.fail(begin, "write the look-around without it", `\K cannot stand in a look-around`)
		}
		return nil, false
	case 'N':
		return &Any{Text: text}, true
	case 'R':
		pair := &Concat{[]Node{&Char{Text: `\r`, Rune: '\r'}, &Char{Text: `\n`, Rune: '\n'}}}
		return &Group{Atomic: true, Body: &Alternate{[]Node{pair, &Set{Text: `\v`, Ranges: vertical}}}}, true
	case 'k', 'g':
		p.at = begin
		return p.namedReference(), true
	case 'X':
		p.unsupported(begin, `write \P{M}\p{M}* for a letter with its marks`, `\X (what is seen as one character) is not supported`)
	case 'C':
		p.unsupported(begin, "write `.` for a character", `\C (one byte) is not supported: values are text`)
	}
	if '1' <= c && c <= '9' {
		p.at = begin + 1
		end := p.at
		for end < len(p.src) && '0' <= p.src[end] && p.src[end] <= '9' {
			end++
		}
		n := number(p.src[p.at:end])
		p.at = end
		return p.reference(begin, "", n), true
	}
	p.unknownEscape(begin)
	return nil, false
}

func (p *parser) unknownEscape(at int) {
	c := p.src[at+1]
	if strings.IndexByte("FLlUuN", c) >= 0 {
		p.fail(at, `write \x{…} with the character's number`, `PCRE knows no \%c`, c)
	}
	p.fail(at, "write the letter without the backslash", `PCRE knows no \%c`, c)
}

// escapedChar reads an escape that stands for one character; ok is false for all others.
func (p *parser) escapedChar(inSet bool) (text string, r rune, ok bool) {
	s := p.rest()
	if len(s) == 1 {
		p.fail(p.at, "write `\\\\` for a backslash", "a backslash stands at the end")
	}
	length := 0
	switch c := s[1]; {
	case controls[c] != 0:
		r, length = controls[c], 2
	case c == 'b' && inSet:
		r, length = '\b', 2
	case c == 'x' || c == 'u':
		r, length = p.hexadecimal(s)
	case c == 'o':
		r, length = p.octalInBraces(s)
	case c == 'N' && strings.HasPrefix(s, `\N{U+`):
		digits, _ := braced(s[2:])
		r, length = p.codePoint(strings.TrimPrefix(digits, "U+"), 16), len(`\N{}`)+len(digits)
	case c == 'c':
		if len(s) < 3 || s[2] < ' ' || s[2] > '~' {
			p.fail(p.at, "", `\c takes a character of ASCII that can be seen`)
		}
		r, length = unicode.ToUpper(rune(s[2]))^64, 3
	case c == '0' || '1' <= c && c <= '7' && (inSet || p.isOctal(s)):
		r, length = p.octal(s)
	case inSet && (c == '8' || c == '9'):
		r, length = rune(c), 2
	case c >= utf8.RuneSelf || !isAlnum(c):
		size := 0
		r, size = utf8.DecodeRuneInString(s[1:])
		length = 1 + size
	default:
		return "", 0, false
	}
	p.at += length
	return s[:length], r, true
}

// octalInBraces reads \o{…}.
func (p *parser) octalInBraces(s string) (r rune, length int) {
	digits, found := braced(s[2:])
	if !found || digits == "" || strings.Trim(digits, "01234567") != "" {
		p.fail(p.at, `write \o{…}`, `\o takes an octal number in braces`)
	}
	return p.codePoint(digits, 8), len(`\o{}`) + len(digits)
}

// octal reads up to three octal digits behind a backslash.
func (p *parser) octal(s string) (r rune, length int) {
	length = 2
	for length < min(len(s), 4) && '0' <= s[length] && s[length] <= '7' {
		length++
	}
	return p.codePoint(s[1:length], 8), length
}

// isOctal tells whether digits behind a backslash are a character: a number of two digits or more that is not a group's
// so far.
func (p *parser) isOctal(s string) bool {
	end := 1
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	n := number(s[1:end])
	return n >= 10 && n > p.groups
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// hexadecimal reads \xhh and \x{hhh}, and \uhhhh and \u{hhh}, which PCRE does not know but other engines read alike.
func (p *parser) hexadecimal(s string) (r rune, length int) {
	if digits, found := braced(s[2:]); found {
		if digits == "" || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
			p.fail(p.at, `write \x{…}`, "%s takes a hexadecimal number in braces", s[:2])
		}
		return p.codePoint(digits, 16), len(`\x{}`) + len(digits)
	}
	most := 2
	if s[1] == 'u' {
		most = 4
	}
	n := 2
	for n < min(len(s), 2+most) && strings.IndexByte("0123456789abcdefABCDEF", s[n]) >= 0 {
		n++
	}
	if s[1] == 'u' && n < 6 {
		p.unknownEscape(p.at)
	}
	return p.codePoint("0"+s[2:n], 16), n
}

func braced(s string) (string, bool) {
	if !strings.HasPrefix(s, "{") {
		return "", false
	}
	inner, _, closed := strings.Cut(s[1:], "}")
	return inner, closed
}

func (p *parser) codePoint(digits string, base int) rune {
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil || n > unicode.MaxRune || 0xd800 <= n && n <= 0xdfff {
		p.fail(p.at, "", "there is no character with this number")
	}
	return rune(n)
}

// escapedClass reads an escape that stands for a class of characters.
func (p *parser) escapedClass() (text string, ranges []rune, ok bool) {
	s := p.rest()
	if ranges, ok := escapedClasses[s[1]]; ok {
		p.at += 2
		return s[:2], ranges, true
	}
	if s[1] != 'p' && s[1] != 'P' {
		return "", nil, false
	}
	name, length := "", 0
	if inner, found := braced(s[2:]); found {
		name, length = inner, len(`\p{}`)+len(inner)
	} else if len(s) > 2 {
		name, length = s[2:3], 3
	}
	bare := strings.TrimPrefix(name, "^")
	ranges, known := property(bare)
	if !known {
		p.unsupported(p.at, `write a general category or a script, such as \p{Lu} or \p{Greek}`, "unknown property %q of characters", name)
	}
	if (s[1] == 'P') != (bare != name) {
		ranges = negated(ranges)
	}
	p.at += length
	return s[:length], ranges, true
}
