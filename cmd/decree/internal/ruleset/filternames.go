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
	for _, ref := range f.Rules {
		if hint := set.whyNotCovered(ref, f.Body.LogSource); hint != "" {
			return hint
		}
	}
	return "check the ids and names under `rules`, and the log source"
}

// whyNotCovered gives a hint why a filter for a log source covers no rule that it names in one place; "" if nothing is
// known.
func (set *Set) whyNotCovered(ref rules.RuleReference, filtered rules.LogSource) string {
	for _, c := range set.read {
		if ref.Names(c.of.Body) {
			return fmt.Sprintf("%q is a correlation: name the rules that it reads", c.of.Body.Title)
		}
	}
	for _, r := range slices.Concat(set.Rules, set.Written) {
		if of := r.IR.Source; ref.Names(of) {
			return fmt.Sprintf("the rule %q is for the log source %s, and the filter is for %s", of.Title, of.LogSource.Name(), filtered.Name())
		}
	}
	if hint := set.nameless(ref); hint != "" {
		return hint
	}
	if strings.ContainsAny(ref.Text, "*?") {
		return "names have no wildcards: write `rules: any` for every rule of the log source"
	}
	if strings.EqualFold(ref.Text, "all") {
		return "write `rules: any` for every rule of the log source"
	}
	if near := diag.Closest(ref.Text, set.names()); near != "" {
		return "did you mean `" + near + "`?"
	}
	return ""
}

// nameless gives a hint at a rule that has no name, where a filter names its file.
func (set *Set) nameless(ref rules.RuleReference) string {
	for _, r := range slices.Concat(set.Rules, set.Written) {
		if of := r.IR.Source; of.Name == "" && strings.EqualFold(r.Slug(), ref.Text) {
			return fmt.Sprintf("%s has no name: add `name: %s` to it, or write its id under `rules`", of.Range.File, ref.Text)
		}
	}
	return ""
}

// unknownOf finds in a filter that covers some rules the names and ids that no rule has. If rules were not read, or
// have errors, that is told only of a name that is misspelt: one that the filter does not name has nearly the same. Any
// other may be of a rule that was not read.
func (set *Set) unknownOf(f *rules.Filter) (found diag.Diagnostics) {
	names := set.names()
	named := func(name string) bool {
		return slices.ContainsFunc(f.Rules, func(ref rules.RuleReference) bool { return ref.Text == name })
	}
	for _, ref := range f.Rules {
		if set.hasNamed(ref) {
			continue
		}
		near, nameless := diag.Closest(ref.Text, names), set.nameless(ref)
		switch {
		case nameless != "":
			found.Warnf("filter-unknown-rule", ref.Range, nameless, "no rule has the name %q", ref.Text)
		case near != "" && !named(near) && !rules.IsUUID(ref.Text):
			found.Warnf("filter-unknown-rule", ref.Range, "did you mean `"+near+"`?", "no rule has the name %q", ref.Text)
		case set.allRead:
			found.Warnf("filter-unknown-rule", ref.Range, "check its spelling, or remove it", "no rule of the project has the name or id %q", ref.Text)
		}
	}
	return found
}

// hasNamed tells whether a filter's reference names a rule or a correlation.
func (set *Set) hasNamed(ref rules.RuleReference) bool {
	return slices.ContainsFunc(slices.Concat(set.Rules, set.Written), func(r Rule) bool { return ref.Names(r.IR.Source) }) ||
		slices.ContainsFunc(set.read, func(c readCorrelation) bool { return ref.Names(c.of.Body) })
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
