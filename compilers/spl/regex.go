package spl

import (
	"fmt"
	"regexp"
	"strings"

	"decree/rules/ir"
)

// lineEnds finds expressions in which $ may stand at the end of a line: those are left as they are.
var lineEnds = regexp.MustCompile(`\(\?[a-zA-Z]*m`)

// regex is the author's expression with its flags, free of characters a query cannot hold. PCRE passes over a newline
// before the end at $, RE2 does not: there it is \z. https://www.pcre.org/current/doc/html/pcre2pattern.html#SEC6
func regex(t *ir.Regex) string {
	var b strings.Builder
	if t.Flags != "" {
		b.WriteString("(?" + t.Flags + ")")
	}
	end := "$"
	if !t.Backtracking && !strings.Contains(t.Flags, "m") && !lineEnds.MatchString(t.Expr) {
		end = `\z`
	}
	expr := t.Expr
	if !t.Backtracking {
		expr = unquoted(expr)
	}
	set := set{}
	escaped := false
	for i, r := range expr {
		inSet := set.in(expr, i, r, escaped)
		switch {
		case control(r), r == '`':
			if !escaped {
				b.WriteByte('\\')
			}
			fmt.Fprintf(&b, "x{%X}", r)
			escaped = false
			continue
		case r == '$' && !escaped && !inSet:
			b.WriteString(end)
		default:
			b.WriteRune(r)
		}
		escaped = r == '\\' && !escaped
	}
	return b.String()
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
