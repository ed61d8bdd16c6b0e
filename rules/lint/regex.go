package lint

import (
	"regexp/syntax"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

var regexChecks = []Check{
	{Code: "unportable-regex", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		for _, c := range []struct{ construct, what string }{
			{`(?=`, "a look-ahead"}, {`(?!`, "a negative look-ahead"}, {`(?<=`, "a look-behind"}, {`(?<!`, "a negative look-behind"}, {`(?>`, "an atomic group"},
		} {
			if strings.Contains(v.Text, c.construct) {
				s.report(v.Range, "say it with two items and a `not` in the condition", "%s cannot be said in KQL (RE2) or EQL (Lucene)", c.what)
				return
			}
		}
		re, err := syntax.Parse(v.Text, syntax.Perl)
		if err != nil {
			s.report(v.Range, "write it without, so that every product can run it", "RE2, which KQL uses, refuses this: %v", err)
			return
		}
		if wordBoundary(re) {
			s.report(v.Range, "name the letters that may stand there, such as `[^a-z]`", "a word boundary cannot be said in EQL (Lucene)")
		}
	})},
	{Code: "regex-instead-of-modifier", Severity: diag.Info, rule: eachRegex(func(s *subject, it rules.Item, v rules.Value) {
		re, err := syntax.Parse(v.Text, syntax.Perl)
		if err != nil {
			return
		}
		re = re.Simplify()
		if re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 {
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

// wordBoundary tells whether an expression has \b or \B.
func wordBoundary(re *syntax.Regexp) bool {
	return re.Op == syntax.OpWordBoundary || re.Op == syntax.OpNoWordBoundary || slices.ContainsFunc(re.Sub, wordBoundary)
}
