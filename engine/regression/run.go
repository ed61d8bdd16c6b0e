package regression

import (
	"errors"
	"fmt"
	"slices"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Prepare is the rule with the case's filters applied. A filter that covers neither the rule nor one that it joins is
// an error.
func (c *Case) Prepare(r *ir.Rule) (*ir.Rule, error) {
	if err := c.useFilters(append(r.Joined(), r)); err != nil {
		return nil, err
	}
	return c.withFilters(r)
}

// withFilters applies the case's filters to the rule and those that it joins, as far as they cover them.
func (c *Case) withFilters(r *ir.Rule) (*ir.Rule, error) {
	joined := r.Joined()
	rs, err := c.filtered(append([]*ir.Rule{r}, joined...))
	if err != nil {
		return nil, err
	}
	return rs[0].RewriteJoined(func(other *ir.Rule) *ir.Rule {
		if at := slices.Index(joined, other); at >= 0 {
			return rs[1+at]
		}
		return other // a name has it that the condition of this variant does not use
	}), nil
}

// useFilters reports a filter of the case that covers none of the rules.
func (c *Case) useFilters(rs []*ir.Rule) error {
	for _, f := range c.Filters {
		if !slices.ContainsFunc(rs, func(r *ir.Rule) bool { return f.Covers(r.Source) }) {
			return diag.Diagnostic{Code: "filter-covers-nothing", Range: f.Body.Range, Message: "the filter does not apply to the rule",
				Hint: "check the ids and names under `rules`, and the log source"}
		}
	}
	return nil
}

// filtered applies the case's filters to the rules that they cover.
func (c *Case) filtered(rs []*ir.Rule) ([]*ir.Rule, error) {
	out := slices.Clone(rs)
	for _, f := range c.Filters {
		required, found := ir.LowerFilter(f)
		if required == nil {
			return nil, found[0]
		}
		for i, r := range out {
			if f.Covers(r.Source) {
				out[i] = r.Filtered(f, required)
			}
		}
	}
	return out, nil
}

// matchCorrelation takes down what a correlation with the case's filters finds.
func (c *Case) matchCorrelation(tested *ir.Correlation, o *Outcome) error {
	rs := tested.Rules()
	if err := c.useFilters(rs); err != nil {
		return err
	}
	filtered, err := c.filtered(rs)
	if err != nil {
		return err
	}
	return c.match(filtered, tested.Rewrite(func(r *ir.Rule) *ir.Rule { return filtered[slices.Index(rs, r)] }), o)
}

// runCorrelation runs the case against a correlation and everything that it reads.
func (c *Case) runCorrelation(tested *ir.Correlation) Outcome {
	o := Outcome{Case: c.Name, Model: c.Model, At: c.Range, Expected: c.Expect.describe(), Matched: []string{}}
	if err := c.matchCorrelation(tested, &o); err != nil {
		o.problem(err, c.Range)
		return o
	}
	c.compare(&o)
	if len(c.Expect.Details) > 0 {
		o.Failures.Errorf("correlation-details", c.Expect.Range, "test the details of the rules that it reads", "details are available only for rules, and this is a correlation")
	}
	o.Failures.Sort()
	return o
}

// Run runs the case against a rule. RunAll compares it with the case named by same_as.
func (c *Case) Run(r *ir.Rule) Outcome {
	o := Outcome{Case: c.Name, Model: c.Model, At: c.Range, Expected: c.Expect.describe(), Matched: []string{}}
	prepared, err := c.Prepare(r)
	if err == nil {
		err = c.match([]*ir.Rule{prepared}, nil, &o)
	}
	if err != nil {
		o.problem(err, c.Range)
		return o
	}
	wrong := c.compare(&o)
	if err := c.inspect(prepared, &o, wrong); err != nil {
		o.problem(err, c.Range)
	}
	o.Failures.Sort()
	return o
}

// problem reports why a case could not be run. A finding keeps its position.
func (o *Outcome) problem(err error, at diag.Range) {
	if d, ok := err.(diag.Diagnostic); ok {
		o.Failures = append(o.Failures, d)
		return
	}
	o.Failures.Errorf("case-not-run", at, "", "%v", err)
}

// eachSeen reads the events of a case, each with what expectations may name it by.
func (c *Case) eachSeen(m *schema.Model, each func(*event.Event, seen) error) error {
	index := 0
	return c.read(func(ev *event.Event, own bool) error {
		s := seen{id: engine.EventID(m, ev), source: ev.Source, line: ev.Line}
		if own {
			index++
			s.index = index
		}
		return each(ev, s)
	})
}

// incomplete says why an engine cannot have found all matches of a case; nil if it has.
func incomplete(stats engine.Stats, m *schema.Model) error {
	switch {
	case len(stats.Suspended) > 0:
		return errors.New(stats.Suspended[0].Describe())
	case stats.Dropped+stats.Evicted > 0:
		return fmt.Errorf("too many events for one case: %d events that wait for the end of input and %d processes were dropped", stats.Dropped, stats.Evicted)
	case stats.Uncorrelated > 0:
		return fmt.Errorf("too many events for one case: %s dropped, which a correlation or a join would read", matchesAre(stats.Uncorrelated))
	case stats.Timeless > 0:
		return fmt.Errorf("%s no readable time, which a correlation, a join or first_seen needs: %s", matchesHave(stats.Timeless), timesOf(m))
	}
	return nil
}

// match finds the events that match the rule, or the correlation if there is one.
func (c *Case) match(rs []*ir.Rule, tested *ir.Correlation, o *Outcome) error {
	opt, err := c.Options()
	if err != nil {
		return err
	}
	if tested != nil {
		opt.Correlations = tested.Chain()
	}
	e, found := engine.New(rs, opt)
	if len(found) > 0 { // without an error, a rule that is not run would pass every `none`
		return found[0]
	}
	err = c.eachSeen(opt.Model, func(ev *event.Event, s seen) error {
		if err := e.Add(ev); err != nil {
			return err
		}
		s.name, s.field = e.Misspelt(ev)
		o.events = append(o.events, s)
		return nil
	})
	if err != nil {
		return err
	}
	results, stats, err := e.Finish()
	if err != nil {
		return err
	}
	if err := incomplete(stats, opt.Model); err != nil {
		return err
	}
	if stats.Unlike > 0 {
		o.unlike = fmt.Sprintf("%s no readable time, so `suppress` leaves out none of them: %s", matchesHave(stats.Unlike), timesOf(opt.Model))
	}
	for _, res := range results {
		if tested != nil && res.Rule.Source != tested.Source.Body {
			continue
		}
		o.matches = append(o.matches, res.Order())
		o.Matched = append(o.Matched, o.events[res.Order()].label())
	}
	o.Events = len(o.events)
	c.warnOfUnasked(o, stats)
	return nil
}

// warnOfUnasked says why events that do not match would not match whatever the rule says: there are none, they are of
// another log source, or a field that it tests has another name.
func (c *Case) warnOfUnasked(o *Outcome, stats engine.Stats) {
	if stats.Events == 0 {
		o.Warnings.Warnf("case-of-another-log", c.Range, "give it an event of the rule's log source", "the case has no events: none can match, whatever the rule tests")
		return
	}
	if stats.Foreign == stats.Events {
		model := c.Model
		if model == "" {
			model = schema.Plain
		}
		o.Warnings.Warnf("case-of-another-log", c.Range, "give an event what tells its log in data model "+model+": decree explain shows what it lacks",
			"no event of the case is of the rule's log source: none can match, whatever the rule tests")
		return
	}
	matched, told := o.matched(), map[string]bool{}
	for i, s := range o.events {
		if s.name == "" || matched[i] || told[s.name] {
			continue
		}
		told[s.name] = true
		o.Warnings.Warnf("misspelt-event-field", c.Range, "write "+s.field+", or remove it", "event %s has no %s, which the rule tests, but %s", s.label(), s.field, s.name)
	}
}

// explain explains the events with the given indexes.
func (c *Case) explain(r *ir.Rule, chosen []int) (map[int]engine.Explanation, error) {
	opt, err := c.Options()
	if err != nil {
		return nil, err
	}
	x, found := engine.NewExplainer(r, opt)
	if x == nil {
		return nil, found[0]
	}
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	at := 0
	if err := c.read(func(ev *event.Event, _ bool) error {
		_, asked := slices.BinarySearch(chosen, at)
		at++
		return x.Add(ev, asked)
	}); err != nil {
		return nil, err
	}
	explanations, _, err := x.Finish()
	out := map[int]engine.Explanation{}
	for i, one := range explanations {
		one.Expr, one.Atoms = "", nil // a test is about the rule and not about how it was compiled
		out[chosen[i]] = one
	}
	return out, err
}
