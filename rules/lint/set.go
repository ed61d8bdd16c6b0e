package lint

import (
	"path"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// collection is all rules together, under one check.
type collection struct {
	rules        []*rules.Rule
	lowered      []*ir.Rule
	correlations []*rules.Correlation
	check        Check
	found        diag.Diagnostics
}

var setChecks = []Check{
	{Code: "duplicate-id", Severity: diag.Warning, set: func(c *collection) {
		both := slices.Clone(c.rules)
		for _, correlation := range c.correlations {
			both = append(both, correlation.Body)
		}
		c.twice(both, "id", "give each rule its own id, for example from `uuidgen`: decree build writes nothing if a package has both",
			"the id %s is also used by %s", func(r *rules.Rule) string { return strings.ToLower(r.ID) })
	}},
	{Code: "duplicate-title", Severity: diag.Warning, set: func(c *collection) {
		c.twice(c.rules, "title", "say in the title how the rules differ", "the title %q is also used by %s", func(r *rules.Rule) string { return r.Title })
	}},
	{Code: "name-used-twice", Severity: diag.Warning, set: func(c *collection) {
		c.twice(c.rules, "name", "give each rule its own name: other rules refer to it", "the name %q is also used by %s", func(r *rules.Rule) string { return r.Name })
	}},
	{Code: "duplicate-filename", Severity: diag.Warning, set: func(c *collection) {
		c.twice(c.rules, "", "rename one of the files", "the file name %s is also used by %s", func(r *rules.Rule) string { return path.Base(r.Range.File) })
	}},
	{Code: "same-detection", Severity: diag.Info, set: sameDetection},
	{Code: "unused-extract", Severity: diag.Info, set: unusedExtract},
}

// twice reports a key that a rule shares with an earlier rule. File names are compared between files only.
func (c *collection) twice(among []*rules.Rule, key, hint, format string, of func(*rules.Rule) string) {
	first := map[string]*rules.Rule{}
	for _, r := range among {
		v := of(r)
		if v == "" {
			continue
		}
		before, ok := first[v]
		if !ok {
			first[v] = r
			continue
		}
		at, other, next := diag.Range{File: r.Range.File}, before.Range.File, hint
		switch {
		case key == "" && before.Range.File == r.Range.File:
			continue // documents of one file
		case key != "" && before.Key(key, -1) == r.Key(key, -1):
			at, other, next = r.Range, before.Range.String(), "write `"+key+"` in each rule, not in `action: global`"
		case key != "":
			at, other = r.Key(key, -1), before.Key(key, -1).String()
		}
		add(&c.found, c.check, at, next, format, v, other)
	}
}

// sameDetection reports rules with the same detection on the same log source.
func sameDetection(c *collection) {
	first := map[string]*rules.Rule{}
	for i, r := range c.rules {
		if c.lowered[i] == nil {
			continue
		}
		parts := []string{meaning(c.lowered[i].Condition)}
		for _, ls := range r.LogSources() {
			parts = append(parts, ls.Category, ls.Product, ls.Service)
		}
		key := strings.Join(parts, "\x00")
		if before, ok := first[key]; ok {
			add(&c.found, c.check, r.Key("detection", -1), "remove one of them, or explain it under `related`", "the detection has the same meaning as that of %s", before.Key("detection", -1))
			continue
		}
		first[key] = r
	}
}
