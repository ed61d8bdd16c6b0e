package ruletests

import (
	"path"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/engine/regression"
)

// filterTests are the cases of the test file beside a filter file. They test the rules that the filter covers.
type filterTests struct {
	ruleset.AppliedFilter
	cases []*regression.Case
}

// loadFilters reads the test file beside every filter file. The name of a case begins with that of the filter's file.
func (t *Tests) loadFilters(set *ruleset.Set) ([]filterTests, error) {
	var out []filterTests
	for _, f := range set.Filters {
		own, err := t.file(set, f.File, "filter")
		if err != nil {
			return nil, err
		}
		if own == nil {
			continue
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
	return out, nil
}
