package lint

import (
	"regexp"
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
			return // lowering reports it
		}
		if _, err := e.In(regex.Rust); err != nil {
			s.report(v.Range, "rewrite it so that every product can run it, for example with two selections and `not`", "the engines of KQL (Rust's regex crate) and EQL (Lucene) do not support this: the expression has %v", err)
			return
		}
		if wordBoundary(e.Root) {
			s.report(v.Range, "write the characters that may come there, such as `[^a-z]`", "EQL (Lucene) has no word boundaries")
		}
	})},
	{Code: "regex-in-slashes", Severity: diag.Warning, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		if in := slashed.FindStringSubmatch(v.Text); in != nil {
			s.report(v.Range, "unless it is a path, write `"+it.Field+"|"+withFlags(it, in[2])+": "+in[1]+"`", "slashes and flags behind them are not part of an expression: this looks for a text with the slashes")
		}
	})},
	{Code: "regex-instead-of-modifier", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		if e, err := regex.Parse(v.Text, ""); err == nil && !has(it, "i") && plainText(e.Root) && !slashed.MatchString(v.Text) {
			s.report(v.Range, "write `"+it.Field+"|contains|cased`: it is faster in every product and needs no escapes", "the expression is plain text")
		}
	})},
	{Code: "needless-wildcard-in-regex", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		if strings.HasPrefix(v.Text, ".*") || strings.HasPrefix(v.Text, "^.*") || (strings.HasSuffix(v.Text, ".*") && !strings.HasSuffix(v.Text, `\.*`)) || strings.HasSuffix(v.Text, ".*$") {
			s.report(v.Range, "remove it", "an expression matches anywhere in the value, so `.*` at its start or end only slows it down")
		}
	})},
}

// slashed is an expression as JavaScript and Perl write it, with flags: slashes within it are escaped. Without flags,
// or with slashes that are not escaped, it may be a path.
var slashed = regexp.MustCompile(`^/((?:[^/\\]|\\.)+)/([gims]+)$`)

// withFlags gives re with the modifiers that an item has, and those for flags. The flag g changes nothing here.
func withFlags(it rules.Item, flags string) string {
	modifiers := "re"
	for _, f := range []string{"i", "m", "s"} {
		if has(it, f) || strings.Contains(flags, f) {
			modifiers += "|" + f
		}
	}
	return modifiers
}

func eachRegex(check func(*subject, rules.Item, rules.Value)) func(*subject) {
	return eachText(func(s *subject, it rules.Item, v rules.Value) {
		if has(it, "re") {
			check(s, it, v)
		}
	})
}

// plainText tells whether an expression consists of literal characters only.
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
