package lint

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/regex"
)

var regexChecks = []Check{
	{Code: "unportable-regex", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		e, err := regex.Parse(v.Text, "")
		if err != nil {
			return // reported where the rule is lowered
		}
		if _, err := e.In(regex.Rust); err != nil {
			s.report(v.Range, "write it without, as with two items and a `not` in the condition, so that every product can run it", "KQL (Rust's crate) and EQL (Lucene) do not backtrack, and this expression has %v", err)
			return
		}
		if wordBoundary(e.Root) {
			s.report(v.Range, "name the letters that may stand there, such as `[^a-z]`", "a word boundary cannot be said in EQL (Lucene)")
		}
	})},
	{Code: "regex-instead-of-modifier", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		if e, err := regex.Parse(v.Text, ""); err == nil && !has(it, "i") && plainText(e.Root) {
			s.report(v.Range, "write `"+it.Field+"|contains|cased`: it is quicker everywhere, and needs no escapes", "the expression is plain text")
		}
	})},
	{Code: "needless-wildcard-in-regex", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		if strings.HasPrefix(v.Text, ".*") || strings.HasPrefix(v.Text, "^.*") || (strings.HasSuffix(v.Text, ".*") && !strings.HasSuffix(v.Text, `\.*`)) || strings.HasSuffix(v.Text, ".*$") {
			s.report(v.Range, "take it away", "an expression is looked for anywhere in the value, so that `.*` at its end only slows it down")
		}
	})},
}

func eachRegex(check func(*subject, rules.Item, rules.Value)) func(*subject) {
	return eachText(func(s *subject, it rules.Item, v rules.Value) {
		if has(it, "re") {
			check(s, it, v)
		}
	})
}

// plainText tells whether an expression is of characters alone.
func plainText(n regex.Node) bool {
	switch n := n.(type) {
	case *regex.Char:
		return !n.Fold
	case *regex.Concat:
		return len(n.Parts) > 0 && !slices.ContainsFunc(n.Parts, func(part regex.Node) bool { return !plainText(part) })
	}
	return false
}

// wordBoundary tells whether an expression has \b or \B.
func wordBoundary(n regex.Node) bool {
	a, ok := n.(*regex.Assert)
	return ok && (a.Kind == regex.Word || a.Kind == regex.NotWord) || slices.ContainsFunc(regex.Children(n), wordBoundary)
}
