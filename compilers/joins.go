package compilers

import (
	"decree/rules/diag"
	"decree/rules/ir"
)

// JoinsInCorrelation refuses correlations of rules with joins: such a rule's matches are known only after what its
// joins look for has come, which the windows of a correlation's query do not wait for.
func JoinsInCorrelation(dialect string, c *ir.Correlation) diag.Diagnostics {
	var found diag.Diagnostics
	for _, r := range c.Rules() {
		if joins := r.Joins(); len(joins) > 0 {
			section := "joins"
			if joins[0].First {
				section = "first_seen"
			}
			found.Errorf("correlation-join", joins[0].Range(), "correlate a rule without "+section+", or use `decree run`", "%s: a correlation cannot read a rule with %s", dialect, section)
		}
	}
	return found
}
