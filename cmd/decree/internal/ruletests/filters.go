package ruletests

import (
	"regexp"
	"slices"
	"sync"

	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
	"decree/rules"
	"decree/rules/source"
)

// filterTests are the cases of the test file beside a filter file. They test the rules that the filter covers.
type filterTests struct {
	ruleset.AppliedFilter
	cases []*regression.Case
}

// loadParts adds rules that are only part of a correlation or of another rule: they are tested by the cases that name
// them, and by those of filters that cover no other rule.
func (t *Tests) loadParts(set *ruleset.Set, ofFilters []filterTests, only *regexp.Regexp) {
	whole := set.Whole()
	ofWhole := func(f filterTests) bool { return slices.ContainsFunc(whole, f.Covers) }
	for _, r := range set.Parts() {
		var cases []*regression.Case
		own := t.file(set, r.File, "rule")
		if own != nil {
			cases = naming(casesOf(r, own.Cases))
		}
		for _, f := range ofFilters {
			switch mine := casesOf(r, f.cases); {
			case !f.Covers(r):
			case ofWhole(f):
				cases = append(cases, naming(mine)...)
			default:
				cases = append(cases, mine...)
			}
		}
		if len(cases) > 0 {
			t.add(r, cases, own, only)
		}
	}
}

// naming are the cases that name a rule.
func naming(all []*regression.Case) []*regression.Case {
	return slices.DeleteFunc(all, func(c *regression.Case) bool { return c.Rule == "" })
}

// checkRun reports the cases of a filter that the user named, where it covers no rule with a detection. Without any
// rule, checkRules has reported those that name one.
func (t *Tests) checkRun(file *regression.File, covered []*rules.Rule) {
	if slices.ContainsFunc(covered, func(r *rules.Rule) bool { return !r.OnlyWritten() }) {
		return
	}
	for _, c := range file.Cases {
		if c.Rule == "" || len(covered) > 0 {
			t.Found.Errorf("case-not-run", c.Range, "the filter must cover a rule with a detection", "this case is not run: the filter covers no rule that it can test")
		}
	}
}

// loadFilters reads the test file beside every filter file, unless the file has rules, whose tests these are. The name
// of a case begins with that of the filter's file.
func (t *Tests) loadFilters(set *ruleset.Set) []filterTests {
	var out []filterTests
	all := sync.OnceValue(set.ReadAll)
	for _, f := range set.Filters {
		if set.HasRuleIn(f.File) {
			continue
		}
		own := t.file(set, f.File, "filter")
		if own == nil {
			continue
		}
		t.checkRules(own, f.Rules(), all())
		if f.Named {
			t.checkRun(own, f.Rules())
		}
		of := "filter " + source.BaseName(f.File.Path) + ": "
		for _, c := range own.Cases {
			c.Name = of + c.Name
			if c.SameAs != nil {
				c.SameAs.Case = of + c.SameAs.Case
			}
		}
		out = append(out, filterTests{f, own.Cases})
	}
	return out
}
