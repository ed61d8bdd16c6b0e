package spl

import (
	"fmt"
	"regexp"
	"strings"

	"decree/rules/ir"
)

// PCRE and RE2, whose expressions Sigma's are, differ in places: PCRE passes over a newline before the end at $, does not begin a line
// behind the last newline, counts the vertical tab among spaces, takes \v for any end of a line and {,2} for a number of times.
// https://www.pcre.org/current/doc/html/pcre2pattern.html
// https://github.com/google/re2/wiki/Syntax
const (
	textEnd   = `\z`
	lineBegin = `(?:^|(?<=\n)\z)`
	space     = `\t\n\f\r `
)

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
	begin, end, expr := "^", textEnd, t.Expr
	if strings.Contains(t.Flags, "m") || ofLines.MatchString(expr) {
		begin, end = lineBegin, "$"
	}
	if t.Backtracking {
		begin, end = "^", "$"
	} else {
		expr = unquoted(expr)
	}
	set := set{}
	escaped := false
	for i, r := range expr {
		inSet := set.in(expr, i, r, escaped)
		plain := !escaped && !inSet
		switch {
		case control(r), r == '`':
			if !escaped || !t.Backtracking {
				b.WriteByte('\\')
			}
			fmt.Fprintf(&b, "x{%X}", r)
			escaped = false
			continue
		case escaped && !t.Backtracking:
			b.WriteString(escape(r, inSet))
		case r == '\\' && !escaped && !t.Backtracking: // written with what it escapes
		case r == '$' && plain:
			b.WriteString(end)
		case r == '^' && plain:
			b.WriteString(begin)
		case r == '{' && plain && !t.Backtracking && strings.HasPrefix(expr[i:], "{,"):
			b.WriteString(`\{`)
		default:
			b.WriteRune(r)
		}
		escaped = r == '\\' && !escaped
	}
	return b.String()
}

// escape writes what stands behind a backslash, which means the same to PCRE.
func escape(r rune, inSet bool) string {
	switch {
	case r == 's' && inSet:
		return space
	case r == 's':
		return "[" + space + "]"
	case r == 'S' && inSet:
		return `\S\x0b`
	case r == 'S':
		return "[^" + space + "]"
	case r == 'v':
		return `\x0b`
	}
	return `\` + string(r)
}

// unquoted writes what stands between \Q and \E, or the end, with a backslash for each sign.
func unquoted(expr string) string {
	var b strings.Builder
	for i := 0; i < len(expr); i++ {
		switch {
		case strings.HasPrefix(expr[i:], `\Q`):
			literal, _, _ := strings.Cut(expr[i+2:], `\E`)
			b.WriteString(regexLiteral(literal))
			i += len(`\Q`) + len(literal) + len(`\E`) - 1
		case expr[i] == '\\' && i+1 < len(expr):
			b.WriteString(expr[i : i+2])
			i++
		default:
			b.WriteByte(expr[i])
		}
	}
	return b.String()
}

// set follows an expression's sets of characters, in which nothing is a place.
type set struct {
	from  int // where the first member may stand; 0 outside of a set
	named int // where a named class such as [:alpha:] ends
}

// in tells whether the character at i is inside a set.
func (s *set) in(expr string, i int, r rune, escaped bool) bool {
	switch {
	case s.from == 0:
		if r == '[' && !escaped {
			s.from = i + 1
			if strings.HasPrefix(expr[s.from:], "^") {
				s.from++
			}
		}
		return false
	case escaped || i < s.named || i < s.from:
		return true
	case strings.HasPrefix(expr[i:], "[:"):
		if end := strings.Index(expr[i+2:], ":]"); end >= 0 {
			s.named = i + 2 + end + 2
		}
	case r == ']' && i > s.from:
		s.from = 0
	}
	return true
}
