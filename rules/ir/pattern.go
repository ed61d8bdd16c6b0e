package ir

import (
	"fmt"
	"slices"
	"strings"
)

// parts splits a Sigma value into literals and wildcards. A backslash is literal unless *, ? or another backslash
// follows (Sigma specification 2.1, "Escaping").
func parts(s string) []GlobPart {
	var out []GlobPart
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			out = append(out, GlobPart{Literal: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`*?\`, s[i+1]) >= 0:
			i++
			lit.WriteByte(s[i])
		case s[i] == '*' || s[i] == '?':
			flush()
			if s[i] == '?' || len(out) == 0 || out[len(out)-1].Wild != '*' {
				out = append(out, GlobPart{Wild: s[i]})
			}
		default:
			if lit.Len() == 0 {
				lit.Grow(len(s) - i)
			}
			lit.WriteByte(s[i])
		}
	}
	flush()
	return out
}

// unescape gives the literal text of a value, with wildcards as ordinary characters.
func unescape(s string) string {
	var b strings.Builder
	for _, p := range parts(s) {
		if p.Wild != 0 {
			b.WriteByte(p.Wild)
		}
		b.WriteString(p.Literal)
	}
	return b.String()
}

var escaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// escape writes literal text as a Sigma value.
func escape(s string) string { return escaper.Replace(s) }

// pattern is the simplest test for a value with wildcards under an operation.
func pattern(value string, op TextOp, cased bool) Test {
	if value != "" && !strings.ContainsAny(value, `*?\`) {
		return &Text{Op: op, Values: []string{value}, Cased: cased}
	}
	return patternOf(parts(value), op, cased)
}

// patternOf is the same for the parts of a value, which it may change.
func patternOf(ps []GlobPart, op TextOp, cased bool) Test {
	text := func(op TextOp, value string) Test { return &Text{Op: op, Values: []string{value}, Cased: cased} }
	ps = withEnds(ps, op)
	switch value, literal := literalOf(ps); {
	case literal && (op == Filename || op == Word):
		return text(op, value)
	case op == Filename:
		return filenamePattern(ps, cased)
	case literal:
		return text(Equals, value)
	case len(ps) == 1 && ps[0].Wild == '*':
		return &Exists{true}
	case op == Word:
		return WordPattern(ps, cased)
	}
	between, lead, trail := ps, ps[0].Wild == '*', ps[len(ps)-1].Wild == '*'
	if lead {
		between = between[1:]
	}
	if trail {
		between = between[:len(between)-1]
	}
	value, literal := literalOf(between)
	switch {
	case !literal:
		return &Glob{Parts: ps, Cased: cased}
	case lead && trail:
		return text(Contains, value)
	case lead:
		return text(EndsWith, value)
	}
	return text(StartsWith, value)
}

// withEnds adds the wildcards that an operation stands for, and makes one of several in a row.
func withEnds(ps []GlobPart, op TextOp) []GlobPart {
	star := GlobPart{Wild: '*'}
	switch op {
	case StartsWith:
		ps = append(ps, star)
	case EndsWith:
		ps = slices.Insert(ps, 0, star)
	case Contains:
		ps = append(slices.Insert(ps, 0, star), star)
	case Word:
		if len(ps) == 0 { // every value has an empty word, as it contains an empty text
			ps = append(ps, star)
		}
	case Filename, Equals:
	}
	return slices.CompactFunc(ps, func(a, b GlobPart) bool { return a.Wild == '*' && b.Wild == '*' })
}

// literalOf gives the text of parts without wildcards. ok is false if there is one.
func literalOf(ps []GlobPart) (text string, ok bool) {
	switch {
	case len(ps) == 0:
		return "", true
	case len(ps) == 1 && ps[0].Wild == 0:
		return ps[0].Literal, true
	}
	return "", false
}

// Expression gives the pattern as an expression that matches the same texts.
func (t *Glob) Expression() *Regex {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, p := range t.Parts {
		switch p.Wild {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case AnyDash:
			b.WriteString("[" + Dashes + "]")
		case 0:
			b.WriteString(literalExpr(p.Literal, t.Cased))
		default:
			panic(fmt.Sprintf("ir: unknown wildcard %q", p.Wild))
		}
	}
	b.WriteString(`\z`)
	return exprOf(b.String(), t.Cased)
}
