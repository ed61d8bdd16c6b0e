package engine

import (
	"cmp"
	"slices"
	"time"

	"decree/engine/event"
	"decree/rules/ir"
)

// Profile says where the time of a run went, added up over its workers. It is measured with
// Options.Measure only, which slows the run down a little.
type Profile struct {
	Bytes   int           // of the events
	Read    time.Duration // reading the events' JSON and finding their log sources
	Find    time.Duration // finding the rules that may match
	Ask     time.Duration // asking them
	Finish  time.Duration // ancestors and rarity, at the end of the input
	ByRules []RuleCost    // rules that were asked at all
}

// RuleCost is what one rule cost.
type RuleCost struct {
	Rule    *ir.Rule
	Asked   int // events on which it was a candidate
	Matched int
	Time    time.Duration
}

// Add adds the profile of another engine of the same run.
func (p *Profile) Add(o *Profile) {
	p.Bytes += o.Bytes
	p.Read += o.Read
	p.Find += o.Find
	p.Ask += o.Ask
	p.Finish += o.Finish
	for _, cost := range o.ByRules {
		at := slices.IndexFunc(p.ByRules, func(c RuleCost) bool { return c.Rule == cost.Rule })
		if at < 0 {
			p.ByRules = append(p.ByRules, cost)
			continue
		}
		p.ByRules[at].Asked += cost.Asked
		p.ByRules[at].Matched += cost.Matched
		p.ByRules[at].Time += cost.Time
	}
	slices.SortStableFunc(p.ByRules, func(a, b RuleCost) int { return cmp.Compare(b.Time, a.Time) })
}

// costs are a matcher's own measurements; nil measures nothing.
type costs struct {
	bytes           int
	read, find, ask time.Duration
	units           []RuleCost // by unit
}

func (p *plan) newCosts() *costs {
	if !p.opt.Measure {
		return nil
	}
	return &costs{units: make([]RuleCost, len(p.units))}
}

// now is the time at which a measurement begins; zero if nothing is measured.
func (c *costs) now() time.Time {
	if c == nil {
		return time.Time{}
	}
	return time.Now()
}

// loaded takes down what reading an event cost, and gives the time.
func (c *costs) loaded(in event.Input, began time.Time) time.Time {
	if c == nil {
		return began
	}
	now := time.Now()
	c.bytes += in.Size()
	c.read += now.Sub(began)
	return now
}

// found takes down what finding candidates cost.
func (c *costs) found(began time.Time) {
	if c != nil {
		c.find += time.Since(began)
	}
}

// asked takes down what asking a unit cost.
func (c *costs) asked(unit int, began time.Time, matched bool) {
	if c == nil {
		return
	}
	took := time.Since(began)
	c.ask += took
	u := &c.units[unit]
	u.Asked++
	u.Time += took
	if matched {
		u.Matched++
	}
}

// Profile adds up what the workers measured; nil without Options.Measure. Call it after Finish.
func (e *Engine) Profile() *Profile {
	if !e.opt.Measure {
		return nil
	}
	out := &Profile{Finish: e.finishing}
	byRule := make([]RuleCost, len(e.rules))
	for _, m := range append(e.workers, e.main) {
		out.Bytes += m.costs.bytes
		out.Read += m.costs.read
		out.Find += m.costs.find
		out.Ask += m.costs.ask
		for i, u := range m.costs.units {
			of := e.units[i].rule
			if of.copyOf != nil { // it is asked of the same events
				byRule[e.compiledRule(of.copyOf).order].Time += u.Time
				continue
			}
			r := &byRule[of.order]
			r.Asked += u.Asked
			r.Matched += u.Matched
			r.Time += u.Time
		}
	}
	for i, r := range byRule {
		if r.Asked > 0 {
			r.Rule = e.rules[i].ir
			out.ByRules = append(out.ByRules, r)
		}
	}
	slices.SortStableFunc(out.ByRules, func(a, b RuleCost) int { return cmp.Compare(b.Time, a.Time) })
	return out
}
