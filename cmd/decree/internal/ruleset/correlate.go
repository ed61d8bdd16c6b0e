package ruleset

import (
	"maps"
	"slices"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
)

// readCorrelation is a correlation that is not yet linked to the rules that it reads.
type readCorrelation struct {
	from File
	of   *rules.Correlation
}

// correlate links correlations with the rules that they read, and lowers them.
func (set *Set) correlate() diag.Diagnostics {
	var all []*rules.Rule
	for _, f := range set.parsed {
		all = append(append(all, f.file.Rules...), f.file.Written...)
	}
	from := map[*rules.Correlation]File{}
	var cs []*rules.Correlation
	for _, c := range set.read {
		from[c.of] = c.from
		cs = append(cs, c.of)
	}
	found := set.join(all, cs)
	lowered := map[*rules.Rule]*ir.Rule{}
	for _, r := range set.Rules {
		lowered[r.IR.Source] = r.IR
	}
	linked, unlinked := parse.Link(all, cs)
	found = append(found, unlinked...)
	done, more := ir.LowerCorrelations(linked, lowered)
	set.Correlations = nil
	for _, c := range done {
		set.Correlations = append(set.Correlations, Rule{from[c.Source], unread(c.Source.Body), c})
	}
	return append(found, more...)
}

// unread is a rule whose metadata alone are read: a correlation, or one without a detection.
func unread(body *rules.Rule) *ir.Rule {
	return &ir.Rule{Source: body, Condition: &ir.Const{Base: ir.Base{At: body.Range}, Value: true}}
}

// addCorrelations links the correlations and keeps what is wrong with them.
func (set *Set) addCorrelations() {
	found := set.correlate()
	failed := map[string]bool{}
	for _, d := range set.Found {
		failed[d.Range.File] = failed[d.Range.File] || d.Severity == diag.Error
	}
	for _, c := range set.read {
		set.KeepFile(c.of.Body.Range.File, c.from)
	}
	for _, d := range found {
		if d.Severity == diag.Error && !failed[d.Range.File] {
			failed[d.Range.File] = true
			set.Failed++
		}
	}
	set.Found = append(set.Found, found...)
}

// LoweredCorrelations gives the correlations that the engine runs.
func (set *Set) LoweredCorrelations() []*ir.Correlation {
	out := make([]*ir.Correlation, len(set.Correlations))
	for i, c := range set.Correlations {
		out[i] = c.Correlation
	}
	return out
}

// OnlyRead gives the rules and correlations that the user did not select and a selected correlation reads. They report
// nothing of their own.
func (set *Set) OnlyRead() map[*rules.Rule]bool { return set.onlyRead }

// LogSources gives the log source of a rule, or those of all rules that a correlation reads.
func (r Rule) LogSources() []rules.LogSource {
	if r.Correlation == nil {
		return r.IR.Source.LogSources()
	}
	var out []rules.LogSource
	for _, in := range r.Correlation.Rules() {
		out = append(out, in.Source.LogSources()...)
	}
	return out
}

// join links rules with those that they join. Rules that join one with errors leave the set.
func (set *Set) join(all []*rules.Rule, cs []*rules.Correlation) diag.Diagnostics {
	failed, found := parse.LinkJoins(all, cs)
	set.Rules = slices.DeleteFunc(set.Rules, func(r Rule) bool { return slices.Contains(failed, r.IR.Source) })
	lowered := map[*rules.Rule]*ir.Rule{}
	trees := make([]*ir.Rule, len(set.Rules))
	for i, r := range set.Rules {
		lowered[r.IR.Source], trees[i] = r.IR, r.IR
	}
	linked, more := ir.LinkJoins(trees, lowered)
	bySource := map[*rules.Rule]*ir.Rule{}
	for _, r := range linked {
		bySource[r.Source] = r
	}
	set.Rules = slices.DeleteFunc(set.Rules, func(r Rule) bool { return bySource[r.IR.Source] == nil })
	for i, r := range set.Rules {
		set.Rules[i].IR = bySource[r.IR.Source]
	}
	return append(found, more...)
}

// parts gives the rules that are only parts of a correlation or of another rule: one of their own file reads them and
// does not set generate. A correlation or rule with errors counts too.
func (set *Set) parts() map[*rules.Rule]bool {
	out := set.joinedParts()
	for _, c := range set.read {
		for _, in := range c.of.Inputs {
			body := in.Rule
			if in.Correlation != nil {
				body = in.Correlation.Body
			}
			if body != nil && !c.of.Generate && body.Range.File == c.of.Body.Range.File {
				out[body] = true
			}
		}
	}
	return set.butChosen(out)
}

// joinedParts gives the rules that are only parts of another rule, which joins them.
func (set *Set) joinedParts() map[*rules.Rule]bool {
	out := map[*rules.Rule]bool{}
	for _, f := range set.parsed {
		for _, r := range f.file.Rules {
			for _, j := range r.Joins {
				if j.IsPart(r) {
					out[j.Other] = true
				}
			}
		}
	}
	return set.butChosen(out)
}

// butChosen leaves out of parts what the user chose by its name.
func (set *Set) butChosen(parts map[*rules.Rule]bool) map[*rules.Rule]bool {
	for r := range set.chosen {
		delete(parts, r)
	}
	return parts
}

// Parts gives the rules that are only part of a correlation or of another rule. They report nothing of their own.
func (set *Set) Parts() []Rule {
	parts := set.parts()
	return slices.DeleteFunc(slices.Clone(set.Rules), func(r Rule) bool { return !parts[r.IR.Source] })
}

// Named gives the selected rules that have a detection and the name or the id.
func (set *Set) Named(name string) []Rule {
	return slices.DeleteFunc(slices.Clone(set.Rules), func(r Rule) bool {
		return set.onlyRead[r.IR.Source] || !IsCalled(r.IR.Source, name)
	})
}

// Unjoined gives the selected rules that have a detection, without those that are only parts of a rule that joins them.
func (set *Set) Unjoined() []Rule {
	joined := set.joinedParts()
	return slices.DeleteFunc(slices.Clone(set.Rules), func(r Rule) bool { return set.onlyRead[r.IR.Source] || joined[r.IR.Source] })
}

// Readable gives what Unjoined gives, and if that is nothing, the rules that the selected correlations read.
func (set *Set) Readable() []Rule {
	if all := set.Unjoined(); len(all) > 0 {
		return all
	}
	joined := set.joinedParts()
	return slices.DeleteFunc(slices.Clone(set.Rules), func(r Rule) bool { return joined[r.IR.Source] })
}

// stranded gives parts whose correlation, or whose rule that joins them, has errors. They are not run alone.
func (set *Set) stranded() map[*rules.Rule]bool {
	out := set.parts()
	for _, r := range set.Rules {
		for _, below := range r.IR.Joined() {
			delete(out, below.Source)
		}
	}
	for _, c := range set.Correlations {
		for _, r := range c.Correlation.Rules() {
			delete(out, r.Source)
		}
	}
	return out
}

// Whole gives the rules and correlations that are not part of another. They are tested and compiled.
func (set *Set) Whole() []Rule {
	parts := set.parts()
	return slices.DeleteFunc(set.All(), func(r Rule) bool { return parts[r.IR.Source] || set.onlyRead[r.IR.Source] })
}

// With is the set whose Whole has only some of its rules. All else is the same.
func (set *Set) With(some func(Rule) bool) *Set {
	out := *set
	out.onlyRead = maps.Clone(set.onlyRead)
	if out.onlyRead == nil {
		out.onlyRead = map[*rules.Rule]bool{}
	}
	for _, r := range set.Whole() {
		if !some(r) {
			out.onlyRead[r.IR.Source] = true
		}
	}
	return &out
}
