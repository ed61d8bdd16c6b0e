package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"decree/engine/event"
)

// Correlated is what a result says of the matches that its correlation counted.
type Correlated struct {
	Group  []Fact  `json:"group,omitempty"` // the values that it was grouped by
	Count  int     `json:"count"`           // matches in the window
	Value  float64 `json:"value"`           // what the condition compared: a count, a number of values, or a number computed over them
	First  string  `json:"first"`           // time of the window's first match
	Events []Seen  `json:"events"`          // the first of them in time, at most 10
}

// Seen is a match that a correlation counted.
type Seen struct {
	Rule   string `json:"rule"`
	ID     string `json:"event_id"`
	Source string `json:"source"`
	Line   int    `json:"line"`
}

// maxShownEvents bounds the matches that one result names.
const maxShownEvents = 10

// reported is a match of a correlation that has results.
type reported struct {
	order     int
	of, match int32 // the position of the correlation, and of its match
}

// correlate evaluates all correlations, and gives the results of those that report, one by one.
func (e *Engine) correlate(give func(Result)) error {
	v := e.evaluation(e.occurrences.byRule)
	var all []reported
	for i, c := range e.correlations {
		var seen *observer
		if e.opt.Observe {
			seen = newObserver(c)
		}
		v.find(c, seen)
		if seen != nil {
			e.nearness = append(e.nearness, seen.report())
		}
		if !c.silent {
			all = v.report(int32(i), all)
		}
	}
	slices.SortStableFunc(all, func(a, b reported) int { return cmp.Or(a.order-b.order, int(a.of-b.of)) })
	for _, r := range all {
		c := e.correlations[r.of]
		result, err := v.result(c, v.of[c].matches[r.match])
		if err != nil {
			return err
		}
		give(result)
	}
	e.occurrences = newOccurrences(&eventStore{})
	return nil
}

// report lists the matches of a correlation whose event lies in its lookback.
func (v *evaluation) report(of int32, to []reported) []reported {
	c := v.e.correlations[of]
	found := v.of[c]
	to = slices.Grow(to, len(found.matches))
	now, lookback := v.e.opt.Now, c.rule.ir.Source.Schedule.Lookback
	for i, m := range found.matches {
		k := v.kept.at(found.completing(m).occurrence)
		if at := k.time(); !now.IsZero() && lookback > 0 && (at.After(now) || at.Before(now.Add(-lookback))) {
			continue
		}
		to = append(to, reported{k.order, of, int32(i)})
	}
	return to
}

// result describes a match: it is that of the event that completed it.
func (v *evaluation) result(c *correlation, m completion) (Result, error) {
	found := v.of[c]
	g, by := found.groups[m.group], found.completing(m)
	k := v.kept.at(by.occurrence)
	of := &Correlated{Count: int(m.end - m.first), Value: m.value, First: v.kept.at(g[m.first].occurrence).time().Format(time.RFC3339Nano)}
	fields := map[string]any{}
	for _, column := range c.ir.GroupBy {
		text, _ := v.text(c, column, by)
		of.Group = append(of.Group, Fact{column.Name, text})
		fields[column.Name] = text
	}
	for _, counted := range g[m.first:min(m.end, m.first+maxShownEvents)] {
		of.Events = append(of.Events, v.seen(c, counted))
	}
	source := v.kept.sources[k.source]
	r := Result{Rule: c.rule.ir, EventID: v.kept.id(by.occurrence), Correlated: of, order: k.order, at: k.time(), rule: c.rule}
	data, err := v.kept.event(k)
	if err == nil && data != nil {
		data = slices.Clone(data)
		if fields, err = event.Decode(data); err == nil {
			r.Facts, err = v.e.factsAbout(c, k, data)
		}
	}
	if err != nil {
		return Result{}, fmt.Errorf("%s:%d: %w", source, k.line, err)
	}
	r.Event = &event.Event{Source: source, Line: k.line, Fields: fields, Raw: data}
	return r, nil
}

// factsAbout lists what results of a correlation show of the event that completed it.
func (e *Engine) factsAbout(c *correlation, k *keptOccurrence, data []byte) ([]Fact, error) {
	m := e.main
	if err := m.load(data, k.order); err != nil {
		return nil, err
	}
	facts := m.facts(e.sources[e.units[k.unit].source])
	for _, f := range c.shown[int(k.unit)] {
		if v := m.whole(f.reads); v.present && !slices.ContainsFunc(facts, func(other Fact) bool { return other.Name == f.name }) {
			facts = append(facts, Fact{f.name, v.text})
		}
	}
	return facts, nil
}

// seen names a member.
func (v *evaluation) seen(c *correlation, m participant) Seen {
	k := v.kept.at(m.occurrence)
	return Seen{c.ir.Inputs[m.input].Name, v.kept.id(m.occurrence), v.kept.sources[k.source], k.line}
}
