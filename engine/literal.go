package engine

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"decree/rules/ir"
)

// shortest is the least length of a literal worth looking for first.
const shortest = 3

// necessaryText gives a test on literals, in any case, that holds for every value for which t
// does; nil when there is none. It lets a pass over the value rule out what is slow to ask:
// an expression or a pattern runs only where its literal was found.
func necessaryText(t ir.Test) *ir.Text {
	switch t := t.(type) {
	case *ir.Text:
		if hasEmpty(t.Values) {
			return nil
		}
		return shortText(t)
	case *ir.Glob:
		best := ""
		for _, p := range t.Parts {
			if p.Wild == 0 && len(p.Literal) > len(best) {
				best = p.Literal
			}
		}
		if len(best) >= 2 {
			return shortText(&ir.Text{Op: ir.Contains, Values: []string{fold(best)}})
		}
	case *ir.Regex:
		if t.Backtracking {
			return nil // its syntax is not one that we can take apart soundly
		}
		flags := syntax.Perl
		for flag, f := range map[string]syntax.Flags{"i": syntax.FoldCase, "s": syntax.DotNL} {
			if strings.Contains(t.Flags, flag) {
				flags |= f
			}
		}
		if strings.Contains(t.Flags, "m") {
			flags &^= syntax.OneLine
		}
		re, err := syntax.Parse(t.Expr, flags)
		if err != nil {
			return nil
		}
		if found := required(re.Simplify()); found != nil {
			return shortText(&ir.Text{Op: ir.Contains, Values: found})
		}
	}
	return nil
}

// shortText is a text test on parts of the values that fit into an automaton.
func shortText(t *ir.Text) *ir.Text {
	if longest(t.Values) <= maxPattern {
		return &ir.Text{Op: t.Op, Values: t.Values}
	}
	op, fromEnd := t.Op, false
	switch t.Op {
	case ir.Equals:
		op = ir.StartsWith
	case ir.EndsWith, ir.Filename:
		op, fromEnd = ir.EndsWith, true
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = cut(fold(v), fromEnd)
	}
	return &ir.Text{Op: op, Values: values}
}

// cut gives the first or last letters of a folded text that fit into maxPattern bytes.
func cut(v string, fromEnd bool) string {
	if len(v) <= maxPattern {
		return v
	}
	if fromEnd {
		at := len(v) - maxPattern
		for !utf8.RuneStart(v[at]) {
			at++
		}
		return v[at:]
	}
	at := maxPattern
	for !utf8.RuneStart(v[at]) {
		at--
	}
	return v[:at]
}

// mostAlternatives bounds how many literals stand for one expression.
const mostAlternatives = 64

// required lists literals of which one is part of everything that an expression matches.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if s := fold(string(re.Rune)); len(s) >= shortest {
			return []string{s}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if found := required(sub); found != nil && (best == nil || least(found) > least(best)) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			found := required(sub)
			if found == nil || len(all)+len(found) > mostAlternatives {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

func least(texts []string) int {
	n := len(texts[0])
	for _, t := range texts {
		n = min(n, len(t))
	}
	return n
}
