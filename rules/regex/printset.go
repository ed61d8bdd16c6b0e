package regex

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ranges gives the characters, as pairs, of which a part takes exactly one; ok is false for a part that is not one
// character.
func Ranges(n Node) (pairs []rune, ok bool) {
	switch n := n.(type) {
	case *Any:
		if n.Newline {
			return []rune{0, unicode.MaxRune}, true
		}
		return negated([]rune{'\n', '\n'}), true
	case *Char:
		if n.Fold {
			return anyCase([]rune{n.Rune, n.Rune}), true
		}
		return []rune{n.Rune, n.Rune}, true
	case *Set:
		return n.Ranges, true
	case *Group:
		return Ranges(n.Body)
	case *Alternate:
		var all []rune
		for _, part := range n.Parts {
			one, ok := Ranges(part)
			if !ok {
				return nil, false
			}
			all = append(all, one...)
		}
		return ordered(all), true
	}
	return nil, false
}

// switched writes flags that are set and unset.
func switched(on, off string) string {
	if off != "" {
		return on + "-" + off
	}
	return on
}

// set writes a set by the members the author wrote, where that is read alike.
func (p *printer) set(s *Set) string {
	if !s.Bracket {
		s = &Set{Ranges: s.Ranges, Fold: s.Fold, Text: s.Text, Members: []Member{{Text: s.Text, Class: s.Ranges, ByName: true}}}
	}
	property := func(m Member) bool { return m.ByName && isProperty(m.Text) }
	var all []rune
	var b strings.Builder
	for _, m := range s.Members {
		if m.ByName {
			all = append(all, m.Class...)
			b.WriteString(classText(m))
			continue
		}
		all = append(all, m.Low.Rune, m.High.Rune)
		b.WriteString(p.literal(m.Low, true))
		if m.High.Rune != m.Low.Rune {
			b.WriteString("-" + p.literal(m.High, true))
		}
	}
	if s.Fold {
		if all = anyCase(all); s.Negated {
			all = negated(all)
		}
		if !slices.Equal(ordered(all), s.Ranges) {
			if slices.ContainsFunc(s.Members, property) {
				return "(?-i:" + withCases(s) + ")"
			}
			return "(?-i:" + bracketed(s.Ranges) + ")"
		}
	}
	switch {
	case !s.Bracket && s.Text[1]|0x20 == 'p':
		return b.String()
	case !s.Bracket:
		return bracketed(s.Ranges)
	}
	return enclosed(s, b.String())
}

func enclosed(s *Set, members string) string {
	if s.Negated {
		return "[^" + members + "]"
	}
	return "[" + members + "]"
}

// withCases writes a set for where case is told apart: characters in each case, and properties, which have thousands of
// characters, by their names.
func withCases(s *Set) string {
	var b strings.Builder
	for _, m := range s.Members {
		if m.ByName {
			b.WriteString(classText(m))
		} else {
			b.WriteString(members(anyCase([]rune{m.Low.Rune, m.High.Rune})))
		}
	}
	return enclosed(s, b.String())
}

// isProperty tells whether a class is one of Unicode's properties, which all engines know by its name.
func isProperty(class string) bool {
	return strings.HasPrefix(strings.ToLower(class), `\p`) && !strings.Contains(class, "&")
}

// classText writes a class of a set: properties of characters by their names, all else by its members.
func classText(m Member) string {
	if isProperty(m.Text) {
		name := strings.Trim(m.Text[2:], "{^}")
		if strings.Contains(m.Text, "^") != (m.Text[1] == 'P') {
			return `\P{` + name + "}"
		}
		return `\p{` + name + "}"
	}
	return members(m.Class)
}

func bracketed(ranges []rune) string {
	if len(ranges) == 0 {
		return `[^\x00-\x{10FFFF}]`
	}
	if ranges[0] == 0 && ranges[len(ranges)-1] == unicode.MaxRune && len(ranges) > 2 {
		return "[^" + members(negated(ranges)) + "]"
	}
	return "[" + members(ranges) + "]"
}

func members(ranges []rune) string {
	if slices.Equal(ranges, word) {
		return "0-9A-Za-z_"
	}
	var b strings.Builder
	for i := 0; i < len(ranges); i += 2 {
		b.WriteString(member(ranges[i]))
		if ranges[i+1] > ranges[i]+1 {
			b.WriteByte('-')
		}
		if ranges[i+1] > ranges[i] {
			b.WriteString(member(ranges[i+1]))
		}
	}
	return b.String()
}

// member writes a character inside of a set.
func member(r rune) string {
	switch {
	case r == '\t':
		return `\t`
	case r == '\n':
		return `\n`
	case r == '\f':
		return `\f`
	case r == '\r':
		return `\r`
	case r == '`': // which begins a macro in Splunk
	case r < 0x7f && r >= ' ' && (isAlnum(byte(r)) || strings.ContainsRune(` _,;:!"'%=<>@/`, r)):
		return string(r)
	case r < 0x7f && r > ' ':
		return `\` + string(r)
	case r > 0xa0 && unicode.IsPrint(r) && !unicode.IsMark(r):
		return string(r)
	}
	return fmt.Sprintf(`\x{%X}`, r)
}

// literal writes a character that stands for itself, as the author wrote it where that is read alike.
func (p *printer) literal(c Char, inSet bool) string {
	first, size := utf8.DecodeRuneInString(c.Text)
	if unicode.IsControl(c.Rune) && c.Text[0] != '\\' || p.Backtracks && c.Rune == '`' {
		return member(c.Rune)
	}
	unescaped := len(c.Text) == size && first != '\\'
	switch {
	case unescaped && (!inSet && first == '{' || inSet && strings.ContainsRune("[]&~-^", first)):
		return `\` + c.Text
	case unescaped:
		return c.Text
	case c.Text == `\<` || c.Text == `\>`: // which are the ends of words in other syntaxes
		return string(c.Rune)
	case isCommonEscape(c.Text):
		return c.Text
	}
	return member(c.Rune)
}

// isCommonEscape tells whether every engine reads an escape alike: \n and the like, a punctuation mark, \xhh or \x{…}.
func isCommonEscape(text string) bool {
	if len(text) == 2 {
		c := text[1]
		return strings.IndexByte("tnrfa", c) >= 0 || c > ' ' && c < utf8.RuneSelf && !isAlnum(c)
	}
	return strings.HasPrefix(text, `\x`) && (len(text) == 4 || strings.HasPrefix(text, `\x{`))
}
