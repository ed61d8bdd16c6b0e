package ruletests

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
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
	ofParts := slices.DeleteFunc(slices.Clone(ofFilters), func(f filterTests) bool { return slices.ContainsFunc(whole, f.Covers) })
	for _, r := range set.Parts() {
		var cases []*regression.Case
		own := t.file(set, r.File, "rule")
		if own != nil {
			cases = slices.DeleteFunc(casesOf(r, own.Cases), func(c *regression.Case) bool { return c.Rule == "" })
		}
		for _, f := range ofParts {
			if f.Covers(r) {
				cases = append(cases, casesOf(r, f.cases)...)
			}
		}
		if len(cases) > 0 {
			t.add(r, cases, own, only)
		}
	}
}

// loadFilters reads the test file beside every filter file. The name of a case begins with that of the filter's file.
func (t *Tests) loadFilters(set *ruleset.Set) []filterTests {
	var out []filterTests
	for _, f := range set.Filters {
		own := t.file(set, f.File, "filter")
		if own == nil {
			continue
		}
		if set.OfProject {
			t.checkRules(own, f.Rules())
		}
		of := "filter " + strings.TrimSuffix(path.Base(f.File.Path), path.Ext(f.File.Path)) + ": "
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
