package ruleset

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// whyNothing gives a hint why a filter covers no rule.
func (set *Set) whyNothing(f *rules.Filter) string {
	names := set.names()
	for _, ref := range f.Rules {
		for _, c := range set.read {
			if ref.Names(c.of.Body) {
				return fmt.Sprintf("%q is a correlation: name the rules that it reads", c.of.Body.Title)
			}
		}
		for _, r := range slices.Concat(set.Rules, set.Written) {
			switch of := r.IR.Source; {
			case ref.Names(of):
				return fmt.Sprintf("the rule %q is for the log source %s, and the filter is for %s", of.Title, of.LogSource.Name(), f.Body.LogSource.Name())
			case of.Name == "" && r.Slug() == ref.Text:
				return fmt.Sprintf("%s has no name: add `name: %s` to it, or write its id under `rules`", of.Range.File, ref.Text)
			}
		}
		if strings.ContainsAny(ref.Text, "*?") {
			return "names have no wildcards: write `rules: any` for every rule of the log source"
		}
		if strings.EqualFold(ref.Text, "all") {
			return "write `rules: any` for every rule of the log source"
		}
		if near := diag.Closest(ref.Text, names); near != "" {
			return "did you mean `" + near + "`?"
		}
	}
	return "check the ids and names under `rules`, and the log source"
}

// unknownOf finds names in a filter that covers some rules which are misspelt: no rule has the name, and one that the
// filter does not name has nearly the same. Any other name may be of a rule that was not selected.
func (set *Set) unknownOf(f *rules.Filter) (found diag.Diagnostics) {
	names := set.names()
	named := func(name string) bool {
		return slices.ContainsFunc(f.Rules, func(ref rules.RuleReference) bool { return ref.Text == name })
	}
	for _, ref := range f.Rules {
		if rules.IsUUID(ref.Text) || slices.Contains(names, ref.Text) {
			continue
		}
		if near := diag.Closest(ref.Text, names); near != "" && !named(near) {
			found.Warnf("filter-unknown-rule", ref.Range, "did you mean `"+near+"`?", "no rule has the name %q", ref.Text)
		}
	}
	return found
}

// names are those of all rules and correlations.
func (set *Set) names() (out []string) {
	for _, r := range slices.Concat(set.Rules, set.Written) {
		if r.IR.Source.Name != "" {
			out = append(out, r.IR.Source.Name)
		}
	}
	for _, c := range set.read {
		if c.of.Body.Name != "" {
			out = append(out, c.of.Body.Name)
		}
	}
	return out
}
