// Package packaging makes packages of a rule set: what the products of its targets deploy. In: rules and targets. Out: files of an output folder,
// what each rule became, and all findings.
package packaging

import (
	"fmt"
	"path"
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

// NotPackaged gives the errors for which a rule has a query and is not in the package of its target. It is empty if the rule is packaged, if its query is refused,
// skipped or left out by the project, and if its log source is not of the package's product.
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

// Unpackable tells whether the package of a target could not have a rule that the project leaves out of the target.
func (m Made) Unpackable(q queries.Result) bool {
	return m.unpackable[leftOut{q.Target.Name, q.Source.IR.Source}]
}

// Make makes the packages of targets that have a format. folder is that of each target's package in the output.
func Make(set *ruleset.Set, chosen []targets.Target, opt queries.Options, folder func(targets.Target) string) (Made, error) {
	out := Made{left: map[leftOut]diag.Diagnostics{}, unpackable: map[leftOut]bool{}}
	opt.Package = true
	results, err := queries.Compile(set, chosen, opt)
	if err != nil {
		return out, err
	}
	out.Queries = results
	for _, t := range chosen {
		var inputs, spared []packages.Input // spared: of rules that the project leaves out
		names := map[*rules.Rule]queries.Result{}
		for _, r := range results {
			if r.Target.Name != t.Name {
				continue
			}
			set.KeepRule(r.Source)
			out.Found = append(out.Found, r.Found...)
			switch {
			case r.Query != nil:
				in := r.Input()
				inputs = append(inputs, in)
				names[in.Rule] = r
			case r.LeftOut:
				if one, says := r.Included(); says {
					in := one.Input()
					spared, names[in.Rule] = append(spared, in), r
				} else {
					out.unpackable[leftOut{t.Name, r.Source.IR.Source}] = true
				}
			case !r.Skipped:
				out.left[leftOut{t.Name, r.Source.IR.Source}] = r.Found.OnlyErrors()
			}
		}
		settings := packages.Settings{Target: t.Name, NearRealTime: t.NearRealTime, Scope: t.Scope, App: t.App}
		made := t.Format().Package(settings, inputs)
		if len(spared) > 0 {
			for _, l := range t.Format().Package(settings, spared).Left {
				out.unpackable[leftOut{t.Name, names[l.Rule].Source.IR.Source}] = true
			}
		}
		out.Found = append(out.Found, made.Found...)
		for _, l := range made.Left {
			out.left[leftOut{t.Name, names[l.Rule].Source.IR.Source}] = l.Why
		}
		for _, f := range made.Files {
			out.Files = append(out.Files, output.File{Path: path.Join(folder(t), f.Path), Text: f.Text, Binary: f.Binary, From: from(f.Rules)})
		}
		for _, m := range made.Made {
			for i, file := range m.Files {
				m.Files[i] = path.Join(folder(t), file)
			}
			r := names[m.Rule]
			out.Packages = append(out.Packages, Package{Rule: r.Rule, RuleID: r.Source.IR.Source.ID, Target: t.Name, Format: t.Package, Made: m, Source: r.Source, Title: t.Format().Title()})
		}
	}
	return out, nil
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
