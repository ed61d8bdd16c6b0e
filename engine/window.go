package engine

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"decree/rules"
	"decree/rules/ir"
)

// entry is a match of an input inside a group.
type entry struct {
	*occasion
	input  int
	values []string // of the columns that the condition reads, folded; nil if one is missing
	number float64  // the first of them, of a correlation that computes
	counts bool     // it has what the condition reads
}

// group is the entries with the same values, in the order of their times.
type group struct {
	key     string
	entries []entry
}

// evaluate finds a correlation's matches, ordered by time and input order. byRule and of give the matches of what it reads.
// seen is told how near it came; it may be nil.
func (c *correlation) evaluate(byRule map[*rule][]*occasion, of map[*correlation][]*occasion, seen *observer) []*correlated {
	groups := map[string]*group{}
	var inOrder []*group
	for i, in := range c.inputs {
		occasions := of[in.correlation]
		if in.rule != nil {
			occasions = byRule[in.rule]
		}
		for _, o := range occasions {
			by, ok := c.columns(c.ir.GroupBy, i, o)
			seen.read(i, ok)
			if !ok {
				continue
			}
			key := joinKey(by)
			g := groups[key]
			if g == nil {
				g = &group{key: key}
				groups[key] = g
				inOrder = append(inOrder, g)
			}
			g.entries = append(g.entries, c.entry(i, o))
		}
	}
	var out []*correlated
	for _, g := range inOrder {
		slices.SortStableFunc(g.entries, func(a, b entry) int {
			if byTime := a.at.Compare(b.at); byTime != 0 {
				return byTime
			}
			return a.order - b.order
		})
		out = append(out, c.slide(g, seen)...)
	}
	slices.SortStableFunc(out, func(a, b *correlated) int {
		if byTime := a.at.Compare(b.at); byTime != 0 {
			return byTime
		}
		return a.order - b.order
	})
	return out
}

// columns reads columns of a match of an input; ok is false when it lacks one.
func (c *correlation) columns(columns []ir.Column, input int, o *occasion) (texts []string, ok bool) {
	for _, column := range columns {
		v := c.column(column, input, o)
		if !v.present {
			return nil, false
		}
		texts = append(texts, v.text)
	}
	return texts, true
}

func (c *correlation) column(column ir.Column, input int, o *occasion) watchedValue {
	if in := c.inputs[input].correlation; in != nil {
		if at := in.grouped(c.ir.Source.FieldOf(column.Name, input)); at >= 0 {
			return o.by[at]
		}
	}
	if at := slices.Index(o.rule.watched, column.Fields[input]); at >= 0 {
		return o.values[at]
	}
	return watchedValue{}
}

// entry reads what the condition needs of a match.
func (c *correlation) entry(input int, o *occasion) entry {
	e := entry{occasion: o, input: input}
	switch kind := c.ir.Source.Type; {
	case !kind.OverValues():
		e.counts = true
	case kind == rules.ValueCount:
		if e.values, e.counts = c.columns(c.ir.Values, input, o); e.counts {
			e.values = []string{joinKey(e.values)}
		}
	default:
		if texts, ok := c.columns(c.ir.Values, input, o); ok {
			number, err := strconv.ParseFloat(texts[0], 64)
			e.number, e.counts = number, err == nil && !math.IsNaN(number) && !math.IsInf(number, 0)
		}
	}
	return e
}

// joinKey is one text for several values, the same where they are, ignoring case.
func joinKey(values []string) string {
	var b strings.Builder
	for _, v := range values {
		f := fold(v)
		b.WriteString(strconv.Itoa(len(f)))
		b.WriteByte(':')
		b.WriteString(f)
	}
	return b.String()
}

// slide moves the window over a group's entries. All entries of one time have the same window, which holds each of them.
func (c *correlation) slide(g *group, seen *observer) []*correlated {
	seen.begin()
	a := newAggregate(c.ir)
	var out []*correlated
	from := 0
	for at := 0; at < len(g.entries); {
		end, now := at, g.entries[at].at
		for end < len(g.entries) && g.entries[end].at.Equal(now) {
			end++
		}
		for from < at && g.entries[from].at.Before(now.Add(-c.ir.Timespan)) {
			a.remove(g.entries[from])
			from++
		}
		a.add(g.entries[at:end])
		value, holds := a.holds(now.Add(-c.ir.Timespan))
		before := len(out)
		if holds {
			out = append(out, c.completed(g.entries, from, at, end, value, a)...)
		}
		seen.window(g.entries[from:end], value, holds, len(out)-before)
		at = end
	}
	return out
}

// completed gives the matches at the entries from at to end, of which each event is one.
func (c *correlation) completed(entries []entry, from, at, end int, value float64, a aggregate) []*correlated {
	var out []*correlated
	seen := map[int]bool{}
	for i := at; i < end; i++ {
		e := entries[i]
		if seen[e.order] || !a.completes(e) {
			continue
		}
		seen[e.order] = true
		m := &correlated{occasion: occasion{occurrence: e.occurrence}, found: Correlated{Count: end - from, Value: value, First: entries[from].at.Format(time.RFC3339Nano)}}
		for _, column := range c.ir.GroupBy {
			v := c.column(column, e.input, e.occasion)
			m.by = append(m.by, v)
			m.found.Group = append(m.found.Group, Fact{column.Name, v.text})
		}
		for _, counted := range entries[from:min(end, from+maxShownEvents)] {
			m.found.Events = append(m.found.Events, Seen{c.ir.Inputs[counted.input].Name, counted.id, counted.source, counted.line})
		}
		out = append(out, m)
	}
	return out
}
