package lint

import (
	"path"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// collection is all the rules under a check of what they have in common.
type collection struct {
	rules   []*rules.Rule
	lowered []*ir.Rule
	check   Check
	found   diag.Diagnostics
}

var setChecks = []Check{
	{Code: "duplicate-id", Severity: diag.Warning, set: func(c *collection) {
		c.twice("id", "give each rule an id of its own, for example with `uuidgen`", "the id %s is also that of %s", func(r *rules.Rule) string { return strings.ToLower(r.ID) })
	}},
	{Code: "duplicate-title", Severity: diag.Warning, set: func(c *collection) {
		c.twice("title", "say in the title how the rules differ", "the title %q is also that of %s", func(r *rules.Rule) string { return r.Title })
	}},
	{Code: "name-used-twice", Severity: diag.Warning, set: func(c *collection) {
		c.twice("name", "give each rule a name of its own: others refer to it by that", "the name %q is also that of %s", func(r *rules.Rule) string { return r.Name })
	}},
	{Code: "duplicate-filename", Severity: diag.Warning, set: func(c *collection) {
		c.twice("", "rename one of the files", "the file name %s is also that of %s", func(r *rules.Rule) string { return path.Base(r.Range.File) })
	}},
	{Code: "same-detection", Severity: diag.Info, set: sameDetection},
}

// twice reports what a rule shares with an earlier one of another file (of the same file, for all but names of files).
func (c *collection) twice(key, hint, format string, of func(*rules.Rule) string) {
	first := map[string]*rules.Rule{}
	for _, r := range c.rules {
		v := of(r)
		if v == "" {
			continue
		}
		before, ok := first[v]
		if !ok {
			first[v] = r
			continue
		}
		at, other := diag.Range{File: r.Range.File}, before.Range.File
		if key != "" {
			at, other = r.Key(key, -1), before.Key(key, -1).String()
		} else if before.Range.File == r.Range.File {
			continue // documents of one file
		}
		add(&c.found, c.check, at, hint, format, v, other)
	}
}

// sameDetection reports rules that mean the same on the same log.
func sameDetection(c *collection) {
	first := map[string]*rules.Rule{}
	for i, r := range c.rules {
		if c.lowered[i] == nil {
			continue
		}
		ls := r.LogSource
		key := strings.Join([]string{ls.Category, ls.Product, ls.Service, meaning(c.lowered[i].Condition)}, "\x00")
		if before, ok := first[key]; ok {
			add(&c.found, c.check, r.Key("detection", -1), "remove one of them, or say in `related` what became of it", "this detection means the same as that of %s", before.Key("detection", -1))
			continue
		}
		first[key] = r
	}
}
