package regression

import (
	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
)

// Trial is a case whose events are read once, so that many variants of its rule can be run on them. It ignores details
// of single events and same_as.
type Trial struct {
	of     *Case
	opt    engine.Options
	events []*event.Event
	seen   []seen
}

// Trial reads the case's events.
func (c *Case) Trial() (*Trial, error) {
	opt, err := c.Options()
	if err != nil {
		return nil, err
	}
	t := &Trial{of: c, opt: opt}
	err = c.eachSeen(opt.Model, func(ev *event.Event, s seen) error {
		t.events, t.seen = append(t.events, ev), append(t.seen, s)
		return nil
	})
	return t, err
}

// Matched gives for each rule the indexes of the events that match it. A rule that cannot be run is an error. A variant
// may no longer join a rule that a filter of the case covers.
func (t *Trial) Matched(rs []*ir.Rule) ([][]int, error) {
	prepared := make([]*ir.Rule, len(rs))
	at := make(map[*ir.Rule]int, len(rs))
	for i, r := range rs {
		p, err := t.of.withFilters(r)
		if err != nil {
			return nil, err
		}
		prepared[i], at[p] = p, i
	}
	e, found := engine.New(prepared, t.opt)
	if len(found) > 0 {
		return nil, found[0]
	}
	for _, ev := range t.events {
		if err := e.Add(ev); err != nil {
			return nil, err
		}
	}
	results, _, err := e.Finish()
	out := make([][]int, len(rs))
	for _, res := range results {
		i := at[res.Rule]
		out[i] = append(out[i], res.Order())
	}
	return out, err
}

// AsExpected tells whether the matching events are the expected ones.
func (t *Trial) AsExpected(matched []int) bool {
	o := Outcome{events: t.seen, matches: matched}
	for _, i := range matched {
		o.Matched = append(o.Matched, t.seen[i].label())
	}
	t.of.compare(&o)
	return o.Passed()
}
