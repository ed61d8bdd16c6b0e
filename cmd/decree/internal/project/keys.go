package project

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/rules"
	"decree/rules/source"
)

// projectKeys are the keys of a project file, in the order in which they are read: targets name models.
var projectKeys = []key[Project]{
	{"title", func(r *reader, p *Project, n *yaml.Node) { r.Prose(&p.Title, n, "title") }},
	{"rules", func(r *reader, p *Project, n *yaml.Node) { p.Rules = r.paths(n, "rules") }},
	{"filters", func(r *reader, p *Project, n *yaml.Node) { p.Filters = r.paths(n, "filters") }},
	{"lists", func(r *reader, p *Project, n *yaml.Node) { p.Lists = r.paths(n, "lists") }},
	{"models", (*reader).readModels},
	{"tests", func(r *reader, p *Project, n *yaml.Node) { readKeys(r, n, "tests", testKeys, &p.Tests) }},
	{"lint", func(r *reader, p *Project, n *yaml.Node) { readKeys(r, n, "lint", lintKeys, &p.Lint) }},
	{"approximate", func(r *reader, p *Project, n *yaml.Node) {
		p.Approximate = r.words("unknown-gap", n, append([]string{"all"}, compilers.GapCodes()...))
	}},
	{"fail_on", func(r *reader, p *Project, n *yaml.Node) { p.FailOn = r.words("invalid-outcome", n, outcomes()) }},
	{"targets", (*reader).targets},
	{"docs", (*reader).docs},
}

// testKeys are the keys of `tests`.
var testKeys = []key[Tests]{
	{"require", func(r *reader, t *Tests, n *yaml.Node) { t.Require = r.words("invalid-status", n, rules.Statuses()) }},
	{"min_coverage", func(r *reader, t *Tests, n *yaml.Node) { t.MinCoverage = r.percent(n) }},
}

// outcomes lists what may fail a build: a rule that a target refuses or cannot package, and one that it skips.
func outcomes() []string { return []string{Refused, Skipped} }

// What becomes of a rule that has no query: a target cannot say it, or its log source is not of the target's product.
const (
	Refused = "refused"
	Skipped = "skipped"
)

// FailsOn tells whether an outcome fails a build.
func (p *Project) FailsOn(outcome string) bool { return slices.Contains(p.FailOn, outcome) }

func (r *reader) percent(n *yaml.Node) float64 {
	if source.IsNull(n) {
		return 0
	}
	v := r.Number(n)
	if v < 0 || v > 100 {
		r.Errorf("invalid-number", r.Span(n), "write a number from 0 to 100", "%q is not a percentage", n.Value)
	}
	return v
}
