package queries

import (
	"path/filepath"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
	"decree/rules/diag"
)

// LeavesOut tells whether the project leaves a rule out of a target on purpose.
func LeavesOut(t targets.Target, r ruleset.Rule) bool {
	for _, e := range t.Except {
		if covers(e, r) {
			return true
		}
	}
	return false
}

func covers(e targets.Exception, r ruleset.Rule) bool {
	file := ""
	if r.File.Disk != "" {
		file = filepath.Join(r.File.Disk, filepath.FromSlash(r.File.Path))
	}
	return e.Covers(r.IR.Source, file)
}

// leaveOut takes the query of a rule that the target leaves out on purpose, and why there is none. What would become of
// the rule is kept for Needless.
func (c *Result) leaveOut() {
	c.would, c.Query, c.Indices, c.passedOver = c.Query, nil, nil, nil
	c.LeftOut, c.Skipped = true, false
	c.Found = diag.Diagnostics{compilers.LeftOut(c.Target.Name, c.Source.IR.Source)}
}

// Included is the result without the exception of the project. It tells false for a rule that the target does not leave
// out, and for one that it cannot say.
func (c Result) Included() (Result, bool) {
	c.Query = c.would
	return c, c.LeftOut && c.would != nil
}

// UnusedExceptions warns about entries of `except` that mean none of the rules. They are all rules of the project.
func UnusedExceptions(of []targets.Target, all []ruleset.Rule) (found diag.Diagnostics) {
	var names []string
	for _, r := range all {
		names = append(names, r.IR.Source.ID, r.IR.Source.Name, r.File.Path)
	}
	for _, t := range of {
		for _, e := range t.Except {
			if !hasRule(e, all) {
				found.Warnf("unused-exception", e.At, diag.DidYouMean(e.Text, names, "remove it; a file or folder is relative to this file"), "no rule of the project is %q, so %s leaves nothing out for it", e.Text, t.Name)
			}
		}
	}
	return found
}

func hasRule(e targets.Exception, all []ruleset.Rule) bool {
	for _, r := range all {
		if covers(e, r) {
			return true
		}
	}
	return false
}

// NeedlessExceptions warns about entries of `except` for which the target could write every rule that they mean, and
// package it. unpackable tells whether the target's package would not take a rule.
func NeedlessExceptions(results []Result, unpackable func(Result) bool) (found diag.Diagnostics) {
	type place struct {
		target string
		at     diag.Range
	}
	type entry struct {
		place
		text   string
		titles []string // of the rules that it means
		needed bool
	}
	var entries []*entry
	at := map[place]*entry{}
	for _, c := range results {
		for _, e := range c.Target.Except {
			if !c.LeftOut || !covers(e, c.Source) {
				continue
			}
			here := place{c.Target.Name, e.At}
			if at[here] == nil {
				at[here] = &entry{place: here, text: e.Text}
				entries = append(entries, at[here])
			}
			of := at[here]
			of.titles = append(of.titles, c.Source.IR.Source.Title)
			one, says := c.Included()
			of.needed = of.needed || !says || unpackable(one)
		}
	}
	for _, e := range entries {
		if e.needed {
			continue
		}
		shown := strings.Join(e.titles[:min(len(e.titles), 3)], ", ")
		if len(e.titles) > 3 {
			shown += " ..."
		}
		found.Warnf("needless-exception", e.at, "remove it; or accept this with `lint: {severity: {needless-exception: off}}`", "%s leaves out %q, and can say all that it means: %s", e.target, e.text, shown)
	}
	return found
}
