// Package fidelity reports how faithful the queries of a rule set are: exact, approximate, refused, skipped or left
// out, and why. In: queries and packages. Out: counts and tables, as text, JSON or Markdown.
package fidelity

import (
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
	"decree/rules/diag"
)

// Report says how faithful each rule is in each target.
type Report struct {
	Targets []targetCount `json:"targets"`
	// why rules are skipped, refused, approximate, too long to deploy, not packaged, or not searched in all logs
	Reasons []reasonCount  `json:"reasons"`
	Rules   []ruleFidelity `json:"rules"`
}

type targetCount struct {
	Target      string `json:"target"`
	Rules       int    `json:"rules"`
	Exact       int    `json:"exact"`
	Approximate int    `json:"approximate"`
	HandWritten int    `json:"hand_written,omitempty"` // nothing compares them with the rule
	Refused     int    `json:"refused"`
	Skipped     int    `json:"skipped"`                // another product's
	LeftOut     int    `json:"left_out,omitempty"`     // by the project, on purpose
	NotPackaged int    `json:"not_packaged,omitempty"` // rules with a query that the package of the target leaves out
	// queries that the product answers from an index of terms
	Indexed int `json:"indexed"`
}

type reasonCount struct {
	Target  string `json:"target"`
	Code    string `json:"code"`
	Rules   int    `json:"rules"`
	Example string `json:"example"`
	// LogSources are those that the target lacks, if that is the reason: the most frequent first.
	LogSources []logSourceCount `json:"log_sources,omitempty"`
}

type ruleFidelity struct {
	Rule    string           `json:"rule"`
	ID      string           `json:"rule_id"`
	File    string           `json:"file"`
	Targets []targetFidelity `json:"targets"`
}

type targetFidelity struct {
	Target   string           `json:"target"`
	Model    string           `json:"model"`
	Fidelity string           `json:"fidelity"` // exact, approximate, hand-written, refused, skipped or left out
	Indexed  bool             `json:"indexed,omitempty"`
	Notes    []compilers.Note `json:"notes,omitempty"`
	Findings diag.Diagnostics `json:"findings,omitempty"`
	// NotPackaged are the errors for which the package of the target leaves the rule out.
	NotPackaged diag.Diagnostics `json:"not_packaged,omitempty"`
}

// New sums up results. They come by target, with the rules in the same order in each. made has the packages of the
// targets, and nothing if none are made.
func New(results []queries.Result, chosen []targets.Target, made packaging.Made) Report {
	out := Report{Targets: []targetCount{}, Reasons: []reasonCount{}, Rules: []ruleFidelity{}}
	if len(chosen) == 0 {
		return out
	}
	each := len(results) / len(chosen)
	for i := range each {
		m := results[i].Source.IR.Source
		out.Rules = append(out.Rules, ruleFidelity{Rule: m.Title, ID: m.ID, File: m.Range.File})
	}
	for t, d := range chosen {
		count, why := targetCount{Target: d.Name, Rules: each}, newTally(d.Name)
		for i, r := range results[t*each : (t+1)*each] {
			f := targetFidelity{Target: d.Name, Model: r.Model, Fidelity: Of(r), Findings: r.Found, NotPackaged: made.NotPackaged(r)}
			if r.Query != nil {
				f.Notes, f.Indexed = r.Query.Notes, r.Query.Indexed
			}
			out.Rules[i].Targets = append(out.Rules[i].Targets, f)
			count.add(f)
			why.add(r, f.NotPackaged)
		}
		out.Targets = append(out.Targets, count)
		out.Reasons = append(out.Reasons, why.reasons()...)
	}
	return out
}

// add counts a rule.
func (c *targetCount) add(f targetFidelity) {
	switch f.Fidelity {
	case "exact":
		c.Exact++
	case "approximate":
		c.Approximate++
	case compilers.HandWritten:
		c.HandWritten++
	case "skipped":
		c.Skipped++
	case LeftOut:
		c.LeftOut++
	default:
		c.Refused++
	}
	if f.Indexed {
		c.Indexed++
	}
	if len(f.NotPackaged) > 0 {
		c.NotPackaged++
	}
}

// NotPackaged counts the rules that packages leave out, once for each target.
func (r Report) NotPackaged() int {
	n := 0
	for _, t := range r.Targets {
		n += t.NotPackaged
	}
	return n
}
