package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
)

// correlation is a compiled correlation. What it reads is known once the input has ended: matches of rules are kept
// as occurrences until then.
type correlation struct {
	ir     *ir.Correlation
	rule   *rule // what its results name: its metadata, after the rules in order
	inputs []correlationInput
	silent bool // it is only read by others

	carried []ir.Field // what those that read it need of the events that complete it
}

// correlationInput is one of rule and correlation.
type correlationInput struct {
	rule        *rule
	correlation *correlation
}

// Correlated is what a result says of the matches that its correlation counted.
type Correlated struct {
	Group  []Fact  `json:"group,omitempty"` // the values that it was grouped by
	Count  int     `json:"count"`           // matches in the window
	Value  float64 `json:"value"`           // what the condition compared: a count, a number of values, or a number computed over them
	First  string  `json:"first"`           // time of the window's first match
	Events []Seen  `json:"events"`          // the first of them in time, at most maxShownEvents
}

// Seen is a match that a correlation counted.
type Seen struct {
	Rule   string `json:"rule"`
	ID     string `json:"event_id"`
	Source string `json:"source"`
	Line   int    `json:"line"`
}

// maxShownEvents bounds the matches that one result names.
const maxShownEvents = 100

// addCorrelations compiles correlations, which come after those they read. One of which some input is not run is reported and left out.
func (e *Engine) addCorrelations(cs []*ir.Correlation, found *diag.Diagnostics) {
	byRule := map[*ir.Rule]*rule{}
	for _, r := range e.rules {
		byRule[r.ir] = r
	}
	done := map[*ir.Correlation]*correlation{}
	for _, c := range cs {
		body := c.Source.Body
		out := &correlation{ir: c, rule: &rule{ir: &ir.Rule{Source: body, Condition: &ir.Const{Base: ir.Base{At: body.Range}, Value: true}}, order: len(e.rules) + len(e.correlations)}}
		whole := true
		for i, in := range c.Inputs {
			input := correlationInput{byRule[in.Rule], done[in.Correlation]}
			if input.rule == nil && input.correlation == nil {
				found.Warnf("correlation-input-not-run", c.Source.Inputs[i].Range, "choose another --model, or give that rule to the command too",
					"the correlation reads %q, which is not run; the correlation is not run", in.Name)
				whole = false
			}
			out.inputs = append(out.inputs, input)
		}
		e.hush(out)
		if !whole {
			continue
		}
		done[c] = out
		e.correlations = append(e.correlations, out)
	}
	for _, c := range e.correlations {
		for _, in := range c.inputs {
			if in.rule != nil {
				in.rule.watching = true
			}
		}
		for _, columns := range [][]ir.Column{c.ir.GroupBy, c.ir.Values} {
			for _, column := range columns {
				for i := range c.inputs {
					e.watch(c, i, column.Name, column.Fields[i])
				}
			}
		}
	}
	for _, u := range e.units {
		e.watchUnit(u, found)
	}
}

// hush makes silent what a correlation of the same file reads, whether it is run or not: it is a part of that correlation, unless
// it says `generate: true`.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md#correlation-rules
func (e *Engine) hush(c *correlation) {
	if c.ir.Source.Generate {
		return
	}
	for _, in := range c.inputs {
		switch {
		case in.rule == nil && in.correlation == nil: // which is not run
		case in.rule != nil:
			in.rule.silent = in.rule.silent || in.rule.ir.Source.Range.File == c.rule.ir.Source.Range.File
		default:
			in.correlation.silent = in.correlation.silent || in.correlation.rule.ir.Source.Range.File == c.rule.ir.Source.Range.File
		}
	}
}

// watch has the rules below an input take down a field. A field that an inner correlation is grouped by is known of it.
func (e *Engine) watch(c *correlation, input int, name string, f ir.Field) {
	in := c.inputs[input]
	if in.correlation == nil || in.correlation.grouped(c.ir.Source.FieldOf(name, input)) < 0 {
		in.watch(f)
	}
}

func (in correlationInput) watch(f ir.Field) {
	if c := in.correlation; c != nil {
		if slices.Contains(c.carried, f) {
			return
		}
		c.carried = append(c.carried, f)
		for _, below := range c.inputs {
			below.watch(f)
		}
	} else if !slices.Contains(in.rule.watched, f) {
		in.rule.watched = append(in.rule.watched, f)
	}
}

// grouped is the position of a name among what a correlation is grouped by; -1 if it is not.
func (c *correlation) grouped(name string) int {
	return slices.IndexFunc(c.ir.GroupBy, func(column ir.Column) bool { return column.Name == name })
}

// watchUnit finds the slots of what a unit's rule takes down.
func (e *Engine) watchUnit(u *unit, found *diag.Diagnostics) {
	if u.rare != nil {
		return
	}
	s := e.sources[u.source]
	for _, f := range u.rule.watched {
		columns, domain := e.opt.Model.Whole(s.Source, f.Name, f.Level)
		reads := watchedSlots{domain: -1}
		for _, column := range columns {
			reads.slots = append(reads.slots, e.table.slotOf(column))
		}
		if domain != nil {
			reads.domain = e.table.slotOf(*domain)
		}
		if len(columns) == 0 {
			found.Warnf("correlation-field", u.rule.ir.Source.LogSource.Range, "choose another --model, or another field",
				"data model %s has no field %s in this log source; a correlation counts none of its events", e.opt.Model.Name, f.Name)
		}
		u.watched = append(u.watched, reads)
	}
}

// occurrence is a match of a rule that some correlation reads.
type occurrence struct {
	rule   *rule
	at     time.Time
	order  int
	values []watchedValue // as rule.watched
	id     string
	source string
	line   int
	facts  []Fact
	data   []byte // the event itself, where there is room for it
}

// watchedSlots are where a watched field stands: in the first of the slots that has a value, behind the domain of another slot, -1
// where there is none. The source may lack the field.
type watchedSlots struct {
	slots  []int
	domain int
}

type watchedValue struct {
	text    string
	present bool
}

// occur takes down what correlations need of the current event; ok is false when it has no time.
func (m *matcher) occur(u *unit, source string, line, order int, data []byte) (*occurrence, bool) {
	at, ok := m.time()
	if !ok {
		return nil, false
	}
	o := &occurrence{rule: u.rule, at: at, order: order, id: m.id(), source: source, line: line, facts: m.facts(m.e.sources[u.source]), data: slices.Clone(data)}
	for _, reads := range u.watched {
		o.values = append(o.values, m.whole(reads))
	}
	return o, true
}

// whole reads a watched field.
func (m *matcher) whole(reads watchedSlots) watchedValue {
	for _, slot := range reads.slots {
		text, ok := m.first(slot)
		if !ok {
			continue
		}
		if reads.domain >= 0 {
			if domain, ok := m.first(reads.domain); ok && domain != "" {
				return watchedValue{domain + `\` + text, true}
			}
		}
		return watchedValue{strings.Clone(text), true}
	}
	return watchedValue{}
}

// occurred keeps what correlations read for the end of the input.
func (e *Engine) occurred(out outcome) {
	e.stats.Timeless += out.timeless
	kept := min(len(out.occurrences), max(0, e.opt.MaxPending-len(e.occurrences)))
	for _, o := range out.occurrences[:kept] {
		if e.occurredBytes += len(o.data); e.occurredBytes > maxOccurredBytes {
			o.data = nil
		}
		e.occurrences = append(e.occurrences, o)
	}
	e.stats.Uncorrelated += len(out.occurrences) - kept
}

// maxOccurredBytes bounds the events that are kept whole for the results of correlations: of further ones a result has the
// values that its correlation was grouped by.
const maxOccurredBytes = 256 << 20

// correlate evaluates all correlations, and gives the results of those that report.
func (e *Engine) correlate() ([]Result, error) {
	slices.SortStableFunc(e.occurrences, func(a, b *occurrence) int { return a.at.Compare(b.at) })
	byRule := map[*rule][]*occasion{}
	for _, o := range e.occurrences {
		byRule[o.rule] = append(byRule[o.rule], &occasion{occurrence: o})
	}
	of := map[*correlation][]*occasion{}
	var results []Result
	for _, c := range e.correlations {
		var seen *observer
		if e.opt.Observe {
			seen = newObserver(c)
		}
		matches := c.evaluate(byRule, of, seen)
		if seen != nil {
			e.nearness = append(e.nearness, seen.report())
		}
		for _, m := range matches {
			of[c] = append(of[c], &m.occasion)
			if c.silent {
				continue
			}
			r, err := m.result(c)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
	}
	e.occurrences = nil
	slices.SortStableFunc(results, compareResults)
	return results, nil
}

// occasion is what a correlation reads: a match of a rule or of another correlation.
type occasion struct {
	*occurrence
	by []watchedValue // of a correlation: the values that it was grouped by
}

// correlated is a match of a correlation.
type correlated struct {
	occasion
	found Correlated
}

// result describes a match: it is that of the event that completed it.
func (m *correlated) result(c *correlation) (Result, error) {
	fields := map[string]any{}
	for _, f := range m.found.Group {
		fields[f.Name] = f.Value
	}
	if m.data != nil {
		whole, err := event.Decode(m.data)
		if err != nil {
			return Result{}, fmt.Errorf("%s:%d: %w", m.source, m.line, err)
		}
		fields = whole
	}
	found := m.found
	return Result{Rule: c.rule.ir, Event: &event.Event{Source: m.source, Line: m.line, Fields: fields, Raw: m.data}, EventID: m.id, Facts: m.facts, Correlated: &found, order: m.order, at: m.at, rule: c.rule}, nil
}
