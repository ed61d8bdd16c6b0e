package engine

import (
	"maps"
	"slices"

	"decree/engine/correlate"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// copyForReaders has each alert judge what is rare in what its own run reads, as its query does: a rule with a
// prevalence condition that several report of, itself or correlations that read it, is run once for each of them. It
// gives the rules to run, and in the options the correlations. Copies report nothing. Without Options.Now all read the
// whole input, and nothing is copied.
func copyForReaders(rs []*ir.Rule, opt Options) ([]*ir.Rule, Options) {
	readsRarity := func(c *ir.Correlation) bool {
		return slices.ContainsFunc(c.Rules(), func(r *ir.Rule) bool { return ir.AsksPrevalence(r.Condition) })
	}
	if opt.Now.IsZero() || !slices.ContainsFunc(opt.Correlations, readsRarity) {
		return rs, opt
	}
	var foundAgain diag.Diagnostics // New finds the same of the rules themselves
	set := correlate.Compile(opt.Correlations, rs, opt.Silent, &foundAgain)
	silent := map[*rules.Rule]bool{}
	maps.Copy(silent, opt.Silent)
	reporters := countReporters(set, rs, silent)
	shared := func(r *ir.Rule) bool { return reporters[r] > 1 && ir.AsksPrevalence(r.Condition) }

	opt.Silent, opt.copies, opt.inner = silent, map[*ir.Rule]*ir.Rule{}, map[*ir.Correlation]bool{}
	out := slices.Clip(rs)
	var correlations []*ir.Correlation
	for _, c := range opt.Correlations {
		if silent[c.Source.Body] || !slices.ContainsFunc(c.Rules(), shared) {
			correlations = append(correlations, c)
			continue
		}
		own := c.Rewrite(func(r *ir.Rule) *ir.Rule {
			if !shared(r) {
				return r
			}
			copied, source := *r, *r.Source
			copied.Source = &source
			silent[&source], opt.copies[&copied] = true, r
			out = append(out, &copied)
			return &copied
		})
		for _, below := range own.Chain() {
			if below != own {
				source, body := *below.Source, *below.Source.Body
				source.Body, below.Source = &body, &source
				silent[&body], opt.inner[below] = true, true
			}
			correlations = append(correlations, below)
		}
	}
	opt.Correlations = correlations
	return out, opt
}

// countReporters counts what reports matches of each rule: itself, and the correlations that read it. What reports
// nothing is added to silent.
func countReporters(set *correlate.Set, rs []*ir.Rule, silent map[*rules.Rule]bool) map[*ir.Rule]int {
	reporters := map[*ir.Rule]int{}
	for i, r := range rs {
		if set.Rule(i).Silent {
			silent[r.Source] = true
		} else {
			reporters[r]++
		}
	}
	for _, c := range set.All {
		if c.Silent {
			silent[c.IR.Source.Body] = true
			continue
		}
		for _, r := range c.IR.Rules() {
			reporters[r]++
		}
	}
	return reporters
}

// original is the rule as the caller knows it.
func (r *rule) original() *ir.Rule {
	if r.copyOf != nil {
		return r.copyOf
	}
	return r.ir
}
