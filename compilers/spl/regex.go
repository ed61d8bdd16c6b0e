package spl

import (
	"fmt"
	"regexp"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
)

// PCRE and RE2, whose expressions Sigma's are, differ in places: PCRE passes over a newline before the end at $, does not begin a line
// behind the last newline, counts the vertical tab among spaces, takes \v for any end of a line and {,2} for a number of times.
// https://www.pcre.org/current/doc/html/pcre2pattern.html
// https://github.com/google/re2/wiki/Syntax
const (
	textEnd   = `\z`
	lineBegin = `(?:^|(?<=\n)\z)`
)

var ofASCII = map[string]string{`\d`: `0-9`, `\w`: `0-9A-Za-z_`, `\s`: `\t\n\f\r `, "[:alnum:]": `0-9A-Za-z`, "[:alpha:]": `A-Za-z`, "[:lower:]": `a-z`, "[:upper:]": `A-Z`, "[:word:]": `0-9A-Za-z_`}

var (
	ofLines = regexp.MustCompile(`^\(\?[a-zA-Z]*m[a-zA-Z]*\)`) // ^ and $ are those of lines in the whole expression
	within  = regexp.MustCompile(`\(\?[a-zA-Z-]*m`)            // or in a part of it
)

// oneReading tells whether ^ and $ mean the same wherever they stand in an expression, so that they can be written for PCRE.
func oneReading(t *ir.Regex) bool {
	return t.Backtracking || len(within.FindAllString(t.Expr, -1)) == len(ofLines.FindAllString(t.Expr, -1))
}

// regex is the author's expression with its flags, as PCRE says it and free of characters a query cannot hold.
func regex(t *ir.Regex) string {
	var b strings.Builder
	if t.Flags != "" {
		b.WriteString("(?" + t.Flags + ")")
	}
	if t.Backtracking {
		return b.String() + writable(t.Expr)
	}
	begin, end := "^", textEnd
	if strings.Contains(t.Flags, "m") || ofLines.MatchString(t.Expr) {
		begin, end = lineBegin, "$"
	}
	for _, p := range compilers.RegexParts(t.Expr) {
		switch {
		case p.Kind == compilers.RegexChar:
			b.WriteString(regexChar(p))
		case p.Kind == compilers.RegexClass:
			b.WriteString(regexClass(p))
		case p.Text == "$":
			b.WriteString(end)
		case p.Text == "^":
			b.WriteString(begin)
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// regexChar writes a character that stands for itself.
func regexChar(p compilers.RegexPart) string {
	switch {
	case strings.ContainsFunc(p.Text, control), p.Text == `\v`, p.Rune == '`', p.Escaped() && '0' <= p.Text[1] && p.Text[1] <= '9':
		return fmt.Sprintf(`\x{%X}`, p.Rune)
	case !p.Escaped() && (p.Rune == '{' && !p.InSet || p.InSet && (p.Rune == '[' || p.Rune == '-')):
		return `\` + p.Text
	}
	return p.Text
}

// regexClass writes a class of characters: one of ASCII by its members, which \w and [:word:] are not to PCRE where case is not told apart or Unicode is
// asked for. The opposite of a class has no such form in a set.
func regexClass(p compilers.RegexPart) string {
	lower := strings.ToLower(p.Text)
	members, known := ofASCII[lower]
	switch {
	case p.Text == `\S` && p.InSet:
		return `\S\x0b`
	case !known, lower != p.Text && p.InSet:
		return p.Text
	case lower != p.Text:
		return "[^" + members + "]"
	case p.InSet:
		return members
	}
	return "[" + members + "]"
}

// writable spells out the characters that a query cannot hold.
func writable(expr string) string {
	var b strings.Builder
	escaped := false
	for _, r := range expr {
		switch {
		case !control(r) && r != '`':
			b.WriteRune(r)
		case escaped:
			fmt.Fprintf(&b, "x{%X}", r)
		default:
			fmt.Fprintf(&b, `\x{%X}`, r)
		}
		escaped = r == '\\' && !escaped
	}
	return b.String()
}
