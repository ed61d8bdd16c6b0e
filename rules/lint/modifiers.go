package lint

import (
	"regexp"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

var modifierChecks = []Check{
	{Code: "all-of-one-value", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		if has(it, "all") && len(it.Values) == 1 && !has(it, "expand") {
			s.report(it.Range, "remove `all`", "`all` has no effect on a single value")
		}
	})},
	{Code: "all-without-contains", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		if it.Field != "" && has(it, "all") && len(it.Values) > 1 && equalsWhole(it) && !wild(it) {
			s.report(it.Range, "write `contains|all`, unless the field holds a list", "a field with one value cannot equal all %d values", len(it.Values))
		}
	})},
	{Code: "windash-with-all", Severity: diag.Info, rule: eachItem(func(s *subject, it rules.Item) {
		if has(it, "windash") && has(it, "all") {
			s.report(it.Range, "write a selection for each value, and join them by `and`", "some tools require every dash of every value here, which no event satisfies")
		}
	})},
	{Code: "repeated-modifier", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		for i, m := range it.Modifiers {
			if !slices.Contains(encodings, m.Name) && slices.ContainsFunc(it.Modifiers[:i], func(before rules.Modifier) bool { return before.Name == m.Name }) {
				s.report(m.Range, "remove one of them", "duplicate modifier %s", m.Name)
			}
		}
	})},
	{Code: "base64-without-contains", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		if has(it, "base64", "base64offset") && !has(it, "contains", "startswith", "endswith", "word") {
			s.report(it.Range, "add `contains`", "the whole field must equal the encoded value")
		}
	})},
	{Code: "modifier-in-name", Severity: diag.Warning, rule: eachItem(func(s *subject, it rules.Item) {
		if meant := modifierInName(it.Field); meant != "" {
			for _, m := range it.Modifiers {
				meant += "|" + m.Name
			}
			s.report(it.Range, "write `"+meant+"`", "only `|` stands before a modifier: this asks for a field of the name %q", it.Field)
		}
	})},
	{Code: "modifier-beyond-sigma", Severity: diag.Info, rule: eachItem(func(s *subject, it rules.Item) {
		for _, m := range it.Modifiers {
			if rules.BeyondSigma(m.Name) {
				s.report(m.Range, "keep it in rules that only decree reads", "Sigma has no modifier %s: other tools do not read this rule", m.Name)
			}
		}
	})},
	{Code: "redundant-cased", Severity: diag.Info, rule: eachItem(func(s *subject, it rules.Item) {
		if has(it, "cased") && len(it.Values) > 0 && !slices.ContainsFunc(it.Values, func(v rules.Value) bool { return hasLetters(v.Text) }) {
			s.report(it.Range, "remove `cased`", "`cased` has no effect: the values have no letters")
		}
	})},
}

// gluedModifier is a modifier behind another character than `|`.
var gluedModifier = regexp.MustCompile(`(?i)^(\w[^|]*?)(?:[:. ]|__?)(contains|startswith|endswith)$`)

// modifierInName gives what was meant by the name of a field that ends with a modifier, as in `Image:endswith`.
func modifierInName(field string) string {
	if m := gluedModifier.FindStringSubmatch(field); m != nil {
		return m[1] + "|" + strings.ToLower(m[2])
	}
	return ""
}

// eachItem turns a check of an item into a check of a rule.
func eachItem(check func(*subject, rules.Item)) func(*subject) {
	return func(s *subject) { s.EachItem(func(it rules.Item) { check(s, it) }) }
}

// equalsWhole tells whether an item asks that the field equals its values: it has no modifier that compares otherwise.
func equalsWhole(it rules.Item) bool {
	return !slices.ContainsFunc(it.Modifiers, func(m rules.Modifier) bool {
		return !slices.Contains([]string{"all", "cased", "windash", "expand"}, m.Name) && !slices.Contains(encodings, m.Name)
	})
}

// has tells whether an item has one of the named modifiers.
func has(it rules.Item, names ...string) bool {
	return slices.ContainsFunc(it.Modifiers, func(m rules.Modifier) bool { return slices.Contains(names, m.Name) })
}

func hasLetters(s string) bool {
	for _, r := range s {
		if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x80 {
			return true
		}
	}
	return false
}

// encodings are the modifiers that encode values, also twice.
var encodings = []string{"base64", "base64offset", "utf16", "utf16le", "utf16be", "wide"}
