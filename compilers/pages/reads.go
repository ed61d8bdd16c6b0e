package pages

import (
	"cmp"
	"slices"
	"strings"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/wording"
)

// A detection reads others: a correlation its inputs, a rule those that it joins. Its page says what they look for.

// inputs says what each of a correlation's inputs looks for.
func inputs(c *ir.Correlation) []Block {
	var out []Block
	for _, in := range c.Inputs {
		if in.Rule != nil {
			out = append(out, looksFor(in.Name, in.Rule))
		} else if in.Correlation != nil {
			out = append(out, Fold{Title: whatItLooksFor(in.Name), Blocks: append([]Block{Words{wording.Correlation(in.Correlation)}}, inputs(in.Correlation)...)})
		}
	}
	return out
}

// joinedRules says what each of the rules looks for that a rule joins.
func joinedRules(r *ir.Rule) []Block {
	var out []Block
	for _, other := range joins(r) {
		out = append(out, looksFor(nameOf(other), other))
	}
	return out
}

// joins gives the rules that a rule joins itself, each once. The events that first_seen looks back at are no rule.
func joins(r *ir.Rule) []*ir.Rule {
	var out []*ir.Rule
	for _, j := range r.Joins() {
		if !j.First && j.Rule != nil && !slices.Contains(out, j.Rule) {
			out = append(out, j.Rule)
		}
	}
	return out
}

func nameOf(r *ir.Rule) string { return cmp.Or(r.Source.Title, r.Source.Name) }

// looksFor says what another rule looks for, and where.
func looksFor(name string, r *ir.Rule) Fold {
	var sources []string
	for _, ls := range r.Source.LogSources() {
		sources = append(sources, diag.Visible(ls.Name()))
	}
	blocks := []Block{Facts{{"Log source", plain(strings.Join(sources, ", "))}}, Words{wording.Rule(r)}}
	return Fold{Title: whatItLooksFor(name), Blocks: slices.Concat(blocks, extracts(r), joinedRules(r))}
}

func whatItLooksFor(name string) string { return "What " + diag.Visible(name) + " looks for" }
