package match

import (
	"slices"
	"unicode"

	"decree/engine/fold"
	"decree/rules/ir"
	"decree/rules/regex"
)

// shortest is the least length of a literal worth looking for first.
const shortest = 3

// necessaryText gives a test for literals that holds, in any case, for every value for which t
// holds; nil if there is none. An expression or a wildcard pattern, which is slow to ask, then runs only
// where its literal was found.
func necessaryText(t ir.Test) *ir.Text {
	switch t := t.(type) {
	case *ir.Text:
		if slices.Contains(t.Values, "") {
			return nil
		}
		if t.Op == ir.Word {
			return &ir.Text{Op: ir.Contains, Values: t.Values}
		}
		return &ir.Text{Op: t.Op, Values: t.Values}
	case *ir.OfFilename:
		if pre := necessaryText(t.Test); pre != nil {
			return &ir.Text{Op: map[ir.TextOp]ir.TextOp{ir.Equals: ir.EndsWith, ir.EndsWith: ir.EndsWith, ir.StartsWith: ir.Contains, ir.Contains: ir.Contains}[pre.Op], Values: pre.Values}
		}
	case *ir.Glob:
		best := ""
		for _, p := range t.Parts {
			if p.Wild == 0 && len(p.Literal) > len(best) {
				best = p.Literal
			}
		}
		if len(best) >= 2 {
			return &ir.Text{Op: ir.Contains, Values: []string{fold.Text(best)}}
		}
	case *ir.Regex:
		if found := required(t.Parse().Root); found != nil {
			return &ir.Text{Op: ir.Contains, Values: found}
		}
	}
	return nil
}

// mostAlternatives bounds how many literals stand for one expression.
const mostAlternatives = 64

// required lists literals. Every text in which the expression matches contains one of them.
func required(n regex.Node) []string {
	switch n := n.(type) {
	case *regex.Char:
		return long(folding(n))
	case *regex.Group:
		return required(n.Body)
	case *regex.Repeat:
		if n.Min > 0 {
			return required(n.Body)
		}
	case *regex.Look:
		if !n.Negative {
			return required(n.Body)
		}
	case *regex.Concat:
		return requiredOfAll(n.Parts)
	case *regex.Alternate:
		var all []string
		for _, part := range n.Parts {
			found := required(part)
			if found == nil || len(all)+len(found) > mostAlternatives {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

// requiredOfAll finds the longest literals that several parts in a row require. Characters in a row are one text.
func requiredOfAll(parts []regex.Node) []string {
	var best []string
	better := func(found []string) {
		if found != nil && (best == nil || least(found) > least(best)) {
			best = found
		}
	}
	run := ""
	for _, part := range parts {
		switch n := part.(type) {
		case *regex.Flags, *regex.Assert:
			continue
		case *regex.Char:
			if text := folding(n); text != "" {
				run += text
				continue
			}
		default:
			better(required(part))
		}
		better(long(run))
		run = ""
	}
	better(long(run))
	return best
}

// folding is a character in its folded form; "" if it stands for characters that fold differently.
func folding(c *regex.Char) string {
	folded := fold.Rune(c.Rune)
	if c.Fold {
		for f := unicode.SimpleFold(c.Rune); f != c.Rune; f = unicode.SimpleFold(f) {
			if fold.Rune(f) != folded {
				return ""
			}
		}
	}
	return string(folded)
}

// long is a literal that is worth looking for.
func long(s string) []string {
	if len(s) < shortest {
		return nil
	}
	return []string{s}
}

func least(texts []string) int {
	n := len(texts[0])
	for _, t := range texts {
		n = min(n, len(t))
	}
	return n
}
