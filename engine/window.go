package engine

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"decree/engine/fold"
	"decree/rules"
	"decree/rules/ir"
)

// participant is what a correlation reads: a match of a rule, or of another correlation at the event that completed it.
type participant struct {
	occurrence int32
	match      int32 // of the correlation that the input is
	input      int32
}

// group is the members with the same values, in the order of their times.
type group []participant

// completion is a match of a correlation: its window holds the members from first to before end of a group, and the one at completes it.
type completion struct {
	group, first, at, end int32
	value                 float64
}

// matched is what was found of one correlation: the matches by time and input order.
type matched struct {
	groups  []group
	matches []completion
}

// completing is the participant that completed a match.
func (f *matched) completing(m completion) participant { return f.groups[m.group][m.at] }

// evaluation finds the matches of all correlations in some matches of rules.
type evaluation struct {
	e      *Engine
	kept   *occurrences
	byRule map[*rule][]int32
	of     map[*correlation]*matched
	values map[string]int32 // tuples of value_count, numbered
}

func (e *Engine) evaluation(byRule map[*rule][]int32) *evaluation {
	return &evaluation{e: e, kept: e.occurrences, byRule: byRule, of: map[*correlation]*matched{}, values: map[string]int32{}}
}

// entry is a participant of the group at hand, with what its window reads.
type entry struct {
	participant
	tuple  int32   // of the columns that value_count reads
	number float64 // of a correlation that computes
	counts bool    // it has what the condition reads
}

// when tells when a participant was, and the place of its event in the input.
func (v *evaluation) when(p participant) *keptOccurrence { return v.kept.at(p.occurrence) }

// compare puts matches in the order of their times, and those of one time in that of the input.
func (k *keptOccurrence) compare(o *keptOccurrence) int {
	return cmp.Or(cmp.Compare(k.second, o.second), cmp.Compare(k.nano, o.nano), cmp.Compare(k.order, o.order))
}

func (k *keptOccurrence) sameTime(o *keptOccurrence) bool {
	return k.second == o.second && k.nano == o.nano
}

// before tells whether a match lies before a time.
func (k *keptOccurrence) before(second int64, nano int32) bool {
	return k.second < second || k.second == second && k.nano < nano
}

// find evaluates a correlation whose inputs are evaluated. seen is told how near it came; it may be nil.
func (v *evaluation) find(c *correlation, seen *observer) {
	found := &matched{}
	v.of[c] = found
	groups := map[string]int{}
	for i, in := range c.inputs {
		add := func(m participant) {
			key, ok := v.key(c, c.ir.GroupBy, m)
			seen.read(i, ok)
			if !ok {
				return
			}
			at, known := groups[key]
			if !known {
				at = len(found.groups)
				groups[key] = at
				found.groups = append(found.groups, nil)
			}
			found.groups[at] = append(found.groups[at], m)
		}
		if in.rule != nil {
			for _, o := range v.byRule[in.rule] {
				add(participant{o, -1, int32(i)})
			}
			continue
		}
		inner := v.of[in.correlation]
		for k, m := range inner.matches {
			add(participant{inner.completing(m).occurrence, int32(k), int32(i)})
		}
	}
	for g, members := range found.groups {
		slices.SortStableFunc(members, func(a, b participant) int { return v.when(a).compare(v.when(b)) })
		found.matches = v.slide(c, members, int32(g), found.matches, seen)
	}
	slices.SortStableFunc(found.matches, func(a, b completion) int {
		return v.when(found.completing(a)).compare(v.when(found.completing(b)))
	})
}

// text reads a column of a participant.
func (v *evaluation) text(c *correlation, column ir.Column, m participant) (text string, ok bool) {
	if in := c.inputs[m.input].correlation; in != nil {
		if at := in.grouped(c.ir.Source.FieldOf(column.Name, int(m.input))); at >= 0 {
			inner := v.of[in]
			return v.text(in, in.ir.GroupBy[at], inner.completing(inner.matches[m.match]))
		}
	}
	return v.kept.value(v.e, m.occurrence, column.Fields[m.input])
}

// key is one text for a participant's columns; ok is false when it lacks one.
func (v *evaluation) key(c *correlation, columns []ir.Column, m participant) (key string, ok bool) {
	texts := make([]string, 0, 4)
	for _, column := range columns {
		text, ok := v.text(c, column, m)
		if !ok {
			return "", false
		}
		texts = append(texts, text)
	}
	return joinKey(texts), true
}

// entry reads what the condition needs of a participant.
func (v *evaluation) entry(c *correlation, m participant) entry {
	e := entry{participant: m}
	switch kind := c.ir.Source.Type; {
	case !kind.OverValues():
		e.counts = true
	case kind == rules.ValueCount:
		var key string
		if key, e.counts = v.key(c, c.ir.Values, m); e.counts {
			e.tuple = v.number(key)
		}
	default:
		if text, ok := v.text(c, c.ir.Values[0], m); ok {
			number, err := strconv.ParseFloat(text, 64)
			e.number, e.counts = number, err == nil && !math.IsNaN(number) && !math.IsInf(number, 0)
		}
	}
	return e
}

func (v *evaluation) number(key string) int32 {
	at, ok := v.values[key]
	if !ok {
		at = int32(len(v.values))
		v.values[key] = at
	}
	return at
}

// joinKey is one text for several values, the same where they are, ignoring case.
func joinKey(values []string) string {
	var b strings.Builder
	for _, v := range values {
		f := fold.Text(v)
		b.WriteString(strconv.Itoa(len(f)))
		b.WriteByte(':')
		b.WriteString(f)
	}
	return b.String()
}

// slide moves the window over a group. All participants of one time have the same window, which holds each of them.
func (v *evaluation) slide(c *correlation, g group, number int32, out []completion, seen *observer) []completion {
	seen.begin()
	a := newAggregate(c.ir)
	var now []entry
	from := 0
	for at := 0; at < len(g); {
		is, end := v.when(g[at]), at
		for now = now[:0]; end < len(g) && v.when(g[end]).sameTime(is); end++ {
			now = append(now, v.entry(c, g[end]))
		}
		begin := is.time().Add(-c.ir.Timespan)
		second, nano := begin.Unix(), int32(begin.Nanosecond())
		for from < at && v.when(g[from]).before(second, nano) {
			a.remove(v.entry(c, g[from]))
			from++
		}
		a.add(is.time(), now)
		value, holds := a.holds(begin)
		before := len(out)
		if holds {
			order := -1
			for i, e := range now { // an event that several inputs found is one: they stand together
				if event := v.when(e.participant).order; event != order && a.completes(e) {
					order = event
					out = append(out, completion{number, int32(from), int32(at + i), int32(end), value})
				}
			}
		}
		seen.window(v, g[from:end], value, holds, len(out)-before)
		at = end
	}
	return out
}
