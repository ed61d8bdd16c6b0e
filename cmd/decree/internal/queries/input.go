package queries

import "decree/compilers/packages"

// forPackage makes the query that of a package: with a whole schedule, and columns for what its alerts show.
func (c *Result) forPackage() {
	f := c.Target.Format()
	if of := c.Source.Correlation; of != nil {
		c.scheduledCorrelation = packages.ScheduledCorrelation(of, f.Schedule())
		c.show = packages.ShowOfCorrelation(f, of)
		return
	}
	c.scheduled = packages.ScheduledRule(c.Source.IR, f.Schedule())
	c.show = packages.ShowOf(f, c.Source.IR)
}

// Input is what a format packages of a query that was compiled for it.
func (c Result) Input() packages.Input {
	in := packages.Input{Query: c.Query, Show: c.show, Path: c.path}
	if c.scheduledCorrelation != nil {
		in.Rule, in.Correlation = c.scheduledCorrelation.Source.Body, c.scheduledCorrelation
	} else {
		in.Rule = c.scheduled.Source
	}
	return in
}
