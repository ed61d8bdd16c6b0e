package correlate

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"decree/engine/event"
)

// Window is the matches that completed a correlation, as a result shows them.
type Window struct {
	Group []event.Fact `json:"group,omitempty"` // the values that it was grouped by
	Count int          `json:"count"`           // matches in the window
	// what the condition compared: a count, a number of values, or a number computed over them
	Value  float64  `json:"value"`
	First  string   `json:"first"`  // time of the window's first match
	Events []Member `json:"events"` // the first of them in time, at most 10
}

// Member is a match that a correlation counted.
type Member struct {
	Rule   string `json:"rule"`
	ID     string `json:"event_id"`
	Source string `json:"source"`
	Line   int    `json:"line"`
}

// maxShown bounds the matches that one window names.
const maxShown = 10

// Completion is a match of a correlation. Its event is the one that completed it.
type Completion struct {
	Of *Correlation
	At time.Time // of the event

	match completion
	v     *Evaluation
}

// Completions gives the matches of a correlation, by time and input order.
func (v *Evaluation) Completions(c *Correlation) iter.Seq[Completion] {
	return func(yield func(Completion) bool) {
		found := v.of[c]
		for _, m := range found.matches {
			if !yield(Completion{c, v.when(found.completing(m)).time(), m, v}) {
				return
			}
		}
	}
}

// reported is a match of a correlation that has results. There may be millions, so it is small.
type reported struct {
	order     int
	of, match int32 // the position of the correlation, and of its match
}

// period is a time from begin to end, both included. The zero period has all times.
type period struct{ begin, end time.Time }

func (p period) has(at time.Time) bool {
	return p == period{} || !at.Before(p.begin) && !at.After(p.end)
}

// reportsIn is when the events are of which a run at a time reports: in the lookback of the correlation, or at any time
// without one. If its rules look after their events, it ends so much earlier.
func (c *Correlation) reportsIn(now time.Time) period {
	lookback := c.IR.Source.Body.Schedule.Lookback
	if now.IsZero() || lookback == 0 || c.Silent {
		return period{}
	}
	end := now.Add(-c.IR.Delay())
	return period{end.Add(-lookback), end}
}

// Reports gives the matches of all correlations that are not silent, in the order of their events, then of the
// correlations: in a run at a time those whose events are in its period. now is zero in other runs.
func (v *Evaluation) Reports(now time.Time) iter.Seq[Completion] {
	var all []reported
	for _, c := range v.set.All {
		if c.Silent {
			continue
		}
		found, in := v.of[c], c.reportsIn(now)
		all = slices.Grow(all, len(found.matches))
		for i, m := range found.matches {
			k := v.when(found.completing(m))
			if !in.has(k.time()) {
				continue
			}
			all = append(all, reported{k.order, int32(c.number), int32(i)})
		}
	}
	slices.SortStableFunc(all, func(a, b reported) int { return cmp.Or(a.order-b.order, int(a.of-b.of)) })
	return func(yield func(Completion) bool) {
		for _, r := range all {
			c := v.set.All[r.of]
			found := v.of[c]
			m := found.matches[r.match]
			if !yield(Completion{c, v.when(found.completing(m)).time(), m, v}) {
				return
			}
		}
	}
}

// Order is the place of its event among all events that were read.
func (m Completion) Order() int { return m.v.matches.at(m.Position()).order }

// Position is the position of the rule's match that completed the correlation.
func (m Completion) Position() int32 { return m.completing().of }

// Number is that of the correlation among all.
func (m Completion) Number() int { return m.Of.number }

// GroupKey is the values that the match is grouped by, joined to one text.
func (m Completion) GroupKey() string {
	key, _ := m.v.key(m.Of, m.Of.IR.GroupBy, m.completing())
	return key
}

func (m Completion) completing() member { return m.v.of[m.Of].completing(m.match) }

// Window tells what was counted.
func (m Completion) Window() Window {
	v, c := m.v, m.Of
	g := v.of[c].groups[m.match.group]
	w := Window{Count: int(m.match.end - m.match.first), Value: m.match.value, First: v.when(g[m.match.first]).time().Format(time.RFC3339Nano)}
	for _, column := range c.IR.GroupBy {
		text, _ := v.text(c, column, m.completing())
		w.Group = append(w.Group, event.Fact{Name: column.Name, Value: text})
	}
	for _, counted := range g[m.match.first:min(m.match.end, m.match.first+maxShown)] {
		w.Events = append(w.Events, v.member(c, counted))
	}
	return w
}

// Event gives the event, its id and the unit that found it. The event's Data is nil if there was no room for it.
func (m Completion) Event() (in event.Input, id string, unit int, err error) {
	position := m.Position()
	k := m.v.matches.at(position)
	in, err = m.v.matches.event(k)
	if err != nil {
		err = fmt.Errorf("%s: %w", in.Origin, err)
	}
	return in, m.v.matches.id(position), int(k.unit), err
}

// member names a member.
func (v *Evaluation) member(c *Correlation, m member) Member {
	k := v.when(m)
	return Member{c.IR.Inputs[m.input].Name, v.matches.id(m.of), v.matches.sources[k.source], k.line}
}
