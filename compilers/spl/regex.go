package spl

import (
	"strings"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/regex"
)

// expression is the author's expression for PCRE. Classes are written by their members, so that Unicode properties make
// no difference. Characters that a query cannot contain are avoided. ok is false if the expression cannot be written
// this way.
// https://www.pcre.org/current/doc/html/pcre2pattern.html
func expression(t *ir.Regex) (text string, ok bool) {
	text, err := t.Parse().In(regex.PCRE)
	return text, err == nil
}

// expression writes a regular expression.
func (w *writer) expression(t *ir.Regex, at diag.Range) string {
	text, ok := expression(t)
	if !ok {
		w.found.Errorf("regex", at, "give the groups different names", "spl: a conditional on a group cannot be written if several groups have its name")
	}
	return text
}

// literalRegex escapes a text for an expression that ignores case, unless cased.
func literalRegex(s string, cased bool) string {
	if cased {
		return regexLiteral(s)
	}
	return regex.AnyCase(s, regexLiteral)
}

// textRegex is a text test as one PCRE. \A and \z, not ^ and $: the latter pass over a final newline.
func textRegex(t *ir.Text) string {
	alternatives := make([]string, len(t.Values))
	for i, v := range t.Values {
		alternatives[i] = literalRegex(v, t.Cased)
		if t.Op == ir.Word {
			alternatives[i] = wordRegex(v, alternatives[i])
		}
	}
	body := strings.Join(alternatives, "|")
	if len(alternatives) > 1 {
		body = "(?:" + body + ")"
	}
	switch t.Op {
	case ir.Equals:
		body = `\A` + body + `\z`
	case ir.StartsWith:
		body = `\A` + body
	case ir.EndsWith:
		body += `\z`
	}
	return ignoreCase(t.Cased) + body
}

// wordRegex is an expression for a word, of one for its text.
func wordRegex(word, expr string) string {
	first, last := ir.WordEdges(word)
	if first {
		expr = `(?<![` + ir.Letters + `])` + expr
	}
	if last {
		expr += `(?![` + ir.Letters + `])`
	}
	return expr
}

// namePattern is a test of the last component of a path as one PCRE.
func (w *writer) namePattern(t ir.Test, at diag.Range) string {
	switch t := t.(type) {
	case *ir.Text:
		return textRegex(t)
	case *ir.Glob:
		return globRegex(t)
	case *ir.Regex:
		return w.expression(t, at)
	}
	panic("spl: unknown test of a file name")
}

// globRegex is a wildcard pattern as PCRE.
func globRegex(g *ir.Glob) string {
	return ignoreCase(g.Cased) + "(?s)" + compilers.GlobRegex(g.Parts, anyDash, func(text string) string { return literalRegex(text, g.Cased) })
}

// filenameRegex is a file name test as one PCRE.
func filenameRegex(t *ir.Text) string {
	var names []string
	for _, v := range t.Values {
		if !strings.ContainsAny(v, `\/`) { // a file name has no separator
			names = append(names, literalRegex(v, t.Cased))
		}
	}
	if len(names) == 0 {
		return `[^\s\S]`
	}
	body := names[0]
	if len(names) > 1 {
		body = "(?:" + strings.Join(names, "|") + ")"
	}
	return ignoreCase(t.Cased) + `(?:\A|[\\/])` + body + `\z`
}

// anyDash lists the dashes as alternatives. In a class, a dash beyond ASCII would be several bytes if the engine works
// on bytes.
var anyDash = "(?:" + strings.Join(strings.Split(ir.Dashes, ""), "|") + ")"

func ignoreCase(cased bool) string {
	if cased {
		return ""
	}
	return "(?i)"
}
