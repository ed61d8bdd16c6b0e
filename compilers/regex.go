package compilers

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// RegexKind tells what a part of a regular expression is.
type RegexKind int

const (
	RegexChar   RegexKind = iota // a character that stands for itself
	RegexClass                   // \d \pL \p{Greek} [:alpha:]
	RegexSyntax                  // all else: sets' brackets, the dash of a range, anchors, groups, repetitions
)

// RegexPart is one part of a regular expression of RE2's syntax, as Sigma's are.
// https://github.com/google/re2/wiki/Syntax
type RegexPart struct {
	Kind  RegexKind
	Text  string // as the author wrote it; a character between \Q and \E has a backslash where it needs one
	Rune  rune   // the character that a RegexChar stands for
	InSet bool   // inside of [...]
}

// Escaped tells whether a character is written with a backslash.
func (p RegexPart) Escaped() bool { return len(p.Text) > 1 && p.Text[0] == '\\' }

// RegexParts takes an expression that RE2 accepts apart.
func RegexParts(expr string) []RegexPart {
	l := regexLexer{}
	for rest := expr; rest != ""; {
		rest = rest[l.next(rest):]
	}
	return l.parts
}

type regexLexer struct {
	parts []RegexPart
	inSet bool
	first bool // at a set's first member, where ] and - stand for themselves
	low   bool // behind a member that a range can begin with
	open  bool // behind the dash of a range
}

var (
	repetition  = regexp.MustCompile(`^\{(?:0|[1-9][0-9]*)(?:,(?:0|[1-9][0-9]*)?)?\}`)
	group       = regexp.MustCompile(`^\(\?[^:>)]*[:>)]`)
	namedClass  = regexp.MustCompile(`^\[:[^\]]*?:\]`)
	property    = regexp.MustCompile(`^\\[pP](?:\{[^}]*\}|.)`)
	hexadecimal = regexp.MustCompile(`^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))`)
	octal       = regexp.MustCompile(`^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})`)
)

var controls = map[byte]rune{'a': '\a', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// next takes the first part, or what is quoted, off the expression and gives its length in bytes.
func (l *regexLexer) next(s string) int {
	switch {
	case l.inSet:
		return l.inside(s)
	case strings.HasPrefix(s, `\Q`):
		quoted, _, closed := strings.Cut(s[len(`\Q`):], `\E`)
		for _, r := range quoted {
			l.char(regexp.QuoteMeta(string(r)), r)
		}
		if closed {
			return len(`\Q`) + len(quoted) + len(`\E`)
		}
		return len(s)
	case s[0] == '\\':
		return l.escape(s)
	case s[0] == '[':
		l.inSet, l.first = true, true
		if strings.HasPrefix(s, "[^") {
			return l.syntax("[^")
		}
		return l.syntax("[")
	case group.MatchString(s):
		return l.syntax(group.FindString(s))
	case repetition.MatchString(s):
		return l.syntax(repetition.FindString(s))
	case strings.ContainsRune(`.+*?()|^$`, rune(s[0])):
		return l.syntax(s[:1])
	}
	return l.plain(s)
}

// inside takes a part of a set.
func (l *regexLexer) inside(s string) int {
	first, low, open := l.first, l.low, l.open
	l.first, l.low, l.open = false, false, false
	switch {
	case s[0] == ']' && !first:
		n := l.syntax("]")
		l.inSet = false
		l.parts[len(l.parts)-1].InSet = false
		return n
	case s[0] == '-' && low && !strings.HasPrefix(s, "-]"):
		l.open = true
		return l.syntax("-")
	case !open && namedClass.MatchString(s):
		return l.class(namedClass.FindString(s))
	}
	l.low = !open
	if s[0] == '\\' {
		return l.escape(s)
	}
	return l.plain(s)
}

// escape takes what begins with a backslash.
func (l *regexLexer) escape(s string) int {
	if m := hexadecimal.FindStringSubmatch(s); m != nil {
		r, _ := strconv.ParseInt(m[1]+m[2], 16, 32)
		return l.char(m[0], rune(r))
	}
	if m := octal.FindStringSubmatch(s); m != nil {
		r, _ := strconv.ParseInt(m[1], 8, 32)
		return l.char(m[0], rune(r))
	}
	if text := property.FindString(s); text != "" {
		return l.class(text)
	}
	if len(s) == 1 {
		return l.syntax(s)
	}
	switch c := s[1]; {
	case strings.IndexByte("dDsSwW", c) >= 0:
		return l.class(s[:2])
	case strings.IndexByte("AbBz", c) >= 0:
		return l.syntax(s[:2])
	case controls[c] != 0:
		return l.char(s[:2], controls[c])
	}
	r, size := utf8.DecodeRuneInString(s[1:])
	return l.char(s[:1+size], r)
}

func (l *regexLexer) plain(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	return l.char(s[:size], r)
}

func (l *regexLexer) char(text string, r rune) int {
	l.parts = append(l.parts, RegexPart{Kind: RegexChar, Text: text, Rune: r, InSet: l.inSet})
	return len(text)
}

func (l *regexLexer) class(text string) int {
	l.low = false
	l.parts = append(l.parts, RegexPart{Kind: RegexClass, Text: text, InSet: l.inSet})
	return len(text)
}

func (l *regexLexer) syntax(text string) int {
	l.parts = append(l.parts, RegexPart{Kind: RegexSyntax, Text: text, InSet: l.inSet})
	return len(text)
}
