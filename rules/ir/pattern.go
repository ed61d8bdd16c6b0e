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
	ps = slices.CompactFunc(ps, func(a, b GlobPart) bool { return a.Wild == '*' && b.Wild == '*' })
	lead := len(ps) > 0 && ps[0].Wild == '*'
	trail := len(ps) > 1 && ps[len(ps)-1].Wild == '*'
	inner := ps
	if lead {
		inner = inner[1:]
	}
	if trail {
		inner = inner[:len(inner)-1]
	}
	literal := len(inner) == 1 && inner[0].Wild == 0
	text := func(op TextOp) Test { return &Text{Op: op, Values: []string{inner[0].Literal}, Cased: cased} }
	switch {
	case op == Filename && len(ps) == 0:
		return &Text{Op: Filename, Values: []string{""}, Cased: cased}
	case op == Filename && literal && !lead && !trail:
		return text(Filename)
	case op == Filename:
		return filenamePattern(ps, cased)
	case op == Word && literal && !lead && !trail:
		return text(Word)
	case op == Word && len(inner) > 0:
		return WordPattern(ps, cased)
	case len(ps) == 0:
		return &Text{Op: Equals, Values: []string{""}, Cased: cased}
	case lead && len(inner) == 0:
		return &Exists{true}
	case literal && lead && trail:
		return text(Contains)
	case literal && lead:
		return text(EndsWith)
	case literal && trail:
		return text(StartsWith)
	case literal:
		return text(Equals)
	}
	return &Glob{Parts: ps, Cased: cased}
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
