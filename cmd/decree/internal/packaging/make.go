// Package packaging makes packages of a rule set: what the products of its targets deploy. In: rules and targets. Out:
// files of an output folder, what each rule became, and all findings.
package packaging

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

// Package is one rule in one target.
type Package struct {
	Rule   string `json:"rule"`
	RuleID string `json:"rule_id,omitempty"`
	Target string `json:"target"`
	Format string `json:"format"`
	packages.Made
	Source ruleset.Rule `json:"-"`
	Title  string       `json:"-"` // of the format
	// Replaces says what installing the package removes from the product; empty if it is nothing.
	Replaces string `json:"-"`
}

// Made is all that was made.
type Made struct {
	Packages []Package
	Queries  []queries.Result // also of rules without a package
	Files    []output.File
	Found    diag.Diagnostics // of queries and packages
	left     map[leftOut]diag.Diagnostics

	unpackable map[leftOut]bool // rules that the project leaves out, and that the package could not have
}

// leftOut is a rule that the package of a target does not have.
type leftOut struct {
	target string
	rule   *rules.Rule
}

// NotPackaged gives the errors for which a rule has a query and is not in the package of its target. It is empty if the
// rule is packaged, if its query is refused, skipped or left out by the project, and if its log source is not of the
// package's product.
func (m Made) NotPackaged(q queries.Result) diag.Diagnostics {
	if q.Query == nil {
		return nil
	}
	return m.left[leftOut{q.Target.Name, q.Source.IR.Source}]
}

// Refusal gives the errors for which the package of a target has no query of a rule whose query is refused there.
func (m Made) Refusal(q queries.Result) diag.Diagnostics {
	if q.Query != nil {
		return nil
	}
	return m.left[leftOut{q.Target.Name, q.Source.IR.Source}]
}

// SameID tells whether two rules have one id in a product.
func (m Made) SameID() bool {
	return slices.ContainsFunc(m.Found, func(d diag.Diagnostic) bool { return d.Code == packages.SameID })
}

// SameIDs gives the errors that Make gives for two rules with one id in a product. Only rules that could be such are
// compiled, so that rules that all have an id of their own cost nothing.
func SameIDs(set *ruleset.Set, chosen []targets.Target, opt queries.Options) (diag.Diagnostics, error) {
	known := map[string][]ruleset.Rule{}
	for _, r := range set.Whole() {
		key := packages.Key(r.IR.Source)
		known[key] = append(known[key], r)
	}
	alike := set.With(func(r ruleset.Rule) bool { return len(known[packages.Key(r.IR.Source)]) > 1 })
	if len(alike.Whole()) == 0 {
		return nil, nil
	}
	made, err := Make(alike, chosen, opt, func(t targets.Target) string { return t.Name })
	return slices.DeleteFunc(made.Found, func(d diag.Diagnostic) bool { return d.Code != packages.SameID }), err
}

// Unpackable tells whether the package of a target could not have a rule that the project leaves out of the target.
func (m Made) Unpackable(q queries.Result) bool {
	return m.unpackable[leftOut{q.Target.Name, q.Source.IR.Source}]
}

// Make makes the packages of targets that have a format. folder is that of each target's package in the output.
func Make(set *ruleset.Set, chosen []targets.Target, opt queries.Options, folder func(targets.Target) string) (Made, error) {
	out := Made{left: map[leftOut]diag.Diagnostics{}, unpackable: map[leftOut]bool{}}
	opt.Package = true
	var err error
	if out.Queries, err = queries.Compile(set, chosen, opt); err != nil {
		return out, err
	}
	for _, t := range chosen {
		out.add(set, t, folder(t))
	}
	return out, nil
}

// contents are what the package of a target is made of.
type contents struct {
	inputs []packages.Input
	spared []packages.Input // of rules that the project leaves out
	names  map[*rules.Rule]queries.Result
}

// choose sorts the queries of a target.
func (m *Made) choose(set *ruleset.Set, t targets.Target) contents {
	c := contents{names: map[*rules.Rule]queries.Result{}}
	for _, r := range m.Queries {
		if r.Target.Name != t.Name {
			continue
		}
		set.KeepRule(r.Source)
		m.Found = append(m.Found, r.Found...)
		switch {
		case r.Query != nil:
			in := r.Input()
			c.inputs, c.names[in.Rule] = append(c.inputs, in), r
		case r.LeftOut:
			if one, says := r.Included(); says {
				in := one.Input()
				c.spared, c.names[in.Rule] = append(c.spared, in), r
			} else {
				m.unpackable[leftOut{t.Name, r.Source.IR.Source}] = true
			}
		case !r.Skipped:
			m.left[leftOut{t.Name, r.Source.IR.Source}] = r.Found.OnlyErrors()
		}
	}
	return c
}

// add makes the package of a target, in a folder of the output.
func (m *Made) add(set *ruleset.Set, t targets.Target, folder string) {
	c := m.choose(set, t)
	settings := packages.Settings{Target: t.Name, NearRealTime: t.NearRealTime, Scope: t.Scope, App: t.App}
	made := t.Format().Package(settings, c.inputs)
	replaces := ""
	if f, ok := t.Format().(packages.Replacing); ok {
		replaces = f.Replaces()
	}
	if len(c.spared) > 0 {
		for _, l := range t.Format().Package(settings, c.spared).Left {
			m.unpackable[leftOut{t.Name, c.names[l.Rule].Source.IR.Source}] = true
		}
	}
	m.Found = append(m.Found, made.Found...)
	for _, l := range made.Left {
		m.left[leftOut{t.Name, c.names[l.Rule].Source.IR.Source}] = l.Why
	}
	for _, f := range made.Files {
		m.Files = append(m.Files, output.File{Path: path.Join(folder, f.Path), Text: f.Text, Binary: f.Binary, From: from(f.Rules)})
	}
	for _, one := range made.Made {
		for i, file := range one.Files {
			one.Files[i] = path.Join(folder, file)
		}
		r := c.names[one.Rule]
		m.Packages = append(m.Packages, Package{Rule: r.Rule, RuleID: r.Source.IR.Source.ID, Target: t.Name, Format: t.Package, Made: one, Source: r.Source, Title: t.Format().Title(), Replaces: replaces})
	}
}

// from names the rules of a file, for messages.
func from(of []*rules.Rule) string {
	if len(of) == 0 {
		return "the package"
	}
	names := make([]string, min(len(of), 3))
	for i := range names {
		names[i] = fmt.Sprintf("%q (%s)", of[i].Title, of[i].Range)
	}
	return strings.Join(names, ", ")
}
