package queries

import (
	"slices"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

// written takes the query that the rule has for the target, if it has one. Without a detection a rule has no other: it
// is then skipped. It tells whether nothing is to compile.
func (c *Result) written() bool {
	body := c.Source.IR.Source
	if c.scheduled != nil {
		body = c.scheduled.Source
	} else if c.scheduledCorrelation != nil {
		body = c.scheduledCorrelation.Source.Body
	}
	q := body.QueryFor(c.Target.Answers()...)
	switch {
	case q != nil:
		c.Query, c.Indices = compilers.Written(body, q, c.Target.Dialect), q.Index
		c.show = compilers.Show{}
		if c.filtered() {
			c.Found = compilers.NotFiltered(q)
		}
	case c.Source.Correlation == nil && body.OnlyWritten():
		c.Skipped = true
		c.Found = diag.Diagnostics{compilers.WithoutQuery(c.Target.Name, body)}
	default:
		return false
	}
	return true
}

// filtered tells whether a filter covers the rule, or one that the correlation reads.
func (c *Result) filtered() bool {
	if c.Source.Correlation != nil {
		return slices.ContainsFunc(c.Source.Correlation.Rules(), func(r *ir.Rule) bool { return len(r.Required()) > 0 })
	}
	return len(c.Source.IR.Required()) > 0
}
