package queries

import (
	"slices"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules/diag"
)

// forPackage makes the query that of a package: with a whole schedule, and columns for what its alerts show.
func (c *Result) forPackage() {
	f := c.Target.Format()
	c.packaged = true
	if of := c.Source.Correlation; of != nil {
		c.scheduledCorrelation = packages.ScheduledCorrelation(of, f.Schedule())
		c.show = packages.ShowOfCorrelation(f, of)
		return
	}
	c.scheduled = packages.ScheduledRule(c.Source.IR, f.Schedule())
	c.show = packages.ShowOf(f, c.Source.IR)
}

// writeForPackage writes the query as the package needs it. What a query cannot do with the name of a place, it does
// with the place itself. It ends at the run where to end before it would make it read more than the product shows.
func (c *Result) writeForPackage(opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	own, f := opt.Scope, c.Target.Format()
	opt = packages.OptionsOf(f, c.Input(), opt)
	q, found := c.write(opt)
	if packages.DelayTooLong(f, c.Input(), opt, q) {
		opt.Delay = 0
		q, found = c.write(opt)
	}
	if q == nil && slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "scope-macro" }) {
		opt.Scope = own
		q, found = c.write(opt)
	}
	c.places = opt.Scope
	return q, found
}

// Input is what a format packages of a query that was compiled for it.
func (c Result) Input() packages.Input {
	in := packages.Input{Query: c.Query, Show: c.show, Places: c.places, Path: c.path}
	if c.scheduledCorrelation != nil {
		in.Rule, in.Correlation = c.scheduledCorrelation.Source.Body, c.scheduledCorrelation
	} else {
		in.Rule = c.scheduled.Source
	}
	return in
}
